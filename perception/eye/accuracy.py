"""Accuracy of an eye on scenes whose truth is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.rendering.pinhole import PinholeCamera
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_weights import MAPS, EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader, Sight
from spikearm.perception.eye.scene_set import LEAST_VISIBLE, SceneSet
from spikearm.perception.stereo import intersect_rays

CLOSE = 20.0  # mm


@dataclass(frozen=True, eq=False)
class Looks:
    """Pixels that were found in the last frame of scenes.

    Attributes:
        pixels: Pixel of each map, shape (n_scenes, n_cameras, n_maps, 2) [pixels].
        confidence: Probability that what a map looks for is there, shape
            (n_scenes, n_cameras, n_maps) [1].
    """

    pixels: np.ndarray
    confidence: np.ndarray


@dataclass(frozen=True)
class Accuracy:
    """Errors of what was seen of the target.

    Attributes:
        pixel_error: Median distance in the picture, of views that show the target [pixels].
        position_error: Median distance in space, of scenes whose cameras all show it [mm].
        close: Share of these scenes in which it is below 20 mm [1].
        n_scenes: Number of these scenes.
        confidence: Mean confidence of views that show the target [1].
        false_confidence: Mean confidence of views that do not [1]; None where all do.
    """

    pixel_error: float
    position_error: float
    close: float
    n_scenes: int
    confidence: float
    false_confidence: float | None

    def __str__(self) -> str:
        absent = (
            "" if self.false_confidence is None
            else f" and {self.false_confidence:.2f} where there is none"
        )  # fmt: skip
        return (
            f"the eye finds targets that all cameras show within {self.position_error:.1f} mm "
            f"(median of {self.n_scenes} scenes that it was not trained on), {self.close:.0%} of "
            f"them within {CLOSE:g} mm; in a picture {self.pixel_error:.2f} pixels off, with a "
            f"confidence of {self.confidence:.2f} where there is one{absent}."
        )


def look_at(weights: EyeWeights, scenes: SceneSet) -> Looks:
    """Watch every view of scenes by an eye, from rest to the last frame.

    Args:
        weights: Weights of the eye.
        scenes: Scenes.
    """
    sights = [sight for view in range(scenes.n_views) for sight in _watch(weights, scenes, view)]
    shape = (*scenes.visible.shape, len(MAPS))
    pixels = np.array([sight.pixel for sight in sights]).reshape(*shape, 2)
    return Looks(pixels, np.array([sight.confidence for sight in sights]).reshape(shape))


def measure_accuracy(
    pixels: np.ndarray, confidence: np.ndarray, scenes: SceneSet, cameras: Sequence[PinholeCamera]
) -> Accuracy:
    """Measure how well targets were found.

    Args:
        pixels: Target in each picture as it was found, shape (n_scenes, n_cameras, 2) [pixels].
        confidence: Confidence of each, shape (n_scenes, n_cameras) [1].
        scenes: Scenes.
        cameras: Cameras.

    Raises:
        SpikearmError: No scene shows the target to all cameras.
    """
    shown = scenes.visible >= LEAST_VISIBLE
    off = np.linalg.norm(pixels - scenes.pixels[:, -1], axis=-1)
    errors = position_errors(pixels, scenes, cameras)
    if not len(errors):
        raise SpikearmError(
            f"In none of {len(scenes)} scenes do all cameras show the target, so that no accuracy "
            "can be measured: give more scenes."
        )
    absent = None if shown.all() else float(confidence[~shown].mean())
    return Accuracy(
        float(np.median(off[shown])), float(np.median(errors)), float(np.mean(errors < CLOSE)),
        len(errors), float(confidence[shown].mean()), absent,
    )  # fmt: skip


def position_errors(
    pixels: np.ndarray, scenes: SceneSet, cameras: Sequence[PinholeCamera]
) -> np.ndarray:
    """Compute distances in space, of scenes whose cameras all show the target [mm].

    Args:
        pixels: Target in each picture as it was found, shape (n_scenes, n_cameras, 2) [pixels].
        scenes: Scenes.
        cameras: Cameras.
    """
    both = (scenes.visible >= LEAST_VISIBLE).all(axis=1)
    found = np.array([intersect_rays(cameras, pair).position for pair in pixels[both]])
    return 1e3 * np.linalg.norm(found.reshape(-1, 3) - scenes.target[both, -1], axis=-1)


def _watch(weights: EyeWeights, scenes: SceneSet, view: int) -> Iterator[Sight]:
    """Watch one view, and return the last sight of each of :data:`MAPS`."""
    eye, reader = Eye(weights), HeatReader(weights)
    sights: dict[str, Sight] = {}
    for events in scenes.views(np.array([view]))[:, 0]:
        sights = reader.read(eye.see(events))
    return iter(sights.values())
