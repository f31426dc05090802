"""Finders: the red ball in a picture, the eye behind a camera, pixels that are known."""

import numpy as np
import pytest

from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_weights import MAPS, EyeLayer, EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader
from spikearm.perception.sight.colour_finder import ColourFinder
from spikearm.perception.sight.eye_finder import EyeFinder
from spikearm.perception.sight.known_finder import KnownFinder


def picture(column: float, row: float, light: float) -> np.ndarray:
    """Draw a red disc before grey things of any brightness."""
    rows, columns = np.indices((48, 48)) + 0.5
    grey = np.random.default_rng(1).uniform(0.1, 0.9, (48, 48))
    drawn = 255 * np.repeat(grey[..., None], 3, axis=2)
    drawn[np.hypot(rows - row, columns - column) < 4.0] = [230, 20, 20]
    return light * drawn


@pytest.mark.parametrize("light", [0.3, 1.0])
def test_the_centroid_of_red_is_the_middle_of_the_ball_in_any_light(light):
    found = ColourFinder().find(np.array([picture(20.0, 31.0, light), picture(9.0, 12.0, light)]))
    pixels = [one["target"][0].pixel for one in found]
    assert np.array(pixels) == pytest.approx(np.array([[20.0, 31.0], [9.0, 12.0]]), abs=0.2)


def test_without_red_nothing_is_found():
    assert ColourFinder().find(np.full((1, 16, 16, 3), 128.0)) == [{"target": []}]


def test_known_pixels_are_passed_on_and_nan_is_nothing():
    first, second = KnownFinder().find(np.array([[3.5, 7.25], [np.nan, np.nan]]))
    assert first["target"][0].pixel.tolist() == [3.5, 7.25]
    assert second == {"target": []}


def test_each_camera_has_an_eye_of_its_own():
    rng = np.random.default_rng(5)
    layers = (
        EyeLayer(rng.normal(0.1, 0.3, (3, 3, 2, 4)).astype(np.float32), 2),
        EyeLayer(rng.normal(0.1, 0.3, (3, 3, 4, 2 * len(MAPS))).astype(np.float32), 2),
    )
    weights = EyeWeights(16, layers, np.full(len(MAPS), 0.8), np.full(len(MAPS), 1.5))
    frames = rng.random((6, 2, 16, 16, 2)) < 0.2
    finder, eye, reader = EyeFinder(weights), Eye(weights), HeatReader(weights)
    candidates = [finder.find(looks) for looks in frames][-1]
    sights = [reader.read(eye.see(looks[1])) for looks in frames][-1]  # of the second camera
    assert sights["target"].heat.sum() > 0.2  # something is seen at all
    for name in MAPS:
        np.testing.assert_array_equal(finder.sights[1][name].heat, sights[name].heat)
        likeliest = max(candidates[1][name], key=lambda one: one.probability)
        assert likeliest.probability <= sights[name].confidence + 1e-9


def test_a_finder_that_restarts_is_as_new():
    rng = np.random.default_rng(5)
    kernel = rng.normal(0.1, 0.3, (3, 3, 2, 2 * len(MAPS))).astype(np.float32)
    weights = EyeWeights(16, (EyeLayer(kernel, 4),), np.full(2, 0.8), np.full(2, 1.5))
    frames = rng.random((4, 2, 16, 16, 2)) < 0.2
    finder, new = EyeFinder(weights), EyeFinder(weights)
    for looks in frames:
        finder.find(looks)
    finder.restart()
    for one in (finder, new):
        one.find(frames[0])
    np.testing.assert_array_equal(finder.sights[0]["target"].heat, new.sights[0]["target"].heat)
