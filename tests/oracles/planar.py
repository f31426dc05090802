"""The planar arms on paper: closed-form kinematics and dynamics, without MuJoCo.

An oracle for the tests: ``mjcf/planar2.xml`` and ``mjcf/planar3.xml`` describe the same
arms to MuJoCo, and both must agree.
"""

from dataclasses import dataclass

import numpy as np

GRAVITY = 9.81  # m/s^2, downwards; MuJoCo's default, rounded from standard gravity
AXIS = (0.0, -1.0, 0.0)  # of every joint, so that a positive angle raises a link from x to z


@dataclass(frozen=True)
class PlanarArm:
    """A chain of uniform rods that swings in the vertical x-z plane.

    The equations of motion follow from Lagrange's equations (Siciliano et al. 2009,
    "Robotics: Modelling, Planning and Control", section 7.3.2 has the two-link arm). They are
    short in the absolute angles ``theta = S q``, where S sums the joint angles up to each link:

        T = 1/2 sum_ij A_ij cos(theta_i - theta_j) dtheta_i dtheta_j
        V = g sum_i B_i sin(theta_i)

    with ``A_ij = l_i l_j c_max(i,j)`` off the diagonal, ``A_ii = l_i^2 (m_i / 3 + w_i)``,
    ``B_i = l_i c_i``, ``c_i = m_i / 2 + w_i`` and ``w_i`` the mass beyond link i. The joints
    have no armature, damping or friction.

    Attributes:
        lengths: Length of each rod, base first [m].
        masses: Mass of each rod [kg].
        base_height: Height of the first joint above the floor [m].
    """

    lengths: tuple[float, ...]
    masses: tuple[float, ...]
    base_height: float = 1.0

    def hand(self, q: np.ndarray) -> np.ndarray:
        """Locate the tip of the last rod in the world (Siciliano et al. 2009, eq. 2.83).

        Args:
            q: Joint angles, shape (n_joints,) [rad].

        Returns:
            Shape (3,) [m].
        """
        return np.array([0.0, 0.0, self.base_height]) + self._rods(q).sum(axis=0)

    def jacobian(self, q: np.ndarray) -> np.ndarray:
        """Give the hand's velocity per joint velocity (Siciliano et al. 2009, eq. 3.35).

        Args:
            q: Joint angles, shape (n_joints,) [rad].

        Returns:
            Linear, then angular rows, shape (6, n_joints) [m, 1].
        """
        to_hand = np.cumsum(self._rods(q)[::-1], axis=0)[::-1]  # from each joint, (n, 3)
        angular = np.tile(AXIS, (len(q), 1))
        return np.hstack([np.cross(angular, to_hand), angular]).T

    def bias_acceleration(self, q: np.ndarray, dq: np.ndarray) -> np.ndarray:
        """Give ``dJ/dt dq``: every rod's tip falls towards its own joint at ``dtheta^2 l``.

        Args:
            q: Joint angles, shape (n_joints,) [rad].
            dq: Joint velocities, shape (n_joints,) [rad/s].

        Returns:
            Linear, then angular acceleration of the hand, shape (6,) [m/s^2, rad/s^2].
        """
        return np.concatenate([-np.square(np.cumsum(dq)) @ self._rods(q), np.zeros(3)])

    def mass_matrix(self, q: np.ndarray) -> np.ndarray:
        """Give the joint-space inertia ``S^T H S``, ``H_ij = A_ij cos(theta_i - theta_j)``.

        Args:
            q: Joint angles, shape (n_joints,) [rad].

        Returns:
            Shape (n_joints, n_joints) [kg m^2].
        """
        H = self._coupling() * np.cos(_differences(np.cumsum(q)))
        S = np.tri(len(q))
        return S.T @ H @ S

    def bias_force(self, q: np.ndarray, dq: np.ndarray) -> np.ndarray:
        """Give the torque that cancels gravity, Coriolis and centrifugal force.

        In the absolute angles it is
        ``sum_j A_ij sin(theta_i - theta_j) dtheta_j^2 + g B_i cos(theta_i)``.

        Args:
            q: Joint angles, shape (n_joints,) [rad].
            dq: Joint velocities, shape (n_joints,) [rad/s].

        Returns:
            Shape (n_joints,) [N m].
        """
        angles = np.cumsum(q)
        centrifugal = self._coupling() * np.sin(_differences(angles)) @ np.cumsum(dq) ** 2
        gravity = GRAVITY * self._lengths * self._carried() * np.cos(angles)
        return np.tri(len(q)).T @ (centrifugal + gravity)

    def potential_energy(self, q: np.ndarray) -> float:
        """Give the energy of the rods above the floor [J], at angles q, shape (n_joints,) [rad]."""
        rise = self._lengths * self._carried() @ np.sin(np.cumsum(q))
        return float(GRAVITY * (rise + sum(self.masses) * self.base_height))

    @property
    def _lengths(self) -> np.ndarray:
        return np.array(self.lengths)

    def _rods(self, q: np.ndarray) -> np.ndarray:
        """Point along every rod from joint to joint, shape (n_joints, 3) [m]."""
        angles = np.cumsum(q)
        directions = np.stack([np.cos(angles), np.zeros(len(q)), np.sin(angles)], axis=1)
        return self._lengths[:, None] * directions

    def _carried(self) -> np.ndarray:
        """Sum c: half of each rod's mass and all beyond it, shape (n_joints,) [kg]."""
        masses = np.array(self.masses)
        return np.cumsum(masses[::-1])[::-1] - masses / 2

    def _coupling(self) -> np.ndarray:
        """Fill A, shape (n_joints, n_joints) [kg m^2]."""
        index = np.arange(len(self.masses))
        A = np.outer(self.lengths, self.lengths) * self._carried()[np.maximum.outer(index, index)]
        # m/2 off the diagonal, m/3 on it: a uniform rod weighs m l^2 / 3 about its end.
        return A - np.diag(self._lengths**2 * np.array(self.masses) / 6)


def _differences(angles: np.ndarray) -> np.ndarray:
    return angles[:, None] - angles[None, :]


PLANAR_ARMS = {
    "planar2": PlanarArm(lengths=(0.5, 0.4), masses=(2.0, 1.2)),
    "planar3": PlanarArm(lengths=(0.4, 0.35, 0.25), masses=(1.8, 1.2, 0.6)),
}
