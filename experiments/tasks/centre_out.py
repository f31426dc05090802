"""Centre-out reaching: its options, and the task that they give an arm."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from scipy.spatial.transform import Rotation

from spikearm.arm_models import Pose, RigidBodyModel, SpikearmError
from spikearm.arm_models.errors import LARGEST
from spikearm.controller.references.joint_reference import end_joints, follow_joints
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.workspace import Workspace
from spikearm.experiments.flags import turned_off
from spikearm.experiments.tasks.reaching import (
    SPEED_SHARE,
    STEPS_PER_SECOND,
    check_arm,
    check_reaching,
)
from spikearm.experiments.tasks.task import Start, Task
from spikearm.experiments.unset import Unset

Variant = Literal["circle", "sphere", "pose"]

RADII = (0.20, 0.15, 0.10, 0.05)  # m, the largest that the arm reaches is taken
POSE_TURN = float(np.radians(30.0))  # rad, of the variant "pose"
N_TRIES = 20  # turns drawn for a target, or starts off home, until the arm can follow one
OVERSHOOT = 5e-3  # m, past its goal, of a hand that a law with reference "velocity" moves
APPROACH_TIME = 1.0  # s, of the motion from home by which joint positions off home are found
REACH_TIME = 1.0  # s, of the motions by which targets are found to be in reach
CANNOT = "out of reach of this arm (beyond its joint limits, singular, or too fast for its joints)"


@dataclass(frozen=True)
class CentreOut:
    """Reaches from the home pose, or from beside it, to targets around home, and back.

    Attributes:
        variant: Place of the targets: on a circle in the frontal plane, on a sphere (drawn
            uniformly, by seed), or pose: on the circle, and each target also turns the hand by
            30 degrees about an axis drawn by seed, from those that the arm can follow.
        targets: Number of targets.
        radius: Distance from the home position to the targets [m]. Default: the largest of
            200, 150, 100 and 50 mm that the arm reaches. In the task workspace, the largest
            distance; 500 mm by default.
        duration: Length of each minimum-jerk motion, out or back [s]; longer where the arm's
            joints are too slow for it.
        hold: Time that the hand then holds still [s].
        offset: Distance from the home position to the start of reaches [m], in a direction
            drawn by seed, from those that the arm can follow; the hand is oriented as at home.
        speed_limits: Make motions longer, all by as much, until no joint is faster than its
            velocity limit; otherwise joints may be faster than that.
    """

    variant: Variant = "circle"
    targets: int = 8
    radius: Unset[float] = None
    duration: float = 1.0
    hold: float = 0.5
    offset: float = 0.0
    speed_limits: Annotated[
        bool,
        turned_off(
            "Leave motions as short as they are asked for, however fast the joints then are. "
            "Otherwise all are made longer, by as much, until no joint is faster than its velocity "
            "limit."
        ),
    ] = True

    returns = True

    @property
    def name(self) -> str:
        """Name of the task in tables."""
        return self.variant

    @property
    def turn(self) -> float:
        """Angle by which each target turns the hand [rad]."""
        return POSE_TURN if self.variant == "pose" else 0.0

    @property
    def drawn(self) -> bool:
        """True if the seed draws starts or targets."""
        return self.variant != "circle" or self.offset > 0

    def region(self, task: Task) -> Workspace:
        """Return the region that the motions of a task take up."""
        return Workspace(max(task.radius, self.offset), self.turn)

    def plan(self, model: RigidBodyModel, seed: int) -> Task:
        """Place the start and the targets for an arm: :func:`plan_task`."""
        return plan_task(model, self, seed)

    def __post_init__(self) -> None:
        check_reaching(self)
        if not 0 <= self.offset <= LARGEST:
            raise SpikearmError(
                f"An offset of {self.offset} m is not possible: give 0 or more, at most "
                f"{LARGEST:g} m."
            )


def plan_task(model: RigidBodyModel, options: CentreOut, seed: int) -> Task:
    """Place the start and the targets for an arm.

    Raises:
        SpikearmError: The arm's kinematics do not reach the start or a target, or the seed is
            none that generators take.
    """
    check_arm(model, options, seed)
    home = model.dynamics(model.chain.home).hand
    start_joints = _start_joints(model, home, options.offset, seed)
    start = model.dynamics(start_joints).hand
    tried = REACH_TIME if options.speed_limits else options.duration
    missed: list[str] = []
    for radius in RADII if options.radius is None else (options.radius,):
        targets: list[Pose] = []
        for goals in _goals(home, forward_axis(model), options, radius, seed):
            followed = (
                goal for goal in goals if _obstacle(model, start, goal, tried, start_joints) is None
            )
            target = next(followed, None)
            if target is None:
                break
            targets.append(target)
        else:
            duration = options.duration
            if options.speed_limits:
                duration = max(duration, _least_duration(model, start, targets, start_joints))
            starts = (Start(start, start_joints),) * len(targets)
            return Task(
                starts, tuple(targets), radius, duration, options.hold, options.speed_limits
            )
        obstacle = _obstacle(model, start, goals[0], tried, start_joints)
        place = np.array2string(goals[0].position, precision=3)
        missed.append(f"{place} m, {radius} m from home, is out of reach of this arm: {obstacle}")
    raise SpikearmError(
        f"Target {missed[-1]}. Give a smaller radius or offset, a longer duration, or another home "
        "pose."
    )


def _obstacle(
    model: RigidBodyModel, start: Pose, goal: Pose, duration: float, joints: np.ndarray
) -> str | None:
    """Return the reason why the arm cannot follow a motion, or one past its goal, or None.

    The hand trails behind its reference and passes the goal by as much. An arm that just avoids
    a singular pose or a joint limit at the goal meets it there, and may not come back.
    """
    past = goal.position + OVERSHOOT * _unit(goal.position - start.position)
    motions = (MinimumJerk(start, end, duration) for end in (goal, Pose(past, goal.quaternion)))
    ends = (follow_joints(model, motion, joints) for motion in motions)
    return next((end.obstacle for end in ends if end.obstacle is not None), None)


def _least_duration(
    model: RigidBodyModel, start: Pose, targets: Sequence[Pose], joints: np.ndarray
) -> float:
    """Compute the shortest duration in which all motions, out and back, keep to speed limits [s].

    Joint speeds of a motion go with the inverse of its duration.
    """
    share = 0.0
    for target in targets:
        at = joints
        for ends in ((start, target), (target, start)):
            end = follow_joints(model, MinimumJerk(*ends, REACH_TIME), at)
            share = max(share, float((end.speeds / model.chain.velocity_limits).max()))
            at = end.joints
    steps = math.ceil(round(REACH_TIME * share / SPEED_SHARE * STEPS_PER_SECOND, 6))
    return steps / STEPS_PER_SECOND


def _start_joints(model: RigidBodyModel, home: Pose, offset: float, seed: int) -> np.ndarray:
    """Find joint positions with the hand off home, shape (n_joints,) [rad]."""
    if offset == 0:
        return model.chain.home
    (rng,) = np.random.default_rng(seed).spawn(1)  # its own, so that targets stay where they are
    for direction in _unit(rng.normal(size=(N_TRIES, 3))):
        start = Pose(home.position + offset * direction, home.quaternion)
        joints = end_joints(model, MinimumJerk(home, start, APPROACH_TIME))
        if joints is not None:
            return joints
    raise SpikearmError(
        f"Every one of {N_TRIES} starts, {offset} m from home, is {CANNOT}. Give a smaller "
        "offset, or another home pose."
    )


def _goals(
    home: Pose, forward: np.ndarray, options: CentreOut, radius: float, seed: int
) -> Iterator[list[Pose]]:
    """Yield the poses to try for each target: one, or as many as turns may be drawn."""
    rng = np.random.default_rng(seed)
    orientation = Rotation.from_quat(home.quaternion, scalar_first=True)
    for direction in _directions(forward, options, rng):
        turns = options.turn * _unit(rng.normal(size=(N_TRIES if options.turn else 1, 3)))
        rotations = Rotation.from_rotvec(turns) * orientation
        position = home.position + radius * direction
        yield [Pose(position, quaternion) for quaternion in rotations.as_quat(scalar_first=True)]


def _directions(forward: np.ndarray, options: CentreOut, rng: np.random.Generator) -> np.ndarray:
    """Place the targets around home, shape (n_targets, 3)."""
    if options.variant == "sphere":
        return _unit(rng.normal(size=(options.targets, 3)))
    left, up = frontal_plane(forward)
    angle = 2 * np.pi * np.arange(options.targets)[:, None] / options.targets
    return np.cos(angle) * left + np.sin(angle) * up


def frontal_plane(forward: np.ndarray) -> np.ndarray:
    """Span the circle's plane by what is left and what is up of the arm, shape (2, 3).

    Args:
        forward: The arm's forward axis, shape (3,).
    """
    up = np.array([0.0, 0.0, 1.0])
    return np.array([np.cross(up, forward), up])


def forward_axis(model: RigidBodyModel) -> np.ndarray:
    """Return the arm's forward axis: horizontal, from the base to the hand at home, shape (3,)."""
    hand = model.dynamics(model.chain.home).hand.position
    along = (hand - model.base_position) * [1.0, 1.0, 0.0]
    return _unit(along) if np.linalg.norm(along) > 0.01 else np.array([1.0, 0.0, 0.0])


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
