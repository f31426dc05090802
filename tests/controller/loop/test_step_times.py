"""Wall times of a step's parts, on a clock that moves as the test says."""

from typing import Any, cast

import numpy as np
import pytest

from spikearm.controller.loop import step_times
from spikearm.controller.loop.step_times import StepTimes, Stopwatch
from spikearm.neural.counts import StepCounts


class FakeClock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


class SlowArm:
    """Takes 7 s to be read, or as long as it is told, and 3 s to take a torque."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.reading = 7.0
        self.torques: list[Any] = []

    @property
    def state(self) -> str:
        self.clock.now += self.reading
        return "state"

    def act(self, torque: Any) -> None:
        self.clock.now += 3.0
        self.torques.append(torque)


class SlowController:
    """Encodes for 11 s, runs its network for 20 s and decodes for 5 s, where it has one."""

    def __init__(self, clock: FakeClock, neural: bool) -> None:
        self.clock = clock
        self.neural = neural
        self.counts = StepCounts(spikes=4, host_spikes=3)
        self.crossings: tuple[float, float] | None = None
        self.given: list[Any] = []

    def torque(self, state: Any, reference: Any) -> str:
        self.given.append((state, reference))
        self.clock.now += 11.0
        entered = self.clock.now
        self.clock.now += 20.0
        if self.neural:
            self.crossings = entered, self.clock.now
        self.clock.now += 5.0
        return "torque"


@pytest.fixture
def clock(monkeypatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr(step_times, "perf_counter", clock)
    return clock


@pytest.mark.parametrize(
    ("neural", "expected"),
    [(True, (7.0, 11.0, 20.0, 5.0, 3.0)), (False, (7.0, 0.0, 36.0, 0.0, 3.0))],
    ids=["neural", "analytic"],
)
def test_a_step_is_divided_where_it_enters_and_leaves_the_network(clock, neural, expected):
    arm: Any = SlowArm(clock)
    controller: Any = SlowController(clock, neural)
    reference: Any = "reference"
    stopwatch = Stopwatch(arm, controller)
    for step in range(3):
        state = stopwatch.sense()
        clock.now += 100.0 * step  # of waiting, and of physics
        stopwatch.control(state, reference)
        clock.now += 1000.0
    stopwatch.sense()  # of the state that the last step led to, which no step uses
    assert controller.given == [("state", "reference")] * 3
    assert arm.torques == ["torque"] * 3
    for times, seconds in zip(stopwatch.times, expected, strict=True):
        np.testing.assert_array_equal(times, [seconds] * 3)


def test_each_step_counts_the_sensing_of_its_own_state(clock):
    arm: Any = SlowArm(clock)
    stopwatch = Stopwatch(arm, cast(Any, SlowController(clock, neural=True)))
    for seconds in (7.0, 2.0, 30.0):
        arm.reading = seconds
        stopwatch.control(stopwatch.sense(), cast(Any, "reference"))
    np.testing.assert_array_equal(stopwatch.times.sense, [7.0, 2.0, 30.0])


def test_a_step_in_which_the_torque_is_held_takes_sensing_alone_and_no_neural_work(clock):
    arm: Any = SlowArm(clock)
    controller: Any = SlowController(clock, neural=True)
    stopwatch = Stopwatch(arm, controller)
    assert stopwatch.control(stopwatch.sense(), cast(Any, "reference")) == controller.counts
    stopwatch.sense()
    assert stopwatch.hold() == StepCounts()
    assert len(controller.given) == len(arm.torques) == 1
    np.testing.assert_array_equal(
        np.transpose(stopwatch.times), [[7.0, 11.0, 20.0, 5.0, 3.0], [7.0, 0.0, 0.0, 0.0, 0.0]]
    )


def test_before_the_first_step_there_are_no_times(clock):
    stopwatch = Stopwatch(cast(Any, SlowArm(clock)), cast(Any, SlowController(clock, neural=True)))
    assert [times.shape for times in stopwatch.times] == [(0,)] * len(StepTimes._fields)
