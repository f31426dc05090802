"""The hybrid controller: a law without neurons, and sub-networks beside it."""

from collections.abc import Callable, Sequence

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.settled_controller import SettledController
from spikearm.controller.spiking.subnetwork import Subnetwork, network_of
from spikearm.neural.simulation import NeuralSimulation


class HybridController(SettledController):
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
        super().__init__(simulation(network_of(subnetworks, seed)), subnetworks)

    def start(self, state: ArmState) -> None:
        """Reset the controller and the neurons, keep learned weights, and settle the neurons."""
        self.base.start(state)
        super().start(state)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        torque = self.base.torque(state, reference)
        self._write_subnetworks(ControlStep(state, reference, self.gains, self.feedforward))
        self._advance()
        return self._with_subnetworks(torque)

    def close(self) -> None:
        """Free the resources of the controller and the backend."""
        self.base.close()
        super().close()
