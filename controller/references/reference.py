"""The ideal motion of the hand."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Pose

TINY = float(np.finfo(float).tiny)  # added to a sine, so that no turn has an axis, too


class Reference(NamedTuple):
    """Where the hand should be at one moment, and how it should move.

    Attributes:
        pose: Ideal pose.
        velocity: Linear, then angular velocity in the world, shape (6,) [m/s, rad/s].
        acceleration: Linear, then angular acceleration, shape (6,) [m/s^2, rad/s^2].
    """

    pose: Pose
    velocity: np.ndarray
    acceleration: np.ndarray


class MinimumJerk:
    """Moves from pose to pose on a straight line and about one axis, with minimum jerk.

    The profile is ``s = 10 r^3 - 15 r^4 + 6 r^5`` with ``r = t / duration`` (Flash and
    Hogan 1985, eq. 4); after ``duration`` the goal is held.

    Args:
        start, goal: Poses at both ends.
        duration: Length of the motion [s].
    """

    def __init__(self, start: Pose, goal: Pose, duration: float) -> None:
        self.start = start
        self.goal = goal
        self.duration = duration
        self._line = goal.position - start.position
        self._start_rotation = Rotation.from_quat(start.quaternion, scalar_first=True)
        self._turn = rotation_error(goal.quaternion, start.quaternion)
        self._path = np.concatenate([self._line, self._turn])

    def at(self, time: float) -> Reference:
        """Evaluate the motion at a time since its start [s]."""
        return self.sample(np.array([time]))[0]

    def sample(self, times: np.ndarray) -> list[Reference]:
        """Evaluate the motion at many times since its start, shape (n_times,) [s]."""
        r = np.clip(times / self.duration, 0.0, 1.0)[:, None]
        s = r**3 * (10 - 15 * r + 6 * r**2)
        ds = 30 * r**2 * (1 - r) ** 2 / self.duration
        dds = 60 * r * (1 - r) * (1 - 2 * r) / self.duration**2
        rotations = Rotation.from_rotvec(s * self._turn) * self._start_rotation
        positions = self.start.position + s * self._line
        poses = map(Pose, positions, rotations.as_quat(scalar_first=True))
        return list(map(Reference, poses, ds * self._path, dds * self._path))


def pose_error(wanted: Pose, actual: Pose) -> np.ndarray:
    """Give the way from one pose to another, position then rotation, shape (6,) [m, rad]."""
    return np.array(plain_pose_error(wanted, actual))


def plain_pose_error(wanted: Pose, actual: Pose) -> tuple[float, ...]:
    """Give :func:`pose_error` in plain numbers, which take less time than arrays so small."""
    a, b, c = wanted.position.tolist()
    x, y, z = actual.position.tolist()
    cosine, i, j, k = _quotient(wanted.quaternion.tolist(), actual.quaternion.tolist())
    sine = math.sqrt(i * i + j * j + k * k) + TINY
    # The sign as in rotation_error.
    stretch = math.copysign(2 * math.atan2(sine, abs(cosine)), cosine) / sine
    return a - x, b - y, c - z, stretch * i, stretch * j, stretch * k


def rotation_error(wanted: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Give the rotation vector, in the world, that turns one orientation into another.

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
