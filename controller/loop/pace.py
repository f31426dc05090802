"""The pace of control steps: as fast as the machine can, or real time."""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple

SPIN_TIME = 2e-4  # s; a sleep ends later than asked for by about a tenth of a millisecond


class Beat(NamedTuple):
    """The beginning of a control step.

    Attributes:
        late: Time from when it was due to when it began [s].
        skipped: Periods that were left out before it, because the step before took too long.
    """

    late: float
    skipped: int


class Pace(ABC):
    """The beginnings of a motion's steps.

    The class itself is the pace's value: it is called with the period [s] when a motion begins.
    """

    @abstractmethod
    def wait(self) -> Beat:
        """Wait until the next step is to begin."""


class FreePace(Pace):
    """A pace as fast as the machine can: every step begins when the one before is over."""

    def __init__(self, period: float) -> None:
        self._beat = Beat(0.0, 0)

    def wait(self) -> Beat:
        """Return at once."""
        return self._beat


class RealtimePace(Pace):
    """A pace of one period on the wall clock; the first step begins after one period.

    Steps are due at absolute times, so that the delay of a step does not add to the next one. A
    step that runs into later periods is not caught up with: the next begins at the next multiple,
    as ros2_control's controller manager does it, and simulated time falls behind by the periods
    skipped. The wait sleeps until :data:`SPIN_TIME` before a step is due, then watches the clock.

    Args:
        period: Control period [s].
        clock: Function that returns the time [s].
        sleep: Sleeps for a time [s], or longer.
    """

    def __init__(
        self,
        period: float,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._period = period
        self._clock = clock
        self._sleep = sleep
        self._due = clock() + period

    def wait(self) -> Beat:
        """Wait until the next multiple of the period."""
        skipped = max(0, math.ceil((self._clock() - self._due) / self._period))
        due = self._due + skipped * self._period
        if (idle := due - self._clock() - SPIN_TIME) > 0:
            self._sleep(idle)
        while (now := self._clock()) < due:
            pass
        self._due = due + self._period
        return Beat(now - due, skipped)
