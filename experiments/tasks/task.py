"""Task of an arm: starts, targets and success."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spikearm.arm_models import Pose
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.tasks.success import SUCCESS

Direction = Literal["out", "back"]


@dataclass(frozen=True)
class Start:
    """Place that an episode starts from, at rest.

    Attributes:
        hand: Pose of the hand.
        joints: Joint positions there, shape (n_joints,) [rad].
    """

    hand: Pose
    joints: np.ndarray


@dataclass(frozen=True)
class Task:
    """Episodes of one arm: from a start to a target, and back where the task says so.

    Attributes:
        starts: Start of each episode.
        targets: Pose to reach in each episode.
        radius: Distance of the targets from home, the largest one that was allowed [m].
        duration: Length of every motion [s].
        hold: Time that the hand holds still after each [s].
        speed_limits: True if the motions keep to the velocity limits of the joints.
        returns: True if the hand goes back to the start of each episode.
    """

    starts: tuple[Start, ...]
    targets: tuple[Pose, ...]
    radius: float
    duration: float
    hold: float
    speed_limits: bool = True
    returns: bool = True

    @property
    def start(self) -> Pose:
        """Pose that the first episode starts from."""
        return self.starts[0].hand

    @property
    def start_joints(self) -> np.ndarray:
        """Joint positions there, shape (n_joints,) [rad]."""
        return self.starts[0].joints

    @property
    def motion_time(self) -> float:
        """Length of a motion and of the hold after it [s]."""
        return self.duration + self.hold

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Directions of an episode's motions, in their order."""
        return ("out", "back") if self.returns else ("out",)

    def motions(self, number: int) -> Iterator[tuple[Direction, MinimumJerk]]:
        """Yield the motions of an episode, each with its direction."""
        start, target = self.starts[number].hand, self.targets[number]
        ends = {"out": (start, target), "back": (target, start)}
        for direction in self.directions:
            yield direction, MinimumJerk(*ends[direction], self.duration)

    @staticmethod
    def success(trajectory: Trajectory) -> bool:
        """Check that a motion ends where its reference does: :data:`SUCCESS`."""
        return SUCCESS.met(trajectory)
