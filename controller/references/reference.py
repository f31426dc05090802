"""The reference of the hand's motion at one time."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import Pose

Future = Callable[[float], np.ndarray]
"""Function from a time ahead [s] to the reference's acceleration then, shape (6,)."""


class Reference(NamedTuple):
    """Desired pose, velocity and acceleration of the hand at one time.

    Attributes:
        pose: Desired pose.
        velocity: Linear, then angular velocity in the world, shape (6,) [m/s, rad/s].
        acceleration: Linear, then angular acceleration, shape (6,) [m/s^2, rad/s^2].
        future: Function that looks ahead along a motion that is known; None for one that is not.
    """

    pose: Pose
    velocity: np.ndarray
    acceleration: np.ndarray
    future: Future | None = None

    def acceleration_ahead(self, time: float) -> np.ndarray:
        """Return the acceleration some time later [s], shape (6,) [m/s^2, rad/s^2].

        Of a motion that is not known ahead, such as one that follows what a camera sees, it is
        taken to stay as it is.
        """
        return self.acceleration if self.future is None else self.future(time)
