"""Packed scenes, and the accuracy of pixels in them."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.arm_models.rendering.scene_config import scene_cameras, scene_middle
from spikearm.perception.eye.accuracy import measure_accuracy
from spikearm.perception.eye.scene_set import SceneSet
from spikearm.perception.training.eye.heat_targets import heat_targets
from spikearm.perception.watched_scenes import WatchedScene

CAMERAS = scene_cameras(load_arm("gen3"))
N_STEPS = 5


def scene(seed: int) -> WatchedScene:
    """A scene whose target is where both cameras show it."""
    rng = np.random.default_rng(seed)
    target = scene_middle(load_arm("gen3")) + rng.uniform(-0.1, 0.1, (N_STEPS, 3))
    pixels = np.stack([camera.project(target) for camera in CAMERAS], axis=1)
    events = rng.random((N_STEPS, 2, 64, 64, 2)) < 0.1
    colour = rng.uniform(0, 255, (2, 64, 64, 3))
    return WatchedScene(events, target, pixels, pixels + 1.0, np.array([1.0, 0.8]), colour)


@pytest.fixture(scope="module")
def scenes() -> SceneSet:
    return SceneSet.join([SceneSet.of(scene(seed)) for seed in range(4)])


def test_events_are_unpacked_as_they_were(scenes):
    views = scenes.views(np.array([5, 2]))  # camera 1 of scene 2, camera 0 of scene 1
    np.testing.assert_array_equal(views[:, 0], scene(2).events[:, 1])
    np.testing.assert_array_equal(views[:, 1], scene(1).events[:, 0])
    assert scenes.events.nbytes < scene(0).events.size  # of four scenes, less than flags of one


def test_places_follow_the_order_of_the_views(scenes):
    np.testing.assert_allclose(scenes.places("target")[5], scene(2).pixels[:, 1], rtol=1e-6)
    np.testing.assert_allclose(scenes.places("hand")[2], scene(1).hand[:, 0], rtol=1e-6)


def test_true_pixels_find_the_target_and_a_pixel_is_a_centimetre(scenes):
    confidence = np.ones((4, 2))
    exact = measure_accuracy(scenes.pixels[:, -1], confidence, scenes, CAMERAS)
    assert exact.position_error < 1e-2
    assert (exact.close, exact.n_scenes) == (1.0, 4)
    off = measure_accuracy(scenes.pixels[:, -1] + [1.0, 0.0], confidence, scenes, CAMERAS)
    assert off.pixel_error == pytest.approx(1.0, rel=1e-4)
    assert 5.0 < off.position_error < 15.0


def test_wanted_heat_is_a_probability_whose_mean_is_the_pixel():
    pixels = np.array([[30.0, 41.0], [10.0, 70.0], [20.0, 20.0]])
    wanted = heat_targets(pixels, np.array([True, True, False]), 64, 4)
    np.testing.assert_allclose(wanted.sum(axis=-1), 1.0, rtol=1e-6)
    heat = wanted[0, :-1].reshape(16, 16)
    places = 4 * (np.arange(16) + 0.5)
    np.testing.assert_allclose(
        [heat.sum(axis=0) @ places, heat.sum(axis=1) @ places], pixels[0], atol=0.05
    )
    assert wanted[1, -1] == 1.0  # beyond the picture
    assert wanted[2, -1] == 1.0  # behind something
