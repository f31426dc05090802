"""Regressor of a rigid load in the hand."""

import numpy as np

N_PARAMETERS = 10
"""Mass [kg], first moment of mass about the hand [kg m] and moments of inertia about it: xx, yy,
zz, xy, xz, yz [kg m^2], in the frame of the hand."""


def load_regressor(
    rotation: np.ndarray,
    gravity: np.ndarray,
    spin: np.ndarray,
    wanted_spin: np.ndarray,
    acceleration: np.ndarray,
) -> np.ndarray:
    """Compute the matrix that maps a load's parameters to the wrench that moves the load.

    With the hand's acceleration ``a`` and angular acceleration ``alpha``, its angular velocity
    ``omega``, gravity ``g``, mass ``m``, first moment ``h`` and inertia ``I``, all in the hand's
    frame (Featherstone 2008, eq. 2.63 and 2.67)::

        f = m (a - g) + alpha x h + omega x (omega x h)
        n = h x (a - g) + I alpha + omega x (I omega)

    In products of two velocities the first is sensed and the second is wanted, as Slotine and Li
    (1987) have it.

    Args:
        rotation: Axes of the hand in the world, shape (3, 3).
        gravity: Acceleration of gravity in the world, shape (3,) [m/s^2].
        spin: Sensed angular velocity in the world, shape (3,) [rad/s].
        wanted_spin: Wanted angular velocity in the world, shape (3,) [rad/s].
        acceleration: Linear, then angular acceleration in the world, shape (6,) [m/s^2, rad/s^2].

    Returns:
        Shape (6, 10): force and moment about the hand, in the world.
    """
    turn = rotation.T
    fall, alpha = turn @ (acceleration[:3] - gravity), turn @ acceleration[3:]
    omega, wanted = cross_matrix(turn @ spin), turn @ wanted_spin
    inner = np.zeros((6, N_PARAMETERS))
    inner[:3, 0] = fall
    inner[:3, 1:4] = cross_matrix(alpha) + omega @ cross_matrix(wanted)
    inner[3:, 1:4] = -cross_matrix(fall)
    inner[3:, 4:] = inertia_times(alpha) + omega @ inertia_times(wanted)
    return np.vstack([rotation @ inner[:3], rotation @ inner[3:]])


def cross_matrix(vector: np.ndarray) -> np.ndarray:
    """Compute the matrix whose product with a vector is the cross product, shape (3, 3)."""
    x, y, z = vector.tolist()
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def inertia_times(vector: np.ndarray) -> np.ndarray:
    """Compute the matrix that maps moments of inertia to the inertia times a vector, (3, 6)."""
    x, y, z = vector.tolist()
    return np.array([[x, 0.0, 0.0, y, z, 0.0], [0.0, y, 0.0, x, 0.0, z], [0.0, 0.0, z, 0.0, x, y]])
