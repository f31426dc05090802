"""Errors between poses of the hand."""

import numpy as np

from spikearm.arm_models import Pose
from spikearm.controller.kernels.pose_error import TINY, divide, write_pose_error


def pose_error(wanted: Pose, actual: Pose) -> np.ndarray:
    """Compute the way from one pose to another, position then rotation, shape (6,) [m, rad]."""
    error = np.empty(6)
    write_pose_error(*wanted, *actual, error)
    return error


def rotation_error(wanted: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Compute the rotation vector, in the world, that turns one orientation into another.

    The logarithm of ``wanted actual^-1``.

    Args:
        wanted: Unit quaternions, scalar first, shape (..., 4).
        actual: The same.

    Returns:
        Shape (..., 3) [rad]; its length is the geodesic angle.
    """
    cosine, i, j, k = divide.py_func(*wanted.T, *actual.T)
    sine = np.sqrt(i * i + j * j + k * k) + TINY
    # The sign as in write_pose_error.
    angle = np.copysign(2 * np.arctan2(sine, abs(cosine)), cosine)
    return (angle / sine * np.array([i, j, k])).T
