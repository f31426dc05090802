"""Registry of the controllers that can be measured.

``CONTROLLERS["mine"] = ControllerSpec(make)`` adds one, before the command line is called.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from spikearm.arm_models import RigidBodyModel, SpikearmError
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.adaptation.adaptive_network import AdaptiveNetwork
from spikearm.controller.adaptation.adaptive_subnetwork import AdaptiveSubnetwork, Feedback
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.adaptation.scaling import AdaptationConfig, AdaptationScaling
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller, NeuralController, feedback_controller
from spikearm.controller.spiking.hybrid_controller import HybridController
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.controller.spiking.spiking_network import Filters, neuron_type
from spikearm.controller.spiking.subnetwork import Subnetwork
from spikearm.controller.spiking.trained import TrainedController
from spikearm.controller.spiking.weights import NeuralStage
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.board.board import BoardSimulation, require_board
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

Backend = Literal["engine", "emulator", "board"]
"""Backends of stage ``loihi``: the compiled engine, nengo-loihi's emulator, a Loihi board."""

BASELINE = "analytic"
"""Controller that all others are compared with."""

# 1/s^3; found by scripts/pid_search.py for gen3 and an unknown 2 kg, with an integral that every
# start empties: two thirds of the error that PD has is gone. Larger ones ring.
PID_INTEGRAL_GAIN = 409.0

TRAINED_GAINS = ("posture_kp", "posture_kv", "limit_kp", "limit_margin")
"""Gains that are part of the trained weights."""

SIMULATIONS: dict[str, type[NeuralSimulation]] = {
    "nengo": NengoSimulation,
    "engine": EngineSimulation,
    "emulator": EmulatorSimulation,
    "board": BoardSimulation,
}
"""Simulations of neural networks, by the name of the backend."""


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
        seed: Seed of everything random.
        adaptation: Settings of an adaptive network beside the controller.
        simulation: Simulation that runs the controller's network.
        subnetworks: Sub-networks to be added to the controller's own network.
    """

    model: RigidBodyModel
    trained: TrainedController | None = None
    gains: Gains = Gains()
    ki: float = PID_INTEGRAL_GAIN
    feedforward: Feedforward = "acceleration"
    seed: int = 0
    adaptation: Adaptation = Adaptation()
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
        backends: Backends that can compute it, the default first.
    """

    make: Factory
    stage: NeuralStage | None = None
    needs_training: bool = False
    learns: bool = False
    backends: tuple[str, ...] = ("numpy",)


@dataclass(frozen=True)
class ChosenController:
    """A controller of the registry, as it is to be run.

    Attributes:
        name: Name in the registry.
        adaptive: True if an adaptive network learns beside it, in its own network if it has one.
        backend: Backend of stage ``loihi``.

    Raises:
        SpikearmError: The registry has no controller of this name.
    """

    name: str
    adaptive: bool = False
    backend: Backend = "engine"

    def __post_init__(self) -> None:
        find_controller(self.name)

    @property
    def spec(self) -> ControllerSpec:
        """Entry of the registry."""
        return find_controller(self.name)

    @property
    def label(self) -> str:
        """Name as tables show it."""
        return controller_label(self.name, self.adaptive)

    @property
    def stage(self) -> NeuralStage | None:
        """Stage of the neurons in or beside the controller; None if there are none."""
        return self.spec.stage or ("loihi" if self.adaptive else None)

    @property
    def backends(self) -> tuple[str, ...]:
        """Backends that compute the controller and the adaptive network beside it."""
        possible = self.spec.backends
        own = self.backend if self.backend in possible else possible[0]
        return (own, self.backend) if self.adaptive and self.spec.stage is None else (own,)

    @property
    def learns(self) -> bool:
        """True if a motion changes the controller."""
        return self.spec.learns or self.adaptive

    @property
    def on_board(self) -> bool:
        """True if a Loihi board computes it, which runs one closed loop at a time."""
        return "board" in self.backends

    def check(self) -> None:
        """Refuse a controller that cannot run here, before any work is done.

        Raises:
            SpikearmError: It needs a board, and none can be reached.
        """
        if self.on_board:
            require_board()

    def make(self, setup: ControllerSetup) -> Controller:
        """Make the controller.

        Args:
            setup: Parameters, without the simulation.
        """
        simulation = SIMULATIONS.get(self.backends[-1], setup.simulation)
        setup = replace(setup, simulation=simulation)
        return self._make_adaptive(setup) if self.adaptive else self.spec.make(setup)

    def _make_adaptive(self, setup: ControllerSetup) -> Controller:
        """Make the controller with an adaptive network in its own network or beside it."""
        if self.spec.stage is None:
            base = feedback_controller(self.spec.make(setup))
            adaptive = self._adaptive_subnetwork(setup, lambda step: base.feedback)
            made = HybridController(base, [adaptive], setup.simulation, seed=setup.seed)
        else:
            inertia = HomeInertia.of_arm(setup.model)
            adaptive = self._adaptive_subnetwork(setup, inertia.feedback)
            subnetworks = (*setup.subnetworks, adaptive)
            made = self.spec.make(replace(setup, subnetworks=subnetworks))
            assert isinstance(made, NeuralController)
        controller = AdaptiveController(made, adaptive)
        if setup.adaptation.learned is not None:
            controller.restore(setup.adaptation.learned)
        return controller

    def _adaptive_subnetwork(
        self, setup: ControllerSetup, feedback: Feedback
    ) -> AdaptiveSubnetwork:
        adaptation, n_joints = setup.adaptation, setup.model.chain.n_joints
        neurons = neuron_type(self.stage or "loihi")
        network = AdaptiveNetwork(n_joints, adaptation.config, neurons, setup.seed)
        scaling = AdaptationScaling.of_arm(setup.model, adaptation.config)
        return AdaptiveSubnetwork(network, scaling, feedback, not adaptation.frozen)


