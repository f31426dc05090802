"""Controllers of the registry as they are to be run: alone or adaptive, and on which backend."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spikearm.arm_models import RigidBodyModel, SpikearmError
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.adaptation.adaptive_network import AdaptiveNetwork
from spikearm.controller.adaptation.adaptive_subnetwork import AdaptiveSubnetwork, Feedback
from spikearm.controller.adaptation.scaling import AdaptationScaling
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.controller import Controller, NeuralController, feedback_controller
from spikearm.controller.spiking.hybrid_controller import HybridController
from spikearm.controller.weights.membrane import LEAKY, NeuralStage
from spikearm.experiments.controllers.own_controller import is_own, own_spec, try_factory
from spikearm.experiments.controllers.registry import CONTROLLERS
from spikearm.experiments.controllers.spec import Backend, ControllerSetup, ControllerSpec
from spikearm.experiments.lookup import find_entry
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.board.board import BoardSimulation, require_board
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

SIMULATIONS: dict[str, type[NeuralSimulation]] = {
    "nengo": NengoSimulation,
    "engine": EngineSimulation,
    "emulator": EmulatorSimulation,
    "board": BoardSimulation,
}
"""Simulations of neural networks, by the name of the backend."""


@dataclass(frozen=True)
class ChosenController:
    """A controller of the registry, or from outside the package, as it is to be run.

    Attributes:
        name: Name in the registry, or ``package.module:factory``, followed by ``@spiking`` or
            ``@loihi`` where that returns a network.
        adaptive: True if an adaptive network learns beside it, in its own network if it has one.
        backend: Backend of stage ``loihi``.
        learning: True if a controller from outside the package learns by itself;
            :func:`choose_controllers`, given an arm, finds that out.

    Raises:
        SpikearmError: There is no controller of this name.
    """

    name: str
    adaptive: bool = False
    backend: Backend = "engine"
    learning: bool = False

    def __post_init__(self) -> None:
        _ = self.spec

    @property
    def spec(self) -> ControllerSpec:
        """Entry of the registry, or one made for a factory."""
        if is_own(self.name):
            return own_spec(self.name)
        return find_entry(CONTROLLERS, self.name, "controller")

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
        return self.spec.learns or self.adaptive or self.learning

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
        neurons = LEAKY.neuron_type(self.stage or "loihi")
        network = AdaptiveNetwork(n_joints, adaptation.config, neurons, setup.seed)
        scaling = AdaptationScaling.of_arm(setup.model, adaptation.config)
        return AdaptiveSubnetwork(network, scaling, feedback, not adaptation.frozen)


def controller_label(name: str, adaptive: bool = False) -> str:
    """Return a controller's name as tables show it."""
    return f"{name} + adaptive" if adaptive else name


def choose_controllers(
    names: Sequence[str],
    adaptive: bool = False,
    backend: Backend = "engine",
    model: RigidBodyModel | None = None,
) -> tuple[ChosenController, ...]:
    """Choose controllers by name, each with an adaptive one after it if asked for.

    Args:
        names: Names, as :class:`ChosenController` takes them.
        adaptive: True to add the adaptive ones, but of those that learn by themselves.
        backend: Backend of stage ``loihi``.
        model: Nominal dynamics of the arm. If given, each factory from outside the package is
            called with it, and one that returns a network stands for both stages.

    Raises:
        SpikearmError: No controller is named, there is none of one of the names, or its factory
            fails.
    """
    if not names:
        raise SpikearmError("No controller is named. Name one or more, such as analytic and loihi.")
    kinds = (False, True) if adaptive else (False,)
    return tuple(
        ChosenController(one, kind, backend, learning)
        for name in names
        for known, learning in [_known(name, model)]
        for one in known
        for kind in kinds
        if not (kind and ChosenController(one).spec.learns)
    )


def _known(name: str, model: RigidBodyModel | None) -> tuple[list[str], bool]:
    """Return the controllers that a name stands for, and whether they learn by themselves."""
    return try_factory(name, model) if is_own(name) and model is not None else ([name], False)
