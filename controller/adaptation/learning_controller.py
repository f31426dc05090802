"""Base class of controllers that learn."""

from abc import abstractmethod
from collections import Counter
from typing import Any

from spikearm.controller.controller import Controller


class LearningController(Controller):
    """Controller that is changed by motions, and keeps what it has learned at every start."""

    @property
    @abstractmethod
    def learned(self) -> Any:
        """Copy of what has been learned so far."""

    @abstractmethod
    def restore(self, learned: Any) -> None:
        """Replace what has been learned by what :attr:`learned` once was."""

    @property
    def learned_share(self) -> float:
        """Largest number that was learned, of the largest that can be [1]; 0 without a bound."""
        return 0.0

    @property
    def overflow_counts(self) -> Counter[str]:
        """Number of steps in which a number was cut or overflowed, by kind."""
        return Counter()
