"""Sensed state of an arm at one moment."""

from typing import NamedTuple

import numpy as np


class Pose(NamedTuple):
    """Position and orientation of the hand in the world frame.

    Attributes:
        position: Position, shape (3,) [m].
        quaternion: Unit quaternion of the rotation from hand to world, scalar
            first, shape (4,).
    """

    position: np.ndarray
    quaternion: np.ndarray


class ArmState(NamedTuple):
    """Sensed state of an arm, as encoders and a tracker of the hand provide it.

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
