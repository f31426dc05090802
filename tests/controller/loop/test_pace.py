"""When steps begin: paces on a clock that only moves when it is asked or slept on."""

import numpy as np
import pytest

from spikearm.controller.loop.pace import SPIN_TIME, Beat, FreePace, RealtimePace

PERIOD = 0.004  # s
LOOK = 1e-6  # s that a look at the clock takes
START = 1234.5  # s


class FakeClock:
    """Gives a time of its own; sleeps end late by a constant.

    Attributes:
        now: The time [s].
        slept: How long it was asked to sleep each time [s].
    """

    def __init__(self, oversleep: float = 0.0) -> None:
        self.now = START
        self.oversleep = oversleep
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += LOOK
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.now += seconds + self.oversleep


def begin(clock: FakeClock, work: list[float]) -> tuple[np.ndarray, list[Beat]]:
    """Let steps take so long each [s]; gives when they began, in periods since the start."""
    pace = RealtimePace(PERIOD, clock, clock.sleep)
    began, beats = [], []
    for seconds in work:
        beats.append(pace.wait())
        began.append((clock.now - START) / PERIOD)
        clock.now += seconds
    return np.array(began), beats


def test_steps_begin_one_period_after_the_other():
    began, beats = begin(FakeClock(), [0.001, 0.0005, 0.0039, 0.0, 0.002])
    np.testing.assert_allclose(began, [1, 2, 3, 4, 5], atol=2 * LOOK / PERIOD)
    assert [beat.skipped for beat in beats] == [0] * 5
    assert all(0 <= beat.late <= LOOK for beat in beats)


def test_thousands_of_late_wakes_do_not_add_up():
    clock = FakeClock(oversleep=SPIN_TIME + 0.0003)  # 0.3 ms after the step is due
    began, beats = begin(clock, [0.001] * 3000)
    np.testing.assert_allclose(began, np.arange(1, 3001) + 0.0003 / PERIOD, atol=4 * LOOK / PERIOD)
    assert [beat.skipped for beat in beats] == [0] * 3000
    assert all(beat.late == pytest.approx(0.0003, abs=3 * LOOK) for beat in beats)


def test_it_sleeps_until_shortly_before_a_step_and_then_watches_the_clock():
    clock = FakeClock()
    begin(clock, [0.001, PERIOD - 1.5 * SPIN_TIME, PERIOD - 0.5 * SPIN_TIME, 0.0])
    wanted = [PERIOD - SPIN_TIME, PERIOD - 0.001 - SPIN_TIME, 0.5 * SPIN_TIME]
    np.testing.assert_allclose(clock.slept, wanted, atol=10 * LOOK)  # and none before the last


def test_a_step_that_takes_too_long_is_not_caught_up_with():
    # The second takes 3.6 periods: those at 3, 4 and 5 are left out, and the next begins at 6.
    began, beats = begin(FakeClock(), [0.001, 3.6 * PERIOD, 0.001, 0.001])
    np.testing.assert_allclose(began, [1, 2, 6, 7], atol=2 * LOOK / PERIOD)
    assert [beat.skipped for beat in beats] == [0, 0, 3, 0]
    assert all(beat.late <= LOOK for beat in beats)


def test_every_overrun_is_told_with_the_step_after_it():
    _, beats = begin(FakeClock(), [1.2 * PERIOD] * 5)
    assert [beat.skipped for beat in beats] == [0, 1, 1, 1, 1]


def test_a_free_pace_never_waits():
    pace = FreePace(PERIOD)
    assert [pace.wait() for _ in range(3)] == [Beat(0.0, 0)] * 3
