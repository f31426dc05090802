"""Scenes to learn from: drawn by chance, watched for a while, with what is true beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Arm
from spikearm.arm_models.ball import draw_distance
from spikearm.arm_models.errors import check_count
from spikearm.arm_models.rendering.arrangement import MOST_DISTRACTORS, Arrangement, Distractor
from spikearm.arm_models.rendering.scene import Scene
from spikearm.perception.stereo_event_camera import StereoEventCamera

MOST_STEPS = 10**6
JOINT_SPREAD = 0.35  # rad; standard deviation of joints from home, in scenes with a scattered arm
JOINT_SWING = 0.1  # rad; amplitude of a moving arm's joints
SWING_RATES = (0.5, 2.0)  # Hz
STILL_ARM = 1 / 3  # share of scenes in which the arm is at home and at rest
MOVING_TARGET = 1 / 2  # share of scenes in which the target moves
TARGET_SPEED = 0.3  # m/s, the largest
BESIDE_HAND = 0.02  # m; standard deviation of a reached target from the hand, along each axis
SIZES = (0.015, 0.05)  # m, of distractors
GREYS = (0.05, 0.95)  # of distractors
LIGHTS = (0.5, 1.2)  # brightness of light
RAMP = 0.3  # largest change of brightness in a scene, as a share
DISTRACTORS_WITHIN = 0.3  # m from the middle of the scene


@dataclass(frozen=True)
class WatchConfig:
    """Choices of scenes, and of how long each is watched.

    Attributes:
        radius: Largest distance of a target from the middle of the scene [m].
        n_steps: Pictures of each scene, those of the warm-up included.
        period: Time between two pictures [s].
        empty: Share of scenes without a target.
        reached: Share of the other scenes in which the target is beside the hand, if that is
            within the radius.
    """

    radius: float = 0.2
    n_steps: int = 24
    period: float = 0.004
    empty: float = 0.25
    reached: float = 0.4

    def __post_init__(self) -> None:
        check_count(self.n_steps, "steps", MOST_STEPS)


@dataclass(frozen=True)
class WatchedScene:
    """Scene as event cameras saw it, and what was there.

    Attributes:
        events: Flags of events, shape (n_steps, n_cameras, height, width, 2).
        target: Position of the target in each step, NaN without one, shape (n_steps, 3) [m].
        pixels: Target in each camera's picture, shape (n_steps, n_cameras, 2) [pixels].
        hand: Hand in each camera's picture, likewise.
        visible: Share of the target that each camera sees in the last step, shape (n_cameras,) [1].
        colour: Picture of each camera in the last step, shape (n_cameras, height, width, 3), 0 to
            255.
    """

    events: np.ndarray
    target: np.ndarray
    pixels: np.ndarray
    hand: np.ndarray
    visible: np.ndarray
    colour: np.ndarray


def watch_scenes(
    arm: Arm, scene: Scene, n_scenes: int, seed: int, config: WatchConfig = WatchConfig()
) -> Iterator[WatchedScene]:
    """Draw scenes and watch each.

    A scene depends on the seed and its own number alone, so that any part of them can be made anew.

    Args:
        arm: Arm in the scene, which is moved.
        scene: Scene to arrange.
        n_scenes: Number of scenes.
        seed: Seed of all of them.
        config: Choices.
    """
    for number in range(n_scenes):
        yield watch(arm, scene, np.random.default_rng((seed, number)), config)


def watch(
    arm: Arm, scene: Scene, rng: np.random.Generator, config: WatchConfig = WatchConfig()
) -> WatchedScene:
    """Draw a scene, and watch it.

    Args:
        arm: Arm in the scene, which is moved.
        scene: Scene to arrange.
        rng: Generator that draws everything.
        config: Choices.
    """
    eyes = StereoEventCamera(scene, rng)
    times = config.period * np.arange(config.n_steps)
    joints = _draw_joints(arm, times, rng)
    hand = arm.reset(joints[-1]).hand.position
    targets = _draw_targets(scene, hand, times, rng, config)
    ramp = RAMP * rng.uniform(-1, 1) * np.linspace(0.0, 1.0, config.n_steps)
    lights = rng.uniform(*LIGHTS) * (1 + ramp)
    distractors, azimuth = draw_distractors(scene, rng), rng.uniform(-np.pi, np.pi)
    empty = bool(np.isnan(targets).any())
    events, hands = [], []
    for time, q, target, light in zip(times, joints, targets, lights, strict=True):
        hands.append(arm.reset(q).hand.position)
        scene.arrange(Arrangement(None if empty else target, distractors, light, azimuth))
        events.append(eyes.see(float(time), config.period))
    visible = np.zeros(len(scene.cameras)) if empty else scene.visible_share(targets[-1])
    return WatchedScene(
        np.array(events), targets, _project(scene, targets), _project(scene, np.array(hands)),
        visible, scene.look_in_colour(),
    )  # fmt: skip


def _project(scene: Scene, points: np.ndarray) -> np.ndarray:
    """Project points into each camera's picture, shape (n_points, n_cameras, 2) [pixels]."""
    return np.stack([camera.project(points) for camera in scene.cameras], axis=1)


def _draw_joints(arm: Arm, times: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the arm's joint positions, shape (n_steps, n_joints) [rad]."""
    chain = arm.chain
    if rng.random() < STILL_ARM:
        return np.tile(chain.home, (len(times), 1))
    middle = chain.home + rng.normal(scale=JOINT_SPREAD, size=chain.n_joints)
    rates, phases = rng.uniform(*SWING_RATES, chain.n_joints), rng.uniform(0, 2 * np.pi)
    swing = JOINT_SWING * np.sin(2 * np.pi * rates * times[:, None] + phases)
    return np.clip(middle + swing, chain.lower, chain.upper)


def _draw_targets(
    scene: Scene,
    hand: np.ndarray,
    times: np.ndarray,
    rng: np.random.Generator,
    config: WatchConfig,
) -> np.ndarray:
    """Draw where the target is, shape (n_steps, 3) [m]; NaN without a target.

    It is evenly in a ball, or beside the hand, where an arm that has reached it has its hand.
    """
    if rng.random() < config.empty:
        return np.full((len(times), 3), np.nan)
    direction, course = (v / np.linalg.norm(v) for v in rng.normal(size=(2, 3)))
    position = scene.middle + draw_distance(config.radius, rng) * direction
    beside = hand + rng.normal(scale=BESIDE_HAND, size=3)
    within = np.linalg.norm(beside - scene.middle) < config.radius
    if rng.random() < config.reached and within:
        position = beside
    speed = rng.uniform(0.0, TARGET_SPEED) if rng.random() < MOVING_TARGET else 0.0
    return position + speed * (times - times[-1])[:, None] * course  # there in the last step


def draw_distractors(scene: Scene, rng: np.random.Generator) -> tuple[Distractor, ...]:
    """Draw things that are not the target.

    Args:
        scene: Scene, around whose middle they are.
        rng: Generator that draws everything.
    """
    return tuple(
        Distractor(
            scene.middle + rng.uniform(-DISTRACTORS_WITHIN, DISTRACTORS_WITHIN, 3),
            rng.uniform(*SIZES), rng.uniform(*GREYS), bool(rng.integers(2)),
        )
        for _ in range(rng.integers(MOST_DISTRACTORS + 1))
    )  # fmt: skip
