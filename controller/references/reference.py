"""The reference of the hand's motion at one time."""

from typing import NamedTuple

import numpy as np

from spikearm.arm_models import Pose


class Reference(NamedTuple):
    """Desired pose, velocity and acceleration of the hand at one time.

    Attributes:
        pose: Desired pose.
        velocity: Linear, then angular velocity in the world, shape (6,) [m/s, rad/s].
        acceleration: Linear, then angular acceleration, shape (6,) [m/s^2, rad/s^2].
    """

    pose: Pose
    velocity: np.ndarray
    acceleration: np.ndarray
