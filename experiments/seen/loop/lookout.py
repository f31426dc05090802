"""Cameras that look at a scene, again and again, while the arm moves in it."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.arm_models.rendering.scene import Scene
from spikearm.controller.references.reference import Reference
from spikearm.experiments.seen.course.layout import Layout, with_target
from spikearm.experiments.seen.loop.sight_changes import SightChange
from spikearm.perception.sight.scene_cameras import SceneCameras

LOOK_PERIOD = 0.004  # s, between two looks


class Look(NamedTuple):
    """Frames of all cameras at one time.

    Attributes:
        time: Time [s].
        frames: Frame of each camera, shape (n_cameras, ...).
    """

    time: float
    frames: np.ndarray


class Truth(NamedTuple):
    """Truth about the scene at the time of a look.

    Attributes:
        time: Time [s].
        target: Position of the target, shape (3,) [m].
        hand: Position of the hand, shape (3,) [m].
        q: Joint positions, shape (n_joints,) [rad].
        frames: Frames of the look, if they are kept.
    """

    time: float
    target: np.ndarray
    hand: np.ndarray
    q: np.ndarray
    frames: np.ndarray | None


@dataclass
class Lookout:
    """Cameras that look at a scene, again and again, while the arm moves in it.

    It observes the closed loop, outside of what is timed there: whenever a look is due, it puts the
    target where its course has it, and keeps the frames until they are taken. Nothing else knows
    where the target is.

    Attributes:
        scene: Scene, whose target is moved.
        cameras: Cameras in it; None where nobody looks.
        layout: Course of the target, and what else is in the scene.
        change: Change of what cameras see.
        keep_frames: True to keep all frames beside what was there.
        truths: What was there at each look.
    """

    scene: Scene
    cameras: SceneCameras | None
    layout: Layout
    change: SightChange
    keep_frames: bool = False
    truths: list[Truth] = field(default_factory=list)
    _latest: Look | None = None
    _due: float = 0.0

    def __call__(self, arm: Arm, state: ArmState, reference: Reference | None = None) -> None:
        """Look, if it is time."""
        if state.time < self._due - 0.5 * arm.timestep:
            return
        self._due += LOOK_PERIOD
        target, frames = self.layout.course.at(state.time), None
        if self.cameras is not None:
            arrangement = with_target(self.layout.surroundings, target)
            self.scene.arrange(self.change.arranged(state.time, arrangement, self.scene))
            frames = self.cameras.see(state.time, LOOK_PERIOD)
            frames = self.change.framed(state.time, frames)
            self._latest = Look(state.time, frames)
        kept = frames if self.keep_frames else None
        self.truths.append(Truth(state.time, target, state.hand.position, state.q, kept))

    def take(self) -> Look | None:
        """Take the latest look; None if there is none since the last one was taken."""
        look, self._latest = self._latest, None
        return look
