"""The tracker against the closed form of its steady state, and in cases of sight lost."""

import math

import numpy as np
import pytest
from scipy.linalg import solve_discrete_are

from spikearm.arm_models import SpikearmError
from spikearm.perception.tracker import Tracker, TrackerConfig

PERIOD = 0.01


def times(n: int, start: int = 0) -> np.ndarray:
    return PERIOD * np.arange(start, start + n)


def test_its_covariance_settles_where_riccati_s_equation_does():
    config = TrackerConfig()
    tracker = Tracker(config)
    for time in times(3000):
        assert tracker.update(time, np.zeros(3))
    change = np.array([[1.0, PERIOD], [0.0, 1.0]])
    pushed = config.acceleration * np.array([0.5 * PERIOD**2, PERIOD])
    measured = np.array([[1.0, 0.0]])
    before = solve_discrete_are(
        change.T, measured.T, np.outer(pushed, pushed), np.array([[config.noise**2]])
    )
    gain = before[:, :1] / (before[0, 0] + config.noise**2)
    assert tracker.covariance == pytest.approx(before - gain @ before[:1], rel=1e-6)


def test_a_target_of_constant_velocity_is_followed_without_lag():
    tracker, velocity = Tracker(), np.array([0.1, -0.05, 0.02])
    for time in times(500):
        tracker.update(time, 0.3 + velocity * time)
    later = times(500)[-1] + 0.05
    assert tracker.position(later) == pytest.approx(0.3 + velocity * later, abs=1e-4)
    assert tracker.velocity(later) == pytest.approx(velocity, abs=1e-3)


def test_noise_is_averaged_over_time():
    rng, tracker = np.random.default_rng(3), Tracker(TrackerConfig(acceleration=0.05))
    errors = []
    for time in times(2000):
        tracker.update(time, rng.normal(scale=0.02, size=3))
        errors.append(tracker.position(time))
    expected = math.sqrt(tracker.covariance[0, 0])
    assert np.std(errors[500:]) < 0.5 * 0.02
    assert np.std(errors[500:]) <= expected  # the target never accelerates


def test_a_stray_estimate_is_not_believed_and_a_jump_is():
    config = TrackerConfig()
    tracker = Tracker(config)
    for time in times(100):
        tracker.update(time, np.zeros(3))
    assert not tracker.update(1.0, np.array([0.3, 0.0, 0.0]))
    assert tracker.position(1.0) == pytest.approx(np.zeros(3), abs=1e-6)
    assert tracker.update(1.01, np.zeros(3))
    jump = np.array([0.0, 0.4, 0.0])
    believed = [tracker.update(time, jump) for time in times(config.patience, 102)]
    assert believed == [False] * (config.patience - 1) + [True]
    assert tracker.position(1.06) == pytest.approx(jump)
    assert tracker.velocity(1.06) == pytest.approx(np.zeros(3))


def test_stray_estimates_that_disagree_are_no_jump():
    rng, tracker = np.random.default_rng(5), Tracker()
    for time in times(100):
        tracker.update(time, np.zeros(3))
    strays = rng.choice([-1, 1], (200, 3)) * rng.uniform(0.4, 3.0, (200, 3))
    believed = [
        tracker.update(time, one) for time, one in zip(times(200, 100), strays, strict=True)
    ]
    assert not any(believed)


def test_a_lost_target_is_expected_where_it_was_lost():
    config = TrackerConfig()
    tracker, velocity = Tracker(config), np.array([0.2, 0.0, 0.0])
    for time in times(300):
        tracker.update(time, velocity * time)
    last = times(300)[-1]
    for time in times(100, 300):
        assert not tracker.update(time, None)
    assert not tracker.lost(last + config.lost_after)
    assert tracker.lost(last + config.lost_after + 1e-6)
    held = velocity * (last + config.lost_after)
    for after in (0.3, 5.0):
        assert tracker.position(last + after) == pytest.approx(held, abs=1e-3)
    assert tracker.velocity(last + 0.3) == pytest.approx(np.zeros(3))
    assert tracker.unseen(last + 0.3) == pytest.approx(0.3)


def test_before_the_target_was_seen_it_is_nowhere():
    tracker = Tracker()
    assert not tracker.update(0.0, None)
    assert tracker.position(0.0) is None
    assert tracker.lost(0.0)


@pytest.mark.parametrize("name", ["noise", "gate", "lost_after", "acceleration", "patience"])
def test_expectations_that_make_no_sense_are_refused(name):
    with pytest.raises(SpikearmError, match=f"{name} 0 is not possible: give more than 0"):
        TrackerConfig(**{name: 0})
