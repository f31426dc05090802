"""Specification of a controller: how it is made, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.controller import Controller
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.spiking.spiking_network import Filters
from spikearm.controller.spiking.subnetwork import Subnetwork
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.controller.weights.trained import TrainedController
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.simulation import NeuralSimulation

Backend = Literal["engine", "emulator", "board"]
"""Backends of stage ``loihi``: the compiled engine, nengo-loihi's emulator, a Loihi board."""

# 1/s^3; found by scripts/pid_search.py for gen3 and an unknown 2 kg, with an integral that every
# start empties: two thirds of the error that PD has is gone. Larger ones ring.
PID_INTEGRAL_GAIN = 409.0


@dataclass(frozen=True)
class Adaptation:
    """Settings and initial weights of an adaptive network.

    Attributes:
        config: Size and learning rate of the network.
        learned: Weights that were learned before, to start from.
        frozen: True if the weights stay as they are.
    """

    config: AdaptationConfig = AdaptationConfig()
    learned: LearnedWeights | None = None
    frozen: bool = False


@dataclass(frozen=True)
class ControllerSetup:
    """Parameters that a controller is made from; each controller reads those that it has.

    Attributes:
        model: Nominal dynamics of the arm.
        trained: Trained weights of the arm's spiking controller, if there are any.
        gains: Gains of the control law.
        ki: Integral gain of ``pid`` [1/s^3].
        feedforward: Part of the reference that is fed forward.
        filters: Low-pass filters of the arm's spiking controller.
        lead: Time by which its commands lead [s]; the lag of the filters when left out.
        seed: Seed of everything random.
        adaptation: Settings of an adaptive network beside the controller.
        region: Region of the task, for controllers that are fitted when they are made; that of the
            trained weights, or the benchmark's, if left out.
        simulation: Simulation that runs the controller's network.
        subnetworks: Sub-networks to be added to the controller's own network.
    """

    model: RigidBodyModel
    trained: TrainedController | None = None
    gains: Gains = Gains()
    ki: float = PID_INTEGRAL_GAIN
    feedforward: Feedforward = "acceleration"
    filters: Filters = Filters()
    lead: float | None = None
    seed: int = 0
    adaptation: Adaptation = Adaptation()
    region: Workspace | None = None
    simulation: type[NeuralSimulation] = EngineSimulation
    subnetworks: tuple[Subnetwork, ...] = ()


Factory = Callable[[ControllerSetup], Controller]


@dataclass(frozen=True)
class ControllerSpec:
    """Entry of the registry.

    Attributes:
        make: Function that makes the controller.
        stage: Stage of its neurons, None for a controller without neurons. A controller with
            neurons runs on ``setup.simulation`` and adds ``setup.subnetworks`` to its network.
        needs_training: True if it cannot be made without trained weights.
        learns: True if a motion changes it: its episodes then run one after another.
        base: Name of the controller that it is as long as it has learned nothing.
        backends: Backends that can compute it, the default first.
    """

    make: Factory
    stage: NeuralStage | None = None
    needs_training: bool = False
    learns: bool = False
    base: str | None = None
    backends: tuple[str, ...] = ("numpy",)

    @property
    def is_trained_network(self) -> bool:
        """True if it is a stage of the arm's trained network."""
        return self.needs_training and self.stage is not None
