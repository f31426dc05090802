"""The hybrid controller: a law without neurons, and sub-networks beside it."""

from collections.abc import Callable, Sequence
from time import perf_counter

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.controller import Controller, NeuralController
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.spiking_controller import SETTLING_STEPS
from spikearm.controller.spiking.subnetwork import Subnetwork, network_of
from spikearm.neural.learning import restart_neurons
from spikearm.neural.simulation import NeuralSimulation


class HybridController(NeuralController):
    """Sum of a controller without neurons and the torques of sub-networks.

    Args:
        base: Controller without neurons.
        subnetworks: Sub-networks, which get a network of their own.
        simulation: Backend of this network.
        gains: Gains of the command that sub-networks are given.
        feedforward: Feedforward of this command.
        seed: Seed of everything random in the network.
    """

    def __init__(
        self,
        base: Controller,
        subnetworks: Sequence[Subnetwork],
        simulation: Callable[[nengo.Network], NeuralSimulation],
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
        seed: int = 0,
    ) -> None:
        self.base = base
        self.gains = gains
        self.feedforward: Feedforward = feedforward
        self._subnetworks = tuple(subnetworks)
        self._simulation = simulation(network_of(self._subnetworks, seed))
        self._fresh = True
        self._crossings = np.nan, np.nan

    def start(self, state: ArmState) -> None:
        """Reset the controller and the neurons, keep learned weights, and settle the neurons."""
        self.base.start(state)
        if not self._fresh:
            restart_neurons(self._simulation)
        for subnetwork in self._subnetworks:
            subnetwork.hold(state)
        for _ in range(SETTLING_STEPS):
            self._advance()

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        torque = self.base.torque(state, reference)
        step = ControlStep(state, reference, self.gains, self.feedforward)
        for subnetwork in self._subnetworks:
            subnetwork.write(step)
        self._advance()
        for subnetwork in self._subnetworks:
            torque = torque + subnetwork.torque
        return torque

    @property
    def simulation(self) -> NeuralSimulation:
        """Simulation that runs the sub-networks."""
        return self._simulation

    @property
    def crossings(self) -> tuple[float, float]:
        """Times at which the last step entered the network and left it [s]."""
        return self._crossings

    def close(self) -> None:
        """Free the resources of the controller and the backend."""
        self.base.close()
        self._simulation.close()

    def _advance(self) -> None:
        self._fresh = False
        entered = perf_counter()
        self._simulation.step()
        self._crossings = entered, perf_counter()