def controller_label(name: str, adaptive: bool = False) -> str:
    """Return a controller's name as tables show it."""
    return f"{name} + adaptive" if adaptive else name


def choose_controllers(
    names: Sequence[str], adaptive: bool = False, backend: Backend = "engine"
) -> tuple[ChosenController, ...]:
    """Choose controllers by name, each with an adaptive one after it if asked for.

    Raises:
        SpikearmError: The registry lacks one of the names.
    """
    kinds = (False, True) if adaptive else (False,)
    return tuple(ChosenController(name, kind, backend) for name in names for kind in kinds)


def find_controller(name: str) -> ControllerSpec:
    """Return a controller's entry in the registry.

    Raises:
        SpikearmError: There is none of this name.
    """
    if name not in CONTROLLERS:
        raise SpikearmError(
            f"There is no controller '{name}'. Controllers: {', '.join(CONTROLLERS)}."
        )
    return CONTROLLERS[name]


def _analytic(setup: ControllerSetup) -> Controller:
    return OperationalSpaceController(setup.model, setup.gains, setup.feedforward)


def _pd(setup: ControllerSetup) -> Controller:
    return JointPIDController(setup.model, setup.gains)


def _pid(setup: ControllerSetup) -> Controller:
    return JointPIDController(setup.model, setup.gains, ki=setup.ki)


def _spiking(stage: NeuralStage, *backends: str) -> ControllerSpec:
    def make(setup: ControllerSetup) -> Controller:
        if setup.trained is None:
            raise SpikearmError(
                f"Controller '{stage}' needs trained weights: give the setup trained=shipped(arm)."
            )
        _check_trained_gains(stage, setup.gains)
        return SpikingController(
            setup.trained.weights, setup.simulation, stage, gains=setup.gains,
            feedforward=setup.feedforward, seed=setup.seed,
            subnetworks=_with_backup(setup, setup.trained, stage),
        )  # fmt: skip

    return ControllerSpec(make, stage, needs_training=True, backends=backends)


def _check_trained_gains(stage: NeuralStage, gains: Gains) -> None:
    """Refuse gains of posture and joint limits that differ from those of the training."""
    changed = [name for name in TRAINED_GAINS if getattr(gains, name) != getattr(Gains, name)]
    if changed:
        raise SpikearmError(
            f"Controller '{stage}' has {', '.join(changed)} in its trained weights: leave them "
            "as they are, and change kp, ko or kv alone."
        )


def _with_backup(
    setup: ControllerSetup, trained: TrainedController, stage: NeuralStage
) -> tuple[Subnetwork, ...]:
    """Return the setup's sub-networks, with a saturation backup before them if there are any.

    While they learn, commands go beyond the range of the trained network.
    """
    if not setup.subnetworks:
        return ()
    task_map = HomeInertia.of_arm(setup.model).task_map
    scaling, tau = trained.weights.scaling, Filters().torque_tau
    return SaturationBackup(scaling, task_map, neuron_type(stage), tau), *setup.subnetworks


CONTROLLERS: dict[str, ControllerSpec] = {
    BASELINE: ControllerSpec(_analytic),
    "rate": _spiking("rate", "nengo"),
    "spiking": _spiking("spiking", "nengo"),
    "loihi": _spiking("loihi", "engine", "emulator", "board"),
    "pd": ControllerSpec(_pd),
    "pid": ControllerSpec(_pid),
}
"""Controllers by name; add your own before the command line is called."""
