"""Wall times of a step's parts, on a clock that moves as the test says."""

from types import SimpleNamespace
from typing import Any

import pytest

from controller import step_times
from controller.step_times import StepTimes, timed_control, timed_sense


class FakeClock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


class SlowArm:
    """Takes 7 s to be read and 3 s to take a torque."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.torques: list[Any] = []

    @property
    def state(self) -> str:
        self.clock.now += 7.0
        return "state"

    def act(self, torque: Any) -> None:
        self.clock.now += 3.0
        self.torques.append(torque)


class SlowController:
    """Encodes for 11 s, runs its network for 20 s and decodes for 5 s, where it has one."""

    def __init__(self, clock: FakeClock, neural: bool) -> None:
        self.clock = clock
        self.neural = neural
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


def test_sensing_is_timed(clock):
    arm: Any = SlowArm(clock)
    assert timed_sense(arm) == ("state", 7.0)


@pytest.mark.parametrize(
    ("neural", "expected"),
    [(True, StepTimes(2.5, 11.0, 20.0, 5.0, 3.0)), (False, StepTimes(2.5, 0.0, 36.0, 0.0, 3.0))],
    ids=["neural", "analytic"],
)
def test_a_control_step_is_divided_where_it_enters_and_leaves_the_network(clock, neural, expected):
    arm: Any = SlowArm(clock)
    controller: Any = SlowController(clock, neural)
    reference: Any = SimpleNamespace()
    state: Any = "state"
    began = clock.now
    took = timed_control(arm, controller, state, reference, sense=2.5)
    assert took == expected
    assert sum(took) == 2.5 + clock.now - began
    assert controller.given == [("state", reference)]
    assert arm.torques == ["torque"]
