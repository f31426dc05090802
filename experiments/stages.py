"""The controllers that can be measured, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from arm_models import RigidBodyModel
from controller.command import Feedforward
from controller.controller import Controller
from controller.joint_pid import JointPIDController
from controller.nengo_simulation import NengoSimulation
from controller.osc import OperationalSpaceController
from controller.simulation import NeuralSimulation
from controller.spiking import SpikingController
from controller.workspace import Workspace
from loihi_deploy.emulation import LoihiEmulation
from loihi_deploy.engine_simulation import EngineSimulation

Stage = Literal["analytic", "rate", "spiking", "loihi"]
ControllerName = Literal["analytic", "rate", "spiking", "loihi", "pd", "pid"]
Backend = Literal["engine", "nengo-loihi"]

PID_INTEGRAL_GAIN = 500.0  # 1/s^3; a quarter of where kp = 200, kv = 30 stop damping it on planar3

Factory = Callable[[RigidBodyModel, Workspace, Feedforward, int], Controller]


@dataclass(frozen=True)
class StageEntry:
    """How to make a controller, and what computes it.

    Attributes:
        backend: What computes it, as it is written in every row.
        make: Makes it from the arm's model, the workspace of the task, the feedforward and a
            seed.
    """

    backend: str
    make: Factory


def _analytic(
    model: RigidBodyModel, workspace: Workspace, feedforward: Feedforward, seed: int
) -> Controller:
    return OperationalSpaceController(model, feedforward=feedforward)


def _joint_space(ki: float) -> Factory:
    return lambda model, workspace, feedforward, seed: JointPIDController(model, ki=ki)


def _neural(neurons: Literal["rate", "spiking"], simulation: type[NeuralSimulation]) -> Factory:
    return lambda model, workspace, feedforward, seed: SpikingController(
        model, simulation, neurons, workspace, feedforward=feedforward, seed=seed
    )


STAGES: dict[str, StageEntry] = {
    "analytic": StageEntry("numpy", _analytic),
    "rate": StageEntry("nengo", _neural("rate", NengoSimulation)),
    "spiking": StageEntry("nengo", _neural("spiking", NengoSimulation)),
    "loihi": StageEntry("engine", _neural("spiking", EngineSimulation)),
    "pd": StageEntry("numpy", _joint_space(ki=0.0)),
    "pid": StageEntry("numpy", _joint_space(PID_INTEGRAL_GAIN)),
}

EMULATED = StageEntry("nengo-loihi", _neural("spiking", LoihiEmulation))
"""Stage ``loihi`` on nengo-loihi's emulator: the same spikes as on the engine, more slowly."""


def find_stage(stage: str, backend: Backend) -> StageEntry:
    """Find a stage; only stage ``loihi`` has a choice of backends."""
    return EMULATED if (stage, backend) == ("loihi", "nengo-loihi") else STAGES[stage]
