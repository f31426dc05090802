"""The task: centre-out reaching."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.spatial.transform import Rotation

from arm_models import Pose, RigidBodyModel, SpikearmError
from controller.joint_reference import reaches
from controller.reference import MinimumJerk

Variant = Literal["circle", "sphere", "pose"]

TASK_DIMENSIONS = 6  # position and orientation
MOVE_TIME = 1.0  # s, minimum-jerk motion
HOLD_TIME = 0.5  # s, at the target
RADII = (0.20, 0.15, 0.10, 0.05)  # m, the largest that the arm reaches is taken
POSE_TURN = float(np.radians(30.0))  # rad, of the variant "pose"
N_TURNS = 20  # that are drawn for a target, until the arm can follow one


@dataclass(frozen=True)
class CentreOut:
    """Reaches from the home pose to targets around it, and back.

    Attributes:
        variant: ``circle`` in the frontal plane, ``sphere`` (targets drawn uniformly on the
            sphere, by seed) or ``pose`` (the circle, and each target also turns the hand
            by 30 degrees about an axis drawn by seed, from those that the arm can follow).
        targets: Number of targets.
        radius: Distance from the home position to the targets [m]; left out, the largest of
            0.20, 0.15, 0.10 and 0.05 m that the arm reaches.
    """

    variant: Variant = "circle"
    targets: int = 8
    radius: float | None = None

    @property
    def turn(self) -> float:
        """How far each target turns the hand [rad]."""
        return POSE_TURN if self.variant == "pose" else 0.0

    def __post_init__(self) -> None:
        if self.targets < 1:
            raise SpikearmError(f"{self.targets} targets are too few: ask for 1 or more.")
        if self.radius is not None and not 0 < self.radius < np.inf:
            raise SpikearmError(f"A radius of {self.radius} m is not possible: give one above 0.")


@dataclass(frozen=True)
class Reaches:
    """The reaches of one arm and seed.

    Attributes:
        home: Pose that every reach starts from.
        targets: Poses to reach.
        radius: Their distance from home [m].
    """

    home: Pose
    targets: tuple[Pose, ...]
    radius: float


def plan_reaches(model: RigidBodyModel, task: CentreOut, seed: int) -> Reaches:
    """Place the targets for an arm.

    Raises:
        SpikearmError: The arm's kinematics do not reach a target, or the seed is negative.
    """
    if seed < 0:
        raise SpikearmError(f"Seed {seed} is negative: give 0 or more.")
    if model.chain.n_joints < TASK_DIMENSIONS:
        raise SpikearmError(
            f"An arm of {model.chain.n_joints} joints cannot hold a position and an orientation: "
            f"this task needs {TASK_DIMENSIONS} joints or more."
        )
    home = model.dynamics(model.chain.home).hand
    missed: list[str] = []
    for radius in RADII if task.radius is None else (task.radius,):
        targets: list[Pose] = []
        for goals in _goals(home, forward_axis(model), task, radius, seed):
            followed = (
                goal for goal in goals if reaches(model, MinimumJerk(home, goal, MOVE_TIME))
            )
            target = next(followed, None)
            if target is None:
                break
            targets.append(target)
        else:
            return Reaches(home, tuple(targets), radius)
        missed.append(f"{np.array2string(goals[0].position, precision=3)} m, {radius} m")
    raise SpikearmError(
        f"Target {missed[-1]} from home, is out of reach of this arm (beyond its joint "
        "limits, or singular). Give a smaller --radius, or another home pose."
    )


def _goals(
    home: Pose, forward: np.ndarray, task: CentreOut, radius: float, seed: int
) -> Iterator[list[Pose]]:
    """Give, target by target, the poses to try: one, or as many as turns may be drawn."""
    rng = np.random.default_rng(seed)
    orientation = Rotation.from_quat(home.quaternion, scalar_first=True)
    for direction in _directions(forward, task, rng):
        turns = task.turn * _unit(rng.normal(size=(N_TURNS if task.turn else 1, 3)))
        rotations = Rotation.from_rotvec(turns) * orientation
        position = home.position + radius * direction
        yield [Pose(position, quaternion) for quaternion in rotations.as_quat(scalar_first=True)]


def _directions(forward: np.ndarray, task: CentreOut, rng: np.random.Generator) -> np.ndarray:
    """Place the targets around home, shape (n_targets, 3)."""
    if task.variant == "sphere":
        return _unit(rng.normal(size=(task.targets, 3)))
    up = np.array([0.0, 0.0, 1.0])
    angle = 2 * np.pi * np.arange(task.targets)[:, None] / task.targets
    return np.cos(angle) * np.cross(up, forward) + np.sin(angle) * up


def forward_axis(model: RigidBodyModel) -> np.ndarray:
    """Give the arm's forward axis: horizontal, from the base to the hand at home, shape (3,)."""
    hand = model.dynamics(model.chain.home).hand.position
    along = (hand - model.base_position) * [1.0, 1.0, 0.0]
    return _unit(along) if np.linalg.norm(along) > 0.01 else np.array([1.0, 0.0, 0.0])


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
