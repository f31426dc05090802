"""Courses of targets that stand, jump or move."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import numpy as np

Motion = Literal["static", "jumping", "moving"]
ROUNDING = 1e-9  # s; simulated time is a sum of periods


class Course(ABC):
    """Positions of a target over time."""

    @property
    @abstractmethod
    def duration(self) -> float:
        """Time until it ends [s]."""

    @abstractmethod
    def at(self, time: float) -> np.ndarray:
        """Return the position at a time since the beginning [s], shape (3,) [m]."""


@dataclass(frozen=True)
class Jumps(Course):
    """Places that a target stands at, one after the other.

    Attributes:
        places: Positions, shape (n_places, 3) [m].
        stay: Time at each [s].
    """

    places: np.ndarray
    stay: float

    @property
    def duration(self) -> float:
        """Time until it has stood at all places [s]."""
        return len(self.places) * self.stay

    def at(self, time: float) -> np.ndarray:
        """Return the place at a time."""
        number = int((time + ROUNDING) / self.stay)
        return self.places[min(number, len(self.places) - 1)]


@dataclass(frozen=True)
class Circle(Course):
    """Circle that a target moves on.

    Attributes:
        middle: Its middle, shape (3,) [m].
        axes: Unit vectors that span its plane, shape (2, 3).
        radius: Its radius [m].
        rate: Turns in a second, negative the other way round [Hz].
        phase: Angle at which it begins [rad].
        turns: Number of turns.
    """

    middle: np.ndarray
    axes: np.ndarray
    radius: float
    rate: float
    phase: float
    turns: float

    @property
    def duration(self) -> float:
        """Time of all turns [s]."""
        return self.turns / abs(self.rate)

    def at(self, time: float) -> np.ndarray:
        """Return the position at a time."""
        angle = self.phase + 2 * np.pi * self.rate * time
        return self.middle + self.radius * np.array([np.cos(angle), np.sin(angle)]) @ self.axes
