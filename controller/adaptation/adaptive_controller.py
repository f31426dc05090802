"""An adaptive controller: any controller, and a network that learns what it was not told."""

from collections import Counter
from dataclasses import asdict

import numpy as np

from spikearm.arm_models import ArmState, SpikearmError
from spikearm.controller.adaptation.adaptive_network import AdaptiveNetwork
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.adaptation.scaling import AdaptationScaling
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.spiking_controller import SETTLING_STEPS
from spikearm.neural.counts import Footprint, StepCounts
from spikearm.neural.simulation import NeuralSimulation

CUT_ERROR = "Error cut"


class AdaptiveController(Controller):
    """Adds to a controller's torque what a network learns from that controller's feedback.

    Every start rests the neurons; what has been learned stays. On the host: scaling of state and
    error, and, for a chip, what happens at its border.

    Args:
        base: What drives the arm.
        network: What learns. It is part of the base's network, or of one of its own.
        simulation: What runs it: where it is part of the base's network, the base's own.
        scaling: How physical values map to it.
        learning: Whether it learns.

    Attributes:
        learning: Whether it learns, which may be switched at any time. Where it does not, the
            error is 0, and what has been learned still acts.
    """

    def __init__(
        self,
        base: Controller,
        network: AdaptiveNetwork,
        simulation: NeuralSimulation,
        scaling: AdaptationScaling,
        learning: bool = True,
    ) -> None:
        self.base = base
        self.learning = learning
        self.scaling = scaling
        self._network = network
        self._simulation = simulation
        self._alone = simulation is not base.simulation
        self._fresh = True
        self._feedback = np.zeros(len(scaling.home))
        self._n_cut = 0

    def start(self, state: ArmState) -> None:
        """Start the neurons anew, with what has been learned, and let them settle."""
        self._feedback = np.zeros(len(self.scaling.home))
        self._feed(state)
        self.base.start(state)
        if self._alone:
            if not self._fresh:
                self._simulation.rest()
            for _ in range(SETTLING_STEPS):
                self._simulation.step()
        self._fresh = False

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        self._fresh = False
        self._feed(state)
        torque = self.base.torque(state, reference)
        if self._alone:
            self._simulation.step()
        self._feedback = self.base.feedback
        return torque + self.learned_torque

    @property
    def learned_torque(self) -> np.ndarray:
        """What was added in the last step, shape (n_joints,) [N m]."""
        return self._network.torque.values * self.scaling.torque

    @property
    def feedback(self) -> np.ndarray:
        """What the base's feedback asked for, shape (n_joints,) [N m]."""
        return self.base.feedback

    @property
    def learned(self) -> LearnedWeights:
        """What has been learned so far."""
        return LearnedWeights(tuple(self._simulation.read_learned()), self._about)

    def restore(self, learned: LearnedWeights) -> None:
        """Go on from what was learned before.

        Raises:
            SpikearmError: Another network learned it.
        """
        about = self._about
        for name in about:
            if learned.about.get(name) != about[name]:
                raise SpikearmError(
                    f"These weights were learned with {name} {learned.about.get(name)}, but this "
                    f"network has {about[name]}. Give it the same options, or let it learn anew."
                )
        try:
            self._simulation.write_learned(learned.weights)
        except ValueError as error:
            raise SpikearmError(
                f"These weights were learned by another kind of neurons: {error}. Use the stage "
                "that learned them."
            ) from error

    @property
    def overflow_counts(self) -> Counter[str]:
        """In how many steps a number was cut or overflowed, by what it was."""
        return self._simulation.overflow_counts + Counter({CUT_ERROR: self._n_cut})

    @property
    def simulation(self) -> NeuralSimulation:
        """What the adaptive network runs on."""
        return self._simulation

    @property
    def crossings(self) -> tuple[float, float] | None:
        """When the last step entered the base's network and left it, if it has one."""
        return self.base.crossings

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self._simulation.counts

    @property
    def footprint(self) -> Footprint:
        """What the network takes."""
        return self._simulation.footprint

    def close(self) -> None:
        """Free what both hold."""
        self.base.close()
        if self._alone:
            self._simulation.close()

    @property
    def _about(self) -> dict[str, object]:
        """Tell what learned weights depend on."""
        config = asdict(self._network.config)
        units = ("neurons", "ensembles", "active_share", "push", "span", "span_time")
        about = {"home": self.scaling.home.tolist(), "seed": self._network.seed}
        return about | {name: config[name] for name in units}

    def _feed(self, state: ArmState) -> None:
        """Hand over the state, and what feedback asked for in the step before."""
        self.scaling.write_state(self._network.state.values, state.q, state.dq)
        feedback = self._feedback if self.learning else np.zeros_like(self._feedback)
        self._n_cut += self.scaling.write_error(self._network.error.values, feedback)
