"""The reference of the hand's motion at one time."""

from typing import NamedTuple

import numpy as np

from spikearm.arm_models import Pose


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
