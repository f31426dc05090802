"""Layouts: all that is drawn by chance for a run, the same for every sight."""

from dataclasses import dataclass, replace

import numpy as np

from spikearm.arm_models import Arm, Pose, SpikearmError
from spikearm.arm_models.ball import draw_distance
from spikearm.arm_models.rendering.arrangement import MOST_DISTRACTORS, Arrangement
from spikearm.arm_models.rendering.scene import Scene
from spikearm.controller.references.joint_reference import end_joints
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.seen.course.course import Circle, Course, Jumps, Motion
from spikearm.experiments.tasks.centre_out import forward_axis, frontal_plane
from spikearm.perception.eye.scene_set import LEAST_VISIBLE
from spikearm.perception.watched_scenes import LIGHTS, draw_distractors

MOTIONS: tuple[Motion, ...] = ("static", "jumping", "moving")
HELD_OUT = 2028  # first word of these seeds: that of the scenes to learn from is the seed itself
RADIUS = 0.2  # m, largest distance of places from the hand at home
LEAST_JUMP = 0.08  # m
REACH_TIME = 1.6  # s, after which the hand has to be at the target
CIRCLE_RADIUS, CIRCLE_RATE = 0.12, 0.2  # m, Hz
TURNS = 1.5
PAST = 0.05  # m, beyond a place, that the arm has to be able to go
TRIES = 200  # places drawn until the arm reaches one


@dataclass(frozen=True)
class Layout:
    """Course of the target, and what else is in the scene.

    Attributes:
        motion: Kind of motion.
        course: Positions of the target.
        visible: True for each place that all cameras see while the arm is on its way to it: at the
            place before, or at home. One that is True for a circle.
        surroundings: Distractors and light, without a target.
    """

    motion: Motion
    course: Course
    visible: tuple[bool, ...]
    surroundings: Arrangement


def draw_layout(
    arm: Arm, scene: Scene, motion: Motion, seed: int, number: int, jumps: int
) -> Layout:
    """Draw a layout.

    It depends on the arguments alone, not on what was drawn before.

    Args:
        arm: Arm at home; it is moved, and reset.
        scene: Scene with it.
        motion: Kind of motion.
        seed: Seed.
        number: Number of the scene.
        jumps: Number of places of a target that jumps.

    Raises:
        SpikearmError: The arm does not reach so many places.
    """
    rng = np.random.default_rng((HELD_OUT, seed, number, MOTIONS.index(motion)))
    surroundings = draw_surroundings(scene, rng)
    if motion == "moving":
        return Layout(motion, _draw_circle(arm, scene, rng), (True,), surroundings)
    n_places = 1 if motion == "static" else jumps
    scene.arrange(surroundings)
    places, visible = _draw_places(arm, scene, n_places, rng)
    return Layout(motion, Jumps(places, REACH_TIME), visible, surroundings)


def draw_surroundings(scene: Scene, rng: np.random.Generator) -> Arrangement:
    """Draw distractors and light as those of scenes to learn from are drawn."""
    distractors = draw_distractors(scene, rng)[: MOST_DISTRACTORS - 1]  # room for one that hides
    return Arrangement(None, distractors, rng.uniform(*LIGHTS), rng.uniform(-np.pi, np.pi))


def with_target(surroundings: Arrangement, target: np.ndarray | None) -> Arrangement:
    """Return an arrangement with the target somewhere."""
    return replace(surroundings, target=target)


def _draw_circle(arm: Arm, scene: Scene, rng: np.random.Generator) -> Circle:
    """Draw the start and the direction of a circle in the frontal plane."""
    axes = frontal_plane(forward_axis(arm.model))
    rate = CIRCLE_RATE * rng.choice([-1, 1])
    return Circle(scene.middle, axes, CIRCLE_RADIUS, rate, rng.uniform(0, 2 * np.pi), TURNS)


def _draw_places(
    arm: Arm, scene: Scene, n_places: int, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[bool, ...]]:
    """Draw places in reach, one after the other, and find which are visible on the way."""
    joints, here = arm.chain.home, arm.model.dynamics(arm.chain.home).hand
    places, visible = [], []
    for _ in range(TRIES * n_places):
        if len(places) == n_places:
            break
        there = Pose(scene.middle + _in_ball(rng), here.quaternion)
        if np.linalg.norm(there.position - here.position) < LEAST_JUMP:
            continue
        ends = _ends(arm, here, there, joints)
        if ends is None:
            continue
        arm.reset(joints)
        visible.append(bool((scene.visible_share(there.position) >= LEAST_VISIBLE).all()))
        places.append(there.position)
        joints, here = ends, there
    arm.reset()
    if len(places) < n_places:
        raise SpikearmError(
            f"Arm '{arm.name}' reaches {len(places)} of {n_places} places within {RADIUS} m of its "
            "hand's home: give another home pose."
        )
    return np.array(places), tuple(visible)


def _ends(arm: Arm, here: Pose, there: Pose, joints: np.ndarray) -> np.ndarray | None:
    """Return the joint positions at the end of a motion; None if the arm cannot go a little past.

    What is seen is a little off, and the hand goes there.
    """
    way = there.position - here.position
    past = Pose(there.position + PAST * way / np.linalg.norm(way), there.quaternion)
    if end_joints(arm.model, MinimumJerk(here, past, REACH_TIME), joints) is None:
        return None
    return end_joints(arm.model, MinimumJerk(here, there, REACH_TIME), joints)


def _in_ball(rng: np.random.Generator) -> np.ndarray:
    """Draw a point evenly in a ball, shape (3,) [m]."""
    direction = rng.normal(size=3)
    return draw_distance(RADIUS, rng) * direction / np.linalg.norm(direction)
