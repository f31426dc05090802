"""Errors between poses of the hand."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from spikearm.arm_models import Pose

TINY = float(np.finfo(float).tiny)  # added to a sine, so that no turn has an axis, too


def pose_error(wanted: Pose, actual: Pose) -> np.ndarray:
    """Compute the way from one pose to another, position then rotation, shape (6,) [m, rad]."""
    return np.array(plain_pose_error(wanted, actual))


def plain_pose_error(wanted: Pose, actual: Pose) -> tuple[float, ...]:
    """Compute :func:`pose_error` in plain numbers, which take less time than arrays so small."""
    a, b, c = wanted.position.tolist()
    x, y, z = actual.position.tolist()
    cosine, i, j, k = _quotient(wanted.quaternion.tolist(), actual.quaternion.tolist())
    sine = math.sqrt(i * i + j * j + k * k) + TINY
    # The sign as in rotation_error.
    stretch = math.copysign(2 * math.atan2(sine, abs(cosine)), cosine) / sine
    return a - x, b - y, c - z, stretch * i, stretch * j, stretch * k


def rotation_error(wanted: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Compute the rotation vector, in the world, that turns one orientation into another.

    The logarithm of ``wanted actual^-1``.

    Args:
        wanted: Unit quaternions, scalar first, shape (..., 4).
        actual: The same.

    Returns:
        Shape (..., 3) [rad]; its length is the geodesic angle.
    """
    cosine, i, j, k = _quotient(wanted.T, actual.T)
    sine = np.sqrt(i * i + j * j + k * k) + TINY
    # Of q and -q, which turn alike, the sign takes the one with the smaller angle.
    angle = np.copysign(2 * np.arctan2(sine, abs(cosine)), cosine)
    return (angle / sine * np.array([i, j, k])).T


def _quotient(wanted: Iterable[Any], actual: Iterable[Any]) -> tuple[Any, Any, Any, Any]:
    """Divide quaternions, ``wanted actual^-1``; components may be numbers or arrays of them."""
    a, b, c, d = wanted
    w, x, y, z = actual
    return (
        a * w + b * x + c * y + d * z,  # the cosine of half the angle
        b * w - a * x + d * y - c * z,
        c * w - a * y + b * z - d * x,
        d * w - a * z + c * x - b * y,
    )
