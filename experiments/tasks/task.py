"""Task of an arm: start, targets and success."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Pose
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.tasks.success import SUCCESS


@dataclass(frozen=True)
class Task:
    """Reaches of one arm from a start to targets and back.

    Attributes:
        start: Pose that every reach starts from.
        start_joints: Joint positions there, shape (n_joints,) [rad].
        targets: Poses to reach.
        radius: Their distance from home [m].
        duration: Length of the motion to a target, and of that back [s].
        hold: Time that the hand holds still after either [s].
        speed_limits: True if the motions keep to the velocity limits of the joints.
    """

    start: Pose
    start_joints: np.ndarray
    targets: tuple[Pose, ...]
    radius: float
    duration: float
    hold: float
    speed_limits: bool = True

    @property
    def motion_time(self) -> float:
        """Length of a motion and of the hold after it [s]."""
        return self.duration + self.hold

    @staticmethod
    def success(trajectory: Trajectory) -> bool:
        """Check that a motion ends where its reference does: :data:`SUCCESS`."""
        return SUCCESS.met(trajectory)
