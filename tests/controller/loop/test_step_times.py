"""Wall times of a step's parts, on a clock that moves as the test says."""

import numpy as np
import pytest

from spikearm.controller.loop import step_times
from spikearm.controller.loop.step_times import StepClock, StepTimes


class FakeClock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr(step_times, "perf_counter", clock)
    return clock


def sense(clock: FakeClock, marks: StepClock, seconds: float = 7.0) -> None:
    marks.sensing()
    clock.now += seconds
    marks.sensed()


def control(clock: FakeClock, marks: StepClock, neural: bool) -> None:
    """Encode for 11 s, run a network for 20 s, decode for 5 s, and act for 3 s."""
    marks.begin()
    clock.now += 11.0
    entered = clock.now
    clock.now += 20.0
    left = clock.now
    clock.now += 5.0
    marks.decided()
    clock.now += 3.0
    marks.acted((entered, left) if neural else None)


@pytest.mark.parametrize(
    ("neural", "expected"),
    [(True, (7.0, 11.0, 20.0, 5.0, 3.0)), (False, (7.0, 0.0, 36.0, 0.0, 3.0))],
    ids=["neural", "analytic"],
)
def test_a_step_is_divided_where_it_enters_and_leaves_the_network(clock, neural, expected):
    marks = StepClock()
    for step in range(3):
        sense(clock, marks)
        clock.now += 100.0 * step  # of waiting, and of physics
        control(clock, marks, neural)
        clock.now += 1000.0
    sense(clock, marks)  # of the state that the last step led to, which no step uses
    for times, seconds in zip(marks.times, expected, strict=True):
        np.testing.assert_array_equal(times, [seconds] * 3)


def test_each_step_counts_the_sensing_of_its_own_state(clock):
    marks = StepClock()
    for seconds in (7.0, 2.0, 30.0):
        sense(clock, marks, seconds)
        control(clock, marks, neural=True)
    np.testing.assert_array_equal(marks.times.sense, [7.0, 2.0, 30.0])


def test_a_step_in_which_the_torque_is_held_takes_sensing_alone(clock):
    marks = StepClock()
    sense(clock, marks)
    control(clock, marks, neural=True)
    sense(clock, marks)
    marks.held()
    np.testing.assert_array_equal(
        np.transpose(marks.times), [[7.0, 11.0, 20.0, 5.0, 3.0], [7.0, 0.0, 0.0, 0.0, 0.0]]
    )


def test_before_the_first_step_there_are_no_times():
    assert [times.shape for times in StepClock().times] == [(0,)] * len(StepTimes._fields)
