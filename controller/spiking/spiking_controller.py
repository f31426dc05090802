"""The spiking controller: the control law in neurons."""

from collections.abc import Callable, Sequence
from time import perf_counter

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.controller import NeuralController
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.spiking_network import Filters, build_network
from spikearm.controller.spiking.subnetwork import Subnetwork
from spikearm.controller.spiking.weights import NetworkWeights, NeuralStage
from spikearm.neural.learning import restart_neurons
from spikearm.neural.simulation import NeuralSimulation

SETTLING_STEPS = 60  # while the arm is held; six time constants of the torque filter


class SpikingController(NeuralController):
    """Operational space control by a network of spiking (or rate) neurons.

    In neurons: the latent code of the arm's state, its products with the command, and from all
    of them the joint torques. On the host: the command ``w`` from the sensed hand and the
    reference, sines and cosines of the joint angles, scaling, and, for a chip, the coding of
    inputs as spikes at its border and the filtering and weighting of the spikes that come out.

    Args:
        weights: Weights of the network.
        simulation: Backend that runs the network.
        stage: Stage, which decides the readout and the kind of neurons.
        gains: Gains of the law.
        feedforward: Part of the reference's motion that the law feeds forward.
        filters: Time constants.
        seed: Seed of everything random that the backend adds.
        subnetworks: Sub-networks that run in the same network and add to the torque, in this
            order.
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
        subnetworks: Sequence[Subnetwork] = (),
    ) -> None:
        self.gains = gains
        self.feedforward: Feedforward = feedforward
        self.weights = weights
        built = build_network(weights, stage, filters, seed)
        self._subnetworks = tuple(subnetworks)
        for subnetwork in self._subnetworks:
            subnetwork.add_to(built.network)
        self._nodes = built.nodes
        self._simulation = simulation(built.network)
        self._fresh = True
        self._crossings = np.nan, np.nan

    def start(self, state: ArmState) -> None:
        """Restart the neurons, keep learned weights, and settle the neurons in this state."""
        if not self._fresh:
            restart_neurons(self._simulation)
        self._write(state, np.zeros(6))
        for subnetwork in self._subnetworks:
            subnetwork.hold(state)
        for _ in range(SETTLING_STEPS):
            self._advance()

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        step = ControlStep(state, reference, self.gains, self.feedforward)
        self._write(state, step.command)
        for subnetwork in self._subnetworks:
            subnetwork.write(step)
        self._advance()
        torque = self._nodes.outputs.values * self.weights.scaling.torque
        for subnetwork in self._subnetworks:
            torque = torque + subnetwork.torque
        return torque

    @property
    def simulation(self) -> NeuralSimulation:
        """Simulation that runs the network."""
        return self._simulation

    @property
    def crossings(self) -> tuple[float, float]:
        """Times at which the last step entered the network and left it [s]."""
        return self._crossings

    def close(self) -> None:
        """Free the resources of the backend."""
        self._simulation.close()

    def _write(self, state: ArmState, command: np.ndarray) -> None:
        self.weights.scaling.write(self._nodes.inputs, state.q, state.dq, command)

    def _advance(self) -> None:
        self._fresh = False
        entered = perf_counter()
        self._simulation.step()
        self._crossings = entered, perf_counter()
