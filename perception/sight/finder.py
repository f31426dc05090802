"""Base class of finders: pixels in which things may be, in the frames of several cameras."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np


class Candidate(NamedTuple):
    """Pixel in which something may be.

    Attributes:
        pixel: Column and row, shape (2,) [pixels].
        probability: Probability that it is there [1].
    """

    pixel: np.ndarray
    probability: float


Candidates = Mapping[str, Sequence[Candidate]]
"""Candidates of each thing that is looked for, by its name; the likeliest come first."""


class Finder(ABC):
    """Finder of things in the frames of several cameras."""

    @abstractmethod
    def find(self, frames: np.ndarray) -> Sequence[Candidates]:
        """Find things in the next frame of each camera.

        Args:
            frames: Frames as the cameras make them, shape (n_cameras, ...).

        Returns:
            Candidates in the picture of each camera.
        """

    def restart(self) -> None:  # noqa: B027  most finders keep nothing
        """Forget earlier frames."""
