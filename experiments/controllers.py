"""The controllers that can be measured, by name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.adaptation.adaptive_network import AdaptiveNetwork
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.adaptation.scaling import AdaptationConfig, AdaptationScaling
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller
from spikearm.controller.spiking.spiking_controller import Beside, SpikingController
from spikearm.controller.spiking.spiking_network import neuron_type
from spikearm.controller.spiking.trained import TrainedController
from spikearm.controller.spiking.weights import NeuralStage
from spikearm.loihi_deploy.backends.emulator import LoihiEmulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.board.hardware import HardwareSimulation, require_board
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

Stage = Literal["analytic", "rate", "spiking", "loihi"]
ControllerName = Literal["analytic", "rate", "spiking", "loihi", "pd", "pid"]
Backend = Literal["engine", "nengo-loihi", "loihi"]

# 1/s^3; found by scripts/pid_search.py for gen3 and an unknown 2 kg, with an integral that every
# start empties: two thirds of the error that PD has is gone. Larger ones ring.
PID_INTEGRAL_GAIN = 409.0


ADAPTIVE = "+adaptive"
"""What the name of a stage ends in that has an adaptive network beside it."""


@dataclass(frozen=True)
class Adaptation:
    """What an adaptive network learns, and from where on.

    Attributes:
        config: How it is built.
        learned: What was learned before; it goes on from there.
        frozen: Whether nothing more is learned.
    """

    config: AdaptationConfig = AdaptationConfig()
    learned: LearnedWeights | None = None
    frozen: bool = False


@dataclass(frozen=True)
class Recipe:
    """What a controller is made from.

    Attributes:
        model: The arm's nominal dynamics.
        trained: The trained controller of the arm; only neural stages need it.
        feedforward: Whether the reference's acceleration is fed forward.
        seed: Seed of everything random that a backend adds.
        adaptation: What adaptive stages learn.
        beside: What else is to run in a neural controller's network.
    """

    model: RigidBodyModel
    trained: TrainedController | None
    feedforward: Feedforward
    seed: int
    adaptation: Adaptation = Adaptation()
    beside: Beside | None = None


Factory = Callable[[Recipe], Controller]


@dataclass(frozen=True)
class StageEntry:
    """How to make a controller, and what computes it.

    Attributes:
        backend: What computes it, as it is written in every row.
        make: Makes it.
        neural: Whether it needs a trained controller.
        learner: Kind of the neurons that would learn beside it, and what runs them.
        adaptive: Whether they do: its motions then follow one from the other.
        on_board: Whether it needs a Loihi board, which runs one closed loop at a time.
    """

    backend: str
    make: Factory
    neural: bool = False
    learner: tuple[NeuralStage, type[NeuralSimulation]] = ("loihi", EngineSimulation)
    adaptive: bool = False
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
            feedforward=recipe.feedforward, seed=recipe.seed, beside=recipe.beside,
        )  # fmt: skip

    return make


def _neural_entry(
    backend: str, stage: NeuralStage, simulation: type[NeuralSimulation]
) -> StageEntry:
    return StageEntry(backend, _neural(stage, simulation), True, (stage, simulation))


STAGES: dict[str, StageEntry] = {
    "analytic": StageEntry("numpy", _analytic),
    "rate": _neural_entry("nengo", "rate", NengoSimulation),
    "spiking": _neural_entry("nengo", "spiking", NengoSimulation),
    "loihi": _neural_entry("engine", "loihi", EngineSimulation),
    "pd": StageEntry("numpy", _joint_space(ki=0.0)),
    "pid": StageEntry("numpy", _joint_space(PID_INTEGRAL_GAIN)),
}

EMULATED = _neural_entry("nengo-loihi", "loihi", LoihiEmulation)
"""Stage ``loihi`` on nengo-loihi's emulator: the same spikes as on the engine, more slowly."""

ON_BOARD = replace(_neural_entry("loihi", "loihi", HardwareSimulation), on_board=True)
"""Stage ``loihi`` on a Loihi board."""

OTHER_BACKENDS: dict[Backend, StageEntry] = {"nengo-loihi": EMULATED, "loihi": ON_BOARD}
"""What runs stage ``loihi`` in place of the engine."""


def find_stage(stage: str, backend: Backend) -> StageEntry:
    """Find a stage; only what runs on the chip's arithmetic has a choice of backends.

    Args:
        stage: A controller, or its name and ``+adaptive``.
        backend: What runs a chip's network.
    """
    name = stage.removesuffix(ADAPTIVE)
    entry = _chip(backend) if name == "loihi" else STAGES[name]
    return entry if name == stage else _with_adaptation(entry, backend)


def _chip(backend: Backend) -> StageEntry:
    return OTHER_BACKENDS.get(backend, STAGES["loihi"])


def _with_adaptation(entry: StageEntry, backend: Backend) -> StageEntry:
    """Put an adaptive network beside a controller: into its network, if it has one."""
    runs = entry if entry.neural else _chip(backend)
    stage, simulation = runs.learner

    def make(recipe: Recipe) -> Controller:
        adaptation, n_joints = recipe.adaptation, recipe.model.chain.n_joints
        scaling = AdaptationScaling.of_arm(recipe.model, adaptation.config)
        network = AdaptiveNetwork(n_joints, adaptation.config, neuron_type(stage), recipe.seed)
        beside = Beside(network.add_to, scaling.home, scaling.task_map, scaling.posture_map)
        base = entry.make(replace(recipe, beside=beside))
        running = base.simulation or simulation(network.alone())
        controller = AdaptiveController(base, network, running, scaling, not adaptation.frozen)
        if adaptation.learned is not None:
            controller.restore(adaptation.learned)
        return controller

    name = entry.backend if entry.neural else f"{entry.backend}, {backend}"
    return replace(entry, backend=name, make=make, adaptive=True, on_board=runs.on_board)
