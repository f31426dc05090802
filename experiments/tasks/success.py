"""Success of a motion: the hand is, and stays, where the reference ends."""

from dataclasses import dataclass

import numpy as np

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.pose_error import rotation_error


@dataclass(frozen=True)
class SuccessBounds:
    """Bounds on the hand's distance and angle from the end of its reference.

    Attributes:
        distance: Distance that the hand has to be nearer than [m].
        angle: Angle that it has to be turned by less than [rad].
        lasting: Time at the end of the hold for which this has to hold [s]; a shorter hold counts
            as a whole, and without a hold the last step alone.
    """

    distance: float
    angle: float
    lasting: float

    def admit(self, distance: np.ndarray | float, angle: np.ndarray | float) -> np.ndarray:
        """Return whether the hand is within the bounds, one answer per distance and angle."""
        return np.less(distance, self.distance) & np.less(angle, self.angle)

    def met(self, trajectory: Trajectory) -> bool:
        """Return whether a motion ends within the bounds."""
        time, hold = trajectory.time, trajectory.hold
        counted = time > time[-1] - self.lasting + trajectory.period / 2
        counted[: hold.start] = False
        counted[-1] = True
        offset = trajectory.hand_position - trajectory.reference_position[-1]
        turn = rotation_error(trajectory.reference_quaternion[-1], trajectory.hand_quaternion)
        distance, angle = (np.linalg.norm(part[counted], axis=1) for part in (offset, turn))
        return bool(self.admit(distance, angle).all())

    def __str__(self) -> str:
        """Return the bounds in words."""
        degrees = float(np.degrees(self.angle))
        unit = "degree" if round(degrees, 6) == 1 else "degrees"
        return f"within {1e3 * self.distance:g} mm and {degrees:g} {unit}"


SUCCESS = SuccessBounds(0.002, float(np.radians(1.0)), lasting=0.2)
"""Success in all tables."""
SUCCESS_5MM = SuccessBounds(0.005, float(np.radians(2.0)), lasting=0.0)
"""Success by wider bounds, in the last step alone."""
