"""The network controller: any Nengo network that drives an arm."""

from collections.abc import Callable, Sequence

import nengo
import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.network_inputs import NetworkInputs
from spikearm.controller.spiking.network_sockets import TORQUE, connect_host, find_sockets
from spikearm.controller.spiking.settled_controller import SettledController
from spikearm.controller.spiking.subnetwork import Subnetwork
from spikearm.neural.host_io import HostOutput
from spikearm.neural.simulation import NeuralSimulation


class NetworkController(SettledController):
    """Controller whose joint torques are the output of a Nengo network.

    The network's sockets are nodes that pass values on, found by their labels: inputs are labelled
    with names of :data:`~spikearm.controller.spiking.network_inputs.SIGNALS`, and what arrives at
    the node ``torque`` [N m] drives the arm. A network without a seed is given one.

    Args:
        network: Network, which no other controller uses.
        simulation: Backend that runs it.
        model: The arm's nominal dynamics.
        gains: Gains of the signal ``command``.
        feedforward: Part of the reference that this signal feeds forward.
        seed: Seed of a network that has none.
        subnetworks: Sub-networks that run in the same network and add to the torque, in this
            order.

    Raises:
        SpikearmError: The network has no sockets that fit the arm, or neurons that do not spike.
    """

    def __init__(
        self,
        network: nengo.Network,
        simulation: Callable[[nengo.Network], NeuralSimulation],
        model: RigidBodyModel,
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
        seed: int = 0,
        subnetworks: Sequence[Subnetwork] = (),
    ) -> None:
        sockets = find_sockets(network, model.chain.n_joints)
        names = [label for label in sockets if label != TORQUE]
        self._inputs = NetworkInputs(model, names, gains, feedforward)
        self._torque = HostOutput(model.chain.n_joints)
        connect_host(network, sockets, self._inputs.nodes, self._torque)
        if network.seed is None:
            network.seed = seed
        for subnetwork in subnetworks:
            subnetwork.add_to(network)
        super().__init__(simulation(network), subnetworks)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        step = self._inputs.write(state, reference)
        self._write_subnetworks(step)
        self._advance()
        return self._with_subnetworks(self._torque.values.copy())

    def _hold(self, state: ArmState) -> None:
        self._inputs.hold(state)
        super()._hold(state)
