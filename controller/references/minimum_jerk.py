"""A minimum-jerk motion of the hand from pose to pose."""

from functools import partial

import numpy as np
from scipy.spatial.transform import Rotation

from spikearm.arm_models import ArmState, Pose
from spikearm.controller.references.pose_error import rotation_error
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.target import KnownTarget, Target


class MinimumJerk(Target):
    """A motion from pose to pose on a straight line and about one axis, with minimum jerk.

    The profile is ``s = 10 r^3 - 15 r^4 + 6 r^5`` with ``r = t / duration`` (Flash and
    Hogan 1985, eq. 4); after ``duration`` the goal is held.

    Args:
        start: Pose at its beginning.
        goal: Pose at its end.
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

    def at(self, time: float, state: ArmState | None = None) -> Reference:
        """Evaluate the motion at a time since its start [s]; it does not depend on the state."""
        return self.sample(np.array([time]))[0]

    def begin(self, times: np.ndarray) -> KnownTarget:
        """Evaluate the motion ahead, in one block."""
        return KnownTarget(times, self.sample(times))

    def sample(self, times: np.ndarray) -> list[Reference]:
        """Evaluate the motion at many times since its start, shape (n_times,) [s]."""
        r = np.clip(times / self.duration, 0.0, 1.0)[:, None]
        s = r**3 * (10 - 15 * r + 6 * r**2)
        ds = 30 * r**2 * (1 - r) ** 2 / self.duration
        dds = 60 * r * (1 - r) * (1 - 2 * r) / self.duration**2
        rotations = Rotation.from_rotvec(s * self._turn) * self._start_rotation
        positions = self.start.position + s * self._line
        poses = map(Pose, positions, rotations.as_quat(scalar_first=True))
        futures = (partial(self._acceleration_after, time) for time in times.tolist())
        return list(map(Reference, poses, ds * self._path, dds * self._path, futures))

    def _acceleration_after(self, time: float, ahead: float) -> np.ndarray:
        r = min(max((time + ahead) / self.duration, 0.0), 1.0)
        return 60 * r * (1 - r) * (1 - 2 * r) / self.duration**2 * self._path
