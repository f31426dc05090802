"""The spiking controller: the control law in neurons."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.command import Feedforward, correction, task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.spiking_network import Filters, build_network, neuron_type
from spikearm.controller.spiking.weights import NetworkWeights, NeuralStage
from spikearm.neural.counts import Footprint, StepCounts
from spikearm.neural.simulation import NeuralSimulation

SETTLING_STEPS = 60  # while the arm is held; six time constants of the torque filter


@dataclass(frozen=True)
class Beside:
    """What runs in the controller's network beside it, and learns from its feedback.

    Attributes:
        add_to: Adds it to the network.
        home: Joint positions at home, shape (n_joints,) [rad].
        task_map, posture_map: As
            :class:`~spikearm.controller.adaptation.scaling.AdaptationScaling` has them, to
            work feedback out with: inertia elsewhere is known to neither host nor neurons.
    """

    add_to: Callable[[nengo.Network], None]
    home: np.ndarray
    task_map: np.ndarray
    posture_map: np.ndarray


class SpikingController(Controller):
    """Operational space control by a network of spiking (or rate) neurons.

    In neurons: the latent code of the arm's state, its products with the command, and from all
    of them the joint torques. On the host: the command ``w`` from the sensed hand and the
    reference, sines and cosines of the joint angles, scaling, and, for a chip, the coding of
    inputs as spikes at its border and the filtering and weighting of the spikes that come out.

    Args:
        weights: All numbers of the network.
        simulation: What the network runs on.
        stage: Which of the weights' readouts, and which kind of neurons.
        gains: Gains of the law.
        feedforward: Whether the reference's acceleration is fed forward.
        filters: Time constants.
        seed: Seed of everything random that the backend adds.
        beside: What else is to run in its network. With it comes a reserve: neurons that take
            over where commands are beyond what the products were trained for.
    """

    def __init__(
        self,
        weights: NetworkWeights,
        simulation: Callable[[nengo.Network], NeuralSimulation],
        stage: NeuralStage,
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
        filters: Filters = Filters(),
        seed: int = 0,
        beside: Beside | None = None,
    ) -> None:
        self.gains = gains
        self.feedforward: Feedforward = feedforward
        self.weights = weights
        built = build_network(weights, stage, filters, seed)
        self._beside, self._reserve = beside, None
        if beside is not None:
            neurons, tau = neuron_type(stage), filters.torque_tau
            self._reserve = SaturationBackup(weights.scaling, beside.task_map, neurons, tau)
            self._reserve.add_to(built.network)
            beside.add_to(built.network)
        self._nodes = built.nodes
        self._simulation = simulation(built.network)
        self._asked: tuple[ArmState, np.ndarray] | None = None
        self._fresh = True
        self._crossings: tuple[float, float] | None = None

    def start(self, state: ArmState) -> None:
        """Start the network anew and let it settle in this state."""
        if not self._fresh:
            self._simulation.rest()
        for _ in range(SETTLING_STEPS):
            self._advance(state, np.zeros(6))

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        command = task_command(state, reference, self.gains, self.feedforward)
        self._asked = state, correction(command, reference, self.feedforward)
        self._advance(state, command)
        torque = self._nodes.outputs.values * self.weights.scaling.torque
        return torque if self._reserve is None else torque + self._reserve.torque.values

    @property
    def feedback(self) -> np.ndarray:
        """What errors of hand and posture asked for, with the inertia at home, (n_joints,) [N m].

        The posture's belongs to it: what is learned from the hand's errors alone drifts where the
        hand does not feel it, until the joints swing.

        Raises:
            SpikearmError: Nothing runs beside it that would learn from this.
        """
        beside = self._beside
        if beside is None or self._asked is None:
            return super().feedback
        state, correction = self._asked
        gains = self.gains
        pull = gains.posture_kp * (beside.home - state.q) - gains.posture_kv * state.dq
        return beside.task_map.dot(correction) + beside.posture_map.dot(pull)

    @property
    def simulation(self) -> NeuralSimulation:
        """What the network runs on."""
        return self._simulation

    @property
    def crossings(self) -> tuple[float, float] | None:
        """When the last step entered the network and left it, by ``time.perf_counter`` [s]."""
        return self._crossings

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self._simulation.counts

    @property
    def footprint(self) -> Footprint:
        """What the network takes."""
        return self._simulation.footprint

    def close(self) -> None:
        """Free what the backend holds."""
        self._simulation.close()

    def _advance(self, state: ArmState, command: np.ndarray) -> None:
        self._fresh = False
        self.weights.scaling.write(self._nodes.inputs, state.q, state.dq, command)
        if self._reserve is not None:
            self._reserve.write(command)
        entered = perf_counter()
        self._simulation.step()
        self._crossings = entered, perf_counter()
