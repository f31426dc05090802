"""Events against a loop over pixels, and against rates worked out by hand."""

import math

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.perception.event_camera import DARK, OFF, ON, EventCamera, EventCameraConfig

QUIET = EventCameraConfig(mismatch=0.0, noise=0.0, refractory=0.0)
PERIOD = 0.001


def loop_over_pixels(
    thresholds: np.ndarray, refractory: float, pictures: np.ndarray, period: float
) -> list[set[tuple[int, int, int]]]:
    """Make events pixel by pixel, with times instead of countdowns."""
    found = []
    for row, column in np.ndindex(*thresholds.shape):
        kept, last = math.log(pictures[0][row, column] + DARK), -math.inf
        for step, picture in enumerate(pictures):
            if step == len(found):
                found.append(set())
            change = math.log(picture[row, column] + DARK) - kept
            rested = round((step * period - last) / period, 6) >= refractory / period
            if rested and abs(change) >= thresholds[row, column]:
                kept += math.copysign(thresholds[row, column], change)
                last = step * period
                found[step].add((row, column, ON if change > 0 else OFF))
    return found


@pytest.mark.parametrize("refractory", [0.0, 0.001, 0.003])
def test_events_are_those_of_a_loop_over_pixels(refractory):
    rng = np.random.default_rng(5)
    steps = rng.normal(scale=25.0, size=(40, 6, 7)).cumsum(axis=0)
    pictures = np.clip(120 + steps, 0, 255)
    config = EventCameraConfig(noise=0.0, refractory=refractory)
    camera = EventCamera((6, 7), rng, config)
    expected = loop_over_pixels(camera.thresholds, refractory, pictures, PERIOD)
    seen = [set(zip(*np.nonzero(camera.see(one, PERIOD)), strict=True)) for one in pictures]
    assert seen == expected
    assert sum(map(len, seen)) > 200


def test_a_ramp_makes_as_many_events_as_thresholds_it_crosses():
    camera = EventCamera((1, 2), np.random.default_rng(0), QUIET)
    light = np.linspace(math.log(20 + DARK), math.log(220 + DARK), 400)
    counts = sum(
        camera.see(np.array([[math.exp(one), math.exp(light[0] + light[-1] - one)]]) - DARK, PERIOD)
        for one in light
    )
    crossed = math.floor((light[-1] - light[0]) / QUIET.threshold)
    assert counts.tolist() == [[[crossed, 0], [0, crossed]]]


def test_a_still_picture_makes_no_events_but_noise():
    rng = np.random.default_rng(1)
    picture = rng.uniform(0, 255, (32, 32))
    quiet = EventCamera((32, 32), rng, QUIET)
    assert not any(quiet.see(picture, PERIOD).any() for _ in range(50))
    noisy = EventCamera((32, 32), rng, EventCameraConfig(noise=20.0, refractory=0.0))
    counts = np.sum([noisy.see(picture, PERIOD) for _ in range(2000)], axis=0)
    expected = 32 * 32 * 2000 * -math.expm1(-20.0 * PERIOD)
    # Each spurious event leaves what a pixel keeps, so nothing else follows from it.
    assert counts.sum() == pytest.approx(expected, abs=4 * math.sqrt(expected))
    assert counts[..., ON].sum() == pytest.approx(expected / 2, abs=4 * math.sqrt(expected))


def test_thresholds_differ_by_their_mismatch():
    camera = EventCamera((200, 200), np.random.default_rng(2))
    assert camera.thresholds.mean() == pytest.approx(0.18, abs=4 * 0.03 / 200)
    assert camera.thresholds.std() == pytest.approx(0.03, rel=0.02)
    assert (camera.thresholds > 0).all()


def test_a_restart_forgets_what_was_seen():
    camera = EventCamera((4, 4), np.random.default_rng(3), QUIET)
    camera.see(np.zeros((4, 4)), PERIOD)
    assert camera.see(np.full((4, 4), 200.0), PERIOD)[..., ON].all()
    camera.restart()
    assert not camera.see(np.zeros((4, 4)), PERIOD).any()


def test_one_seed_makes_the_same_events_and_two_differ():
    pictures = np.random.default_rng(7).uniform(0, 255, (10, 8, 8))

    def events(seed: int) -> np.ndarray:
        camera = EventCamera((8, 8), np.random.default_rng(seed), EventCameraConfig(noise=50.0))
        return np.array([camera.see(one, PERIOD) for one in pictures])

    assert np.array_equal(events(1), events(1))
    assert not np.array_equal(events(1), events(2))


@pytest.mark.parametrize(
    "wrong", [{"threshold": 0.0}, {"noise": -1.0}, {"mismatch": math.nan}, {"refractory": math.inf}]
)
def test_pixels_that_cannot_be_are_refused(wrong):
    with pytest.raises(SpikearmError, match=next(iter(wrong))):
        EventCameraConfig(**wrong)


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(SpikearmError, match=r"\(3, 4\) does not fit"):
        EventCamera((4, 4), np.random.default_rng(0)).see(np.zeros((3, 4)), PERIOD)
