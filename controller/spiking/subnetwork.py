"""Sub-networks: further ensembles in a controller's network, or in one beside it."""

from collections.abc import Iterable
from typing import Protocol

import nengo
import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.control_step import ControlStep


class Subnetwork(Protocol):
    """Ensembles that add joint torques to a controller's.

    The controller calls :meth:`add_to` once, while it builds its network, then :meth:`hold` at
    every start, and in every control step :meth:`write`, the network's step, and :attr:`torque`.
    """

    def add_to(self, network: nengo.Network) -> None:
        """Add ensembles, and the nodes by which the host exchanges values with them."""
        ...

    def hold(self, state: ArmState) -> None:
        """Write the inputs for an arm that is held in a state, while neurons settle."""
        ...

    def write(self, step: ControlStep) -> None:
        """Write the inputs of a control step."""
        ...

    @property
    def torque(self) -> np.ndarray:
        """Joint torques of the last step, shape (n_joints,) [N m]."""
        ...


def network_of(subnetworks: Iterable[Subnetwork], seed: int) -> nengo.Network:
    """Build a network of sub-networks alone.

    Args:
        subnetworks: Sub-networks, in the order in which their ensembles are seeded.
        seed: Seed of everything random in it.
    """
    network = nengo.Network(seed=seed, label="sub-networks")
    for subnetwork in subnetworks:
        subnetwork.add_to(network)
    return network
