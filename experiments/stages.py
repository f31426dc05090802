"""The controllers that can be measured, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from arm_models import RigidBodyModel
from controller.command import Feedforward
from controller.controller import Controller
from controller.joint_pid import JointPIDController
from controller.nengo_simulation import NengoSimulation
from controller.network_weights import NeuralStage
from controller.osc import OperationalSpaceController
from controller.simulation import NeuralSimulation
from controller.spiking import SpikingController
from controller.trained import TrainedController
from loihi_deploy.emulation import LoihiEmulation
from loihi_deploy.engine_simulation import EngineSimulation
from loihi_deploy.hardware import HardwareSimulation, require_board

Stage = Literal["analytic", "rate", "spiking", "loihi"]
ControllerName = Literal["analytic", "rate", "spiking", "loihi", "pd", "pid"]
Backend = Literal["engine", "nengo-loihi", "loihi"]

PID_INTEGRAL_GAIN = 500.0  # 1/s^3; a quarter of where kp = 200, kv = 30 stop damping it on planar3


@dataclass(frozen=True)
class Recipe:
    """What a controller is made from.

    Attributes:
        model: The arm's nominal dynamics.
        trained: The trained controller of the arm; only neural stages need it.
        feedforward: Whether the reference's acceleration is fed forward.
        seed: Seed of everything random that a backend adds.
    """

    model: RigidBodyModel
    trained: TrainedController | None
    feedforward: Feedforward
    seed: int


Factory = Callable[[Recipe], Controller]


@dataclass(frozen=True)
class StageEntry:
    """How to make a controller, and what computes it.

    Attributes:
        backend: What computes it, as it is written in every row.
        make: Makes it.
        neural: Whether it needs a trained controller.
        on_board: Whether it needs a Loihi board, which runs one closed loop at a time.
    """

    backend: str
    make: Factory
    neural: bool = False
    on_board: bool = False

    def require(self) -> None:
        """Refuse what cannot run here, before any work is done.

        Raises:
            SpikearmError: It needs a board, and none can be reached.
        """
        if self.on_board:
            require_board()


def _analytic(recipe: Recipe) -> Controller:
    return OperationalSpaceController(recipe.model, feedforward=recipe.feedforward)


def _joint_space(ki: float) -> Factory:
    return lambda recipe: JointPIDController(recipe.model, ki=ki)


def _neural(stage: NeuralStage, simulation: type[NeuralSimulation]) -> Factory:
    def make(recipe: Recipe) -> Controller:
        assert recipe.trained is not None
        return SpikingController(
            recipe.trained.weights, simulation, stage,
            feedforward=recipe.feedforward, seed=recipe.seed,
        )  # fmt: skip

    return make


STAGES: dict[str, StageEntry] = {
    "analytic": StageEntry("numpy", _analytic),
    "rate": StageEntry("nengo", _neural("rate", NengoSimulation), neural=True),
    "spiking": StageEntry("nengo", _neural("spiking", NengoSimulation), neural=True),
    "loihi": StageEntry("engine", _neural("loihi", EngineSimulation), neural=True),
    "pd": StageEntry("numpy", _joint_space(ki=0.0)),
    "pid": StageEntry("numpy", _joint_space(PID_INTEGRAL_GAIN)),
}

EMULATED = StageEntry("nengo-loihi", _neural("loihi", LoihiEmulation), neural=True)
"""Stage ``loihi`` on nengo-loihi's emulator: the same spikes as on the engine, more slowly."""


ON_BOARD = StageEntry("loihi", _neural("loihi", HardwareSimulation), neural=True, on_board=True)
"""Stage ``loihi`` on a Loihi board."""

OTHER_BACKENDS: dict[Backend, StageEntry] = {"nengo-loihi": EMULATED, "loihi": ON_BOARD}
"""What runs stage ``loihi`` in place of the engine."""


def find_stage(stage: str, backend: Backend) -> StageEntry:
    """Find a stage; only stage ``loihi`` has a choice of backends."""
    entry = STAGES[stage]
    return OTHER_BACKENDS.get(backend, entry) if stage == "loihi" else entry
