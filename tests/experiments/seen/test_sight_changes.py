"""Changes of what cameras see: how strong each is, and when."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.rendering.arrangement import Arrangement
from spikearm.experiments.seen.loop.sight_changes import (
    BlackLens,
    Board,
    DeadPixels,
    EventNoise,
    Flashes,
)
from spikearm.experiments.seen.loop.sight_level import (
    NONE,
    SIGHT_PERTURBATIONS,
    SightLevel,
    sight_levels,
)

TARGET = np.array([0.5, 0.1, 0.4])
SCENE: Any = SimpleNamespace(
    cameras=(SimpleNamespace(position=np.array([1.0, 0.6, 0.9])),),
    config=SimpleNamespace(ball_radius=0.035),
)
TIMES = 0.004 * np.arange(400)  # one jump


def test_flashes_are_short_and_as_bright_as_told():
    lights = [Flashes(3.0).arranged(t, Arrangement(TARGET, light=0.8), SCENE).light for t in TIMES]
    assert sorted(set(lights)) == pytest.approx([0.8, 2.4])
    assert np.mean(np.array(lights) > 1.0) == pytest.approx(0.1, abs=0.03)


def test_a_board_stands_before_the_first_camera_for_its_time():
    shown = [Board(0.4).arranged(t, Arrangement(TARGET), SCENE).distractors for t in TIMES]
    there = [one[0] for one in shown if one]
    assert 0.004 * len(there) == pytest.approx(0.4, abs=0.005)
    way = SCENE.cameras[0].position - TARGET
    assert there[0].position == pytest.approx(TARGET + 0.4 * way)
    seen_from_the_camera = there[0].size / 0.6  # as large as at the target's distance
    assert seen_from_the_camera > 1.5 * 0.035


def test_dead_pixels_stay_dead_and_are_their_share():
    change, frames = DeadPixels(0.3, np.random.default_rng(4)), np.ones((2, 64, 64, 2), bool)
    first, later = (change.framed(time, frames) for time in (0.0, 1.0))
    assert first.mean() == pytest.approx(0.7, abs=0.02)
    np.testing.assert_array_equal(first, later)
    np.testing.assert_array_equal(first[..., 0], first[..., 1])


def test_a_lens_is_black_for_its_time_and_no_other_is():
    frames = np.ones((2, 8, 8, 2), bool)
    seen = np.array([BlackLens(0.5).framed(time, frames).mean(axis=(1, 2, 3)) for time in TIMES])
    assert 0.004 * np.sum(seen[:, 0] == 0.0) == pytest.approx(0.5, abs=0.005)
    assert (seen[:, 1] == 1.0).all()
    assert frames.all()  # what was given is left alone


def test_noise_has_its_rate_and_both_polarities():
    change = EventNoise(25.0, 0.004, np.random.default_rng(7))
    frames = np.zeros((2, 64, 64, 2), bool)
    rate = np.mean([change.framed(0.0, frames) for _ in range(40)], axis=(0, 1, 2, 3)) / 0.004
    assert rate == pytest.approx(np.array([12.5, 12.5]), rel=0.1)


def test_every_perturbation_grows_and_is_made():
    for name, one in SIGHT_PERTURBATIONS.items():
        assert list(one.strengths) == sorted(set(one.strengths))
        for strength in one.strengths:
            SightLevel(name, strength).make(np.random.default_rng(0))


def test_words_name_levels_in_the_units_of_tables():
    assert [one.label for one in sight_levels(["black-lens=300", "flashes"])] == [
        "a lens gone black 300 ms", "light flashes 1.5 x", "light flashes 3 x",
    ]  # fmt: skip
    assert {one.name for one in sight_levels([])} == set(SIGHT_PERTURBATIONS) - {NONE}


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("fog", "no sight perturbation 'fog'. Sight perturbations: none, flashes, "),
        ("dead-pixels=101", "dead-pixels=101 is not possible: give 0 to 100 %"),
        ("flashes=-1", "flashes=-1 is not possible: give 0 x or more"),
        ("flashes=bright", "'flashes=bright' names no strength: give a number, such as flashes=3"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(word, reason):
    with pytest.raises(SpikearmError, match=reason):
        sight_levels([word])
