"""Sights by name: the eye of spikes, and what it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.rendering.scene import Scene
from spikearm.arm_models.rendering.scene_config import SceneConfig
from spikearm.experiments.lookup import find_entry
from spikearm.experiments.seen.course.course import Course
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.scene_set import LEAST_VISIBLE
from spikearm.perception.sight.colour_finder import ColourFinder
from spikearm.perception.sight.eye_finder import EyeFinder
from spikearm.perception.sight.finder import Finder
from spikearm.perception.sight.known_finder import KnownFinder
from spikearm.perception.sight.scene_cameras import (
    ColourCamera,
    ProjectingCamera,
    SceneCameras,
)
from spikearm.perception.sight.stereo_sight import Sighting, StereoSight
from spikearm.perception.stereo_event_camera import StereoEventCamera
from spikearm.perception.watched_scenes import WatchedScene

RED = (1.0, 0.08, 0.08)
PIXEL_NOISE, MISSES = 0.5, 0.05  # of the sight "pixels"


class Sight(Protocol):
    """Sight of a target: :class:`StereoSight`, or what knows the target."""

    def see(self, time: float, frames: np.ndarray) -> Sighting:
        """Take the frames of a look."""
        ...

    def position(self, time: float) -> np.ndarray | None:
        """Return where the target is expected; None before it was first seen."""
        ...


class Viewing(NamedTuple):
    """Cameras, and the finder of their frames.

    Attributes:
        cameras: Cameras in a scene.
        finder: Finder.
    """

    cameras: SceneCameras
    finder: Finder


View = Callable[[Scene, np.random.Generator, EyeWeights | None], Viewing]
Replay = Callable[[WatchedScene, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class SightSpec:
    """Entry of the registry of sights.

    Attributes:
        view: Function that makes cameras and finder, given a scene, a generator for their noise and
            weights of an eye; None for the sight that is told where the target is.
        replay: Function that returns the frames of a scene that was watched, one look after the
            other, with a generator for noise, shape (n_looks, n_cameras, ...); None likewise.
        needs_weights: True if weights of an eye are needed.
        dye: Colour that the ball is dyed with; None for black and white.
        on_chip: True if it sees by eyes in the network of the controller.
    """

    view: View | None
    replay: Replay | None = None
    needs_weights: bool = False
    dye: tuple[float, float, float] | None = None
    on_chip: bool = False

    def through(self, eyes: Finder) -> "SightSpec":
        """Return this sight with eyes that are in the network of a controller.

        Args:
            eyes: Finder in frames of events.
        """

        def view(scene: Scene, rng: np.random.Generator, weights: EyeWeights | None) -> Viewing:
            return Viewing(StereoEventCamera(scene, rng), eyes)

        return replace(self, view=view)

    def scene_config(self, weights: EyeWeights | None) -> SceneConfig:
        """Return the configuration of its scene, whose pictures have the eye's size."""
        size = SceneConfig.size if weights is None else weights.size
        return SceneConfig(size=size, dye=self.dye)


class KnownSight:
    """Sight that is told where the target is, at any time.

    Args:
        course: Course of the target.
    """

    def __init__(self, course: Course) -> None:
        self._course = course

    def see(self, time: float, frames: np.ndarray) -> Sighting:
        """Refuse frames: nobody looks.

        Raises:
            SpikearmError: Always.
        """
        raise SpikearmError("The sight that knows the target takes no frames.")

    def position(self, time: float) -> np.ndarray:
        """Return where the target is, shape (3,) [m]."""
        return self._course.at(time)


def _view_events(scene: Scene, rng: np.random.Generator, weights: EyeWeights | None) -> Viewing:
    assert weights is not None
    return Viewing(StereoEventCamera(scene, rng), EyeFinder(weights, len(scene.cameras)))


def _view_on_chip(scene: Scene, rng: np.random.Generator, weights: EyeWeights | None) -> Viewing:
    raise SpikearmError("Eyes on the chip see in the network of a controller alone.")


def _view_pixels(scene: Scene, rng: np.random.Generator, weights: EyeWeights | None) -> Viewing:
    return Viewing(ProjectingCamera(scene, rng, PIXEL_NOISE, MISSES), KnownFinder())


def _view_colours(scene: Scene, rng: np.random.Generator, weights: EyeWeights | None) -> Viewing:
    return Viewing(ColourCamera(scene), ColourFinder())


def _replay_pixels(watched: WatchedScene, rng: np.random.Generator) -> np.ndarray:
    """Return the last pixels with noise, NaN where the target is hidden or missed."""
    pixels = watched.pixels[-1] + rng.normal(scale=PIXEL_NOISE, size=watched.pixels[-1].shape)
    missed = (watched.visible < LEAST_VISIBLE) | (rng.random(len(pixels)) < MISSES)
    return np.where(missed[:, None], np.nan, pixels)[None]


SIGHTS = {
    "true": SightSpec(None),
    "pixels": SightSpec(_view_pixels, _replay_pixels),
    "colour": SightSpec(_view_colours, lambda watched, rng: watched.colour[None], dye=RED),
    "eye": SightSpec(_view_events, lambda watched, rng: watched.events, needs_weights=True),
    "eye-chip": SightSpec(_view_on_chip, needs_weights=True, on_chip=True),
}
"""Sights by name. true: told where the target is; pixels: true pixels with noise, now and then
missed; colour: centroid of a red ball in colour pictures; eye: spikes of an eye that sees events,
in floating point; eye-chip: the same eye on the chip, in the network of the controller."""


def find_sight(name: str) -> SightSpec:
    """Return a sight.

    Raises:
        SpikearmError: There is none of that name.
    """
    return find_entry(SIGHTS, name, "sight")


def open_sight(
    spec: SightSpec, scene: Scene, course: Course, rng: np.random.Generator,
    weights: EyeWeights | None,
) -> tuple[SceneCameras | None, Sight]:  # fmt: skip
    """Make cameras and sight for a scene.

    Args:
        spec: Sight.
        scene: Scene, of the configuration that the sight asks for.
        course: Course of the target, for the sight that knows it.
        rng: Generator for the cameras' noise.
        weights: Weights of an eye.
    """
    if spec.view is None:
        return None, KnownSight(course)
    cameras, finder = spec.view(scene, rng, weights)
    return cameras, StereoSight(scene.cameras, scene.middle, finder)
