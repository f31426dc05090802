"""Motions between random poses across the arm's workspace."""

import math
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import RigidBodyModel, SpikearmError
from spikearm.controller.classical.dexterous_path import draw_path, usual_duration
from spikearm.controller.references.workspace import Workspace
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.experiments.tasks.reaching import (
    SPEED_SHARE,
    STEPS_PER_SECOND,
    check_arm,
    check_reaching,
)
from spikearm.experiments.tasks.task import Start, Task

RADIUS = 0.5  # m
TILT = float(np.radians(90.0))  # rad


@dataclass(frozen=True)
class PointToPoint:
    """Motions from pose to pose, each from where the last one ended.

    Poses are drawn by seed, evenly in a ball around the home position and in the angle of turns of
    up to ``TILT`` about any axis, from those that the arm can go to from where it is:
    :func:`~spikearm.controller.classical.dexterous_path.dexterous_path`.

    Attributes:
        targets: Number of poses.
        radius: Radius of the ball [m].
        duration: Length of each minimum-jerk motion [s]; longer where the arm's joints are slow.
        hold: Time that the hand then holds still [s].
        speed_limits: Make motions as long as is usual for the arm's joints, and leave out those in
            which a joint is still faster than its velocity limit.
    """

    targets: int = 8
    radius: float = RADIUS
    duration: float = 1.0
    hold: float = 0.5
    speed_limits: bool = True

    name = "workspace"
    offset = 0.0
    drawn = True
    returns = False

    def __post_init__(self) -> None:
        check_reaching(self)

    @classmethod
    def of(cls, options: CentreOut) -> "PointToPoint":
        """Return motions with the options of centre-out reaching that they have, too.

        Raises:
            SpikearmError: Another option is given.
        """
        if options.variant != "circle" or options.offset:
            raise SpikearmError(
                "The task workspace has no variant and no offset: its poses are drawn around home, "
                "and each motion starts where the last one ended. Leave them out."
            )
        radius = RADIUS if options.radius is None else options.radius
        return cls(options.targets, radius, options.duration, options.hold, options.speed_limits)

    @property
    def workspace(self) -> Workspace:
        """Region of the poses."""
        return Workspace(self.radius, TILT, between=True)

    def region(self, task: Task) -> Workspace:
        """Return the region that the motions of a task take up."""
        return self.workspace

    def plan(self, model: RigidBodyModel, seed: int) -> Task:
        """Draw starts and targets for an arm.

        Raises:
            SpikearmError: The arm reaches hardly any pose, or the seed is none.
        """
        check_arm(model, self, seed)
        chain, rng = model.chain, np.random.default_rng(seed)
        duration = self.duration
        if self.speed_limits:
            usual = math.ceil(STEPS_PER_SECOND * usual_duration(chain)) / STEPS_PER_SECOND
            duration = max(duration, usual)
        allowed = SPEED_SHARE if self.speed_limits else np.inf
        home, joints = model.dynamics(chain.home).hand, chain.home
        starts, goals = [], []
        for _ in range(self.targets):
            starts.append(Start(model.dynamics(joints).hand, joints))
            path = draw_path(
                model, self.workspace, home, joints, duration, allowed * chain.velocity_limits, rng
            )
            goals.append(path.goal)
            joints = path.q[-1]
        return Task(
            tuple(starts), tuple(goals), self.radius, duration, self.hold, self.speed_limits,
            returns=False,
        )  # fmt: skip
