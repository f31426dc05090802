"""Measurements of runs, against numbers worked out by hand."""

import numpy as np
import pytest

from spikearm.arm_models.rendering.arrangement import Arrangement
from spikearm.experiments.seen.course.course import Circle, Jumps
from spikearm.experiments.seen.course.layout import Layout
from spikearm.experiments.seen.loop.seen_log import SeenLog
from spikearm.experiments.seen.study.measures import measure_run

HERE, THERE = np.array([0.5, 0.1, 0.4]), np.array([0.4, -0.1, 0.3])
TIMES = 0.004 * np.arange(500)  # 2 s
NOTHING = np.full((500, 3), np.nan)


def log_of(layout: Layout, hand: np.ndarray, estimate: np.ndarray, n_looks: int = 500) -> SeenLog:
    target = np.array([layout.course.at(time) for time in TIMES])
    believed = np.arange(500) % 4 > 0
    rows = {
        "time": TIMES, "target": target, "hand": hand, "q": np.zeros((500, 7)),
        "estimate": estimate, "point": estimate, "hand_point": NOTHING, "believed": believed,
        "lost": np.zeros(500, bool), "times": np.full((500, 3), 1e-4),
    }  # fmt: skip
    stopped = None if n_looks == 500 else "The target was not seen."
    cut = {name: row[:n_looks] for name, row in rows.items()}
    return SeenLog(**cut, step_latency=np.full(9, 2e-3), stopped=stopped)


def jumps() -> Layout:
    course = Jumps(np.array([HERE, THERE]), stay=1.0)
    return Layout("jumping", course, (True, False), Arrangement(None))


def test_each_place_is_measured_at_its_end_and_found_from_its_beginning():
    hand = np.tile(HERE, (500, 1))
    hand[249] += [0.003, 0.0, 0.004]  # the last look at the first place
    estimate = np.where((TIMES < 1.1)[:, None], HERE, THERE + np.array([0.0, 0.0, 0.012]))
    first, second = measure_run(jumps(), log_of(jumps(), hand, estimate))
    assert first.hand_error_m == pytest.approx(0.005)
    assert (first.visible, second.visible) == (True, False)
    assert second.hand_error_m == pytest.approx(np.linalg.norm(HERE - THERE))
    assert first.found_s == 0.0
    assert second.found_s == pytest.approx(0.1, abs=0.005)
    assert second.estimate_error_m == pytest.approx(0.012)
    assert second.sight_share == pytest.approx(0.75, abs=0.01)
    assert second.hand_point_error_m is None
    assert second.stopped is None


def test_a_target_that_was_never_near_the_estimate_was_not_found():
    far = np.tile(HERE + np.array([0.1, 0.0, 0.0]), (500, 1))
    first, _ = measure_run(jumps(), log_of(jumps(), far, far))
    assert first.found_s is None
    unseen, _ = measure_run(jumps(), log_of(jumps(), far, NOTHING))
    assert unseen.found_s is None
    assert unseen.estimate_error_m is None


def test_places_that_a_stopped_arm_did_not_come_to_are_missed_by_where_it_stands():
    hand = np.tile(HERE, (500, 1))
    first, second = measure_run(jumps(), log_of(jumps(), hand, hand, n_looks=200))
    assert first.hand_error_m == pytest.approx(0.0)
    assert second.hand_error_m == pytest.approx(np.linalg.norm(HERE - THERE))
    assert second.stopped == "The target was not seen."
    assert second.sight_share == 0.0


def test_on_a_circle_the_median_counts_after_the_hand_has_caught_up():
    axes = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    layout = Layout("moving", Circle(HERE, axes, 0.1, 0.5, 0.0, 1.0), (True,), Arrangement(None))
    target = np.array([layout.course.at(time) for time in TIMES])
    behind = np.where((TIMES < 1.0)[:, None], [0.0, 0.0, 0.3], [0.0, 0.0, 0.017])
    (measured,) = measure_run(layout, log_of(layout, target + behind, target + 0.5 * behind))
    assert measured.hand_error_m == pytest.approx(0.017)
    assert measured.estimate_error_m == pytest.approx(0.0085)
