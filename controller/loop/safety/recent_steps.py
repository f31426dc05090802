"""A count of steps in a window that slides."""

from collections import deque

WINDOW = 3  # times as long as something may happen, it is looked back


class RecentSteps:
    """The steps of the last time in which something happened.

    Args:
        window: Number of steps that are looked back.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._steps: deque[int] = deque()

    def add(self, step: int) -> int:
        """Note a step by its number, and return how many there are in the window, it included."""
        self._steps.append(step)
        while self._steps[0] <= step - self._window:
            self._steps.popleft()
        return len(self._steps)

    @property
    def span(self) -> int:
        """Number of steps from the first to the last in the window."""
        return self._steps[-1] - self._steps[0] + 1


def n_steps(time: float, period: float) -> int:
    """Return the number of steps in a time [s], 1 or more, for a control period [s]."""
    return max(1, round(time / period))
