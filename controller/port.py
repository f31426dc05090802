"""What crosses the border between host and network."""

from dataclasses import dataclass

import numpy as np


class Outlet:
    """What a node puts into a network: an array that the host writes.

    Attributes:
        values: Shape (n,).
    """

    def __init__(self, n: int) -> None:
        self.values = np.zeros(n)

    def __call__(self, t: float) -> np.ndarray:
        """Give the values, as a node's function does."""
        return self.values


class Inlet:
    """What a node takes out of a network: an array that the host reads.

    Attributes:
        values: Shape (n,).
    """

    def __init__(self, n: int) -> None:
        self.values = np.zeros(n)

    def __call__(self, t: float, x: np.ndarray) -> None:
        """Take the values, as a node's function does."""
        self.values[:] = x


class Port:
    """Values that cross in one step, all scaled to [-1, 1].

    A backend may read and write them directly, because nothing is computed on the way.

    Attributes:
        positions, velocities: Shape (n_joints,).
        command: Shape (6,).
        inputs: The values of these three one after the other, in the same memory,
            shape (2 * n_joints + 6,).
        torque: The torque shares one after the other, shape (n_shares * n_joints,).
    """

    def __init__(self, n_joints: int, n_shares: int) -> None:
        self.positions = Outlet(n_joints)
        self.velocities = Outlet(n_joints)
        self.command = Outlet(6)
        self.torque = Inlet(n_shares * n_joints)
        self.inputs = np.zeros(2 * n_joints + 6)
        self.positions.values = self.inputs[:n_joints]
        self.velocities.values = self.inputs[n_joints : 2 * n_joints]
        self.command.values = self.inputs[2 * n_joints :]


@dataclass(frozen=True)
class Scaling:
    """How physical values map to the network's [-1, 1].

    Attributes:
        center, half_range: Joint positions that map to 0 and 1, shape (n_joints,) [rad].
        speed: Joint velocity that maps to 1 [rad/s].
        torque: Joint torque that a share of 1 stands for, shape (n_shares, n_joints) [N m].
    """

    center: np.ndarray
    half_range: np.ndarray
    speed: float
    torque: np.ndarray
