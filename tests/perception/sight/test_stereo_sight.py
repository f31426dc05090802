"""Sight of two cameras: a position that lasts, a jump that is believed, a loss that is told."""

import numpy as np
import pytest

from spikearm.arm_models.rendering.pinhole import PinholeCamera
from spikearm.perception.sight.known_finder import KnownFinder
from spikearm.perception.sight.stereo_sight import Sighting, StereoSight

PERIOD = 0.004
MIDDLE = np.array([0.4, 0.0, 0.4])
CAMERAS = tuple(
    PinholeCamera.looking_at(
        MIDDLE, np.radians(azimuth), np.radians(20.0), 0.8, np.radians(42.0), 64, 64
    )
    for azimuth in (50.0, -50.0)
)
HERE, THERE = MIDDLE + np.array([0.05, -0.11, 0.08]), MIDDLE + np.array([-0.06, 0.12, -0.09])
NOWHERE = np.full((2, 2), np.nan)


def pixels(point: np.ndarray) -> np.ndarray:
    return np.array([camera.project(point) for camera in CAMERAS])


def look(sight: StereoSight, frames: np.ndarray, began: float, n_looks: int) -> list[Sighting]:
    return [sight.see(began + PERIOD * step, frames) for step in range(n_looks)]


def test_what_is_seen_is_where_it_is():
    sight = StereoSight(CAMERAS, MIDDLE, KnownFinder())
    assert sight.position(0.0) is None
    (first,) = look(sight, pixels(HERE), 0.0, 1)
    assert first.position == pytest.approx(HERE)
    assert first.believed
    assert first.points["hand"] is None
    assert min(first.times) > 0.0


def test_noise_of_pixels_is_averaged():
    sight, rng = StereoSight(CAMERAS, MIDDLE, KnownFinder()), np.random.default_rng(2)
    for step in range(200):
        sight.see(PERIOD * step, pixels(HERE) + rng.normal(scale=1.0, size=(2, 2)))
    position = sight.position(200 * PERIOD)
    assert position is not None
    assert np.linalg.norm(position - HERE) < 0.008  # a look alone: 13 mm


def test_a_jump_is_believed_within_a_fifth_of_a_second():
    sight = StereoSight(CAMERAS, MIDDLE, KnownFinder())
    look(sight, pixels(HERE), 0.0, 50)
    after = look(sight, pixels(THERE), 0.2, 50)
    assert not after[0].believed  # one look alone may be wrong
    assert after[-1].position == pytest.approx(THERE, abs=0.002)


def test_without_sight_the_last_place_is_held_and_told_to_be_lost():
    sight = StereoSight(CAMERAS, MIDDLE, KnownFinder())
    look(sight, pixels(HERE), 0.0, 50)
    blind = look(sight, NOWHERE, 0.2, 100)
    assert blind[-1].position == pytest.approx(HERE, abs=1e-6)
    assert [blind[10].lost, blind[-1].lost] == [False, True]
    assert blind[-1].unseen == pytest.approx(0.4)
    assert blind[-1].points["target"] is None


def test_a_target_is_never_expected_beyond_what_is_watched():
    sight = StereoSight(CAMERAS, MIDDLE, KnownFinder())
    for step in range(30):  # at 1 m/s, and out of sight 0.26 m away
        sight.see(PERIOD * step, pixels(MIDDLE + np.array([0.0, 0.144 + 0.004 * step, 0.0])))
    raw = sight._tracker.position(0.3)
    assert raw is not None
    assert np.linalg.norm(raw - MIDDLE) > 0.31
    position = sight.position(0.3)
    assert position is not None
    assert position - MIDDLE == pytest.approx(0.3 * (raw - MIDDLE) / np.linalg.norm(raw - MIDDLE))
