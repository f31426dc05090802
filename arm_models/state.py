"""Sensed state of an arm at one moment."""

from typing import NamedTuple

import numpy as np


class Pose(NamedTuple):
    """A position and an orientation of the hand in the world frame.

    Attributes:
        position: Shape (3,) [m].
        quaternion: Unit quaternion of the rotation from hand to world, scalar
            first, shape (4,).
    """

    position: np.ndarray
    quaternion: np.ndarray


class ArmState(NamedTuple):
    """The sensed state of an arm: an encoder board and a tracker would give it.

    Attributes:
        time: Simulated time [s].
        q: Joint positions, shape (n_joints,) [rad or m].
        dq: Joint velocities, shape (n_joints,) [rad/s or m/s].
        hand: Pose of the end effector in the world.
        hand_velocity: Linear, then angular velocity of the end effector in the
            world frame, shape (6,) [m/s, rad/s].
    """

    time: float
    q: np.ndarray
    dq: np.ndarray
    hand: Pose
    hand_velocity: np.ndarray
