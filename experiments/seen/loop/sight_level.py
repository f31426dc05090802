"""Perturbations of sight by name, and one of them at one strength."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from spikearm.experiments.lookup import find_entry
from spikearm.experiments.perturbations.strength import NONE, AnyLevel, levels_of
from spikearm.experiments.seen.loop.lookout import LOOK_PERIOD
from spikearm.experiments.seen.loop.sight_changes import (
    BlackLens,
    Board,
    DeadPixels,
    EventNoise,
    Flashes,
    SightChange,
)


@dataclass(frozen=True)
class SightPerturbation:
    """Anything that disturbs what event cameras see.

    Attributes:
        title: Name in tables.
        unit: Unit of strengths on the command line and in tables.
        strengths: Strengths that a stress test goes through, the weakest first [SI].
        make: Function that makes the change of a strength [SI], with a generator.
        factor: Factor from a strength's SI unit to ``unit``.
        allowed: Smallest and largest possible strength [SI].
    """

    title: str
    unit: str
    strengths: tuple[float, ...]
    make: Callable[[float, np.random.Generator], SightChange]
    factor: float = 1.0
    allowed: tuple[float, float] = (0.0, inf)

    @property
    def default(self) -> float:
        """Strength where no other is asked for: the largest of ``strengths`` [SI]."""
        return self.strengths[-1]


SIGHT_PERTURBATIONS: dict[str, SightPerturbation] = {
    NONE: SightPerturbation(
        NONE, "", (0.0,), lambda strength, rng: SightChange(), allowed=(0.0, 0.0)
    ),
    "flashes": SightPerturbation(
        "light flashes", "x", (1.5, 3.0), lambda strength, rng: Flashes(strength)
    ),
    "occlusion": SightPerturbation(
        "target hidden from a camera", "ms", (0.1, 0.4, 1.0), lambda strength, rng: Board(strength),
        factor=1e3,
    ),
    "dead-pixels": SightPerturbation(
        "dead pixels", "%", (0.05, 0.2, 0.5), DeadPixels, factor=100.0, allowed=(0.0, 1.0)
    ),
    "black-lens": SightPerturbation(
        "a lens gone black", "ms", (0.1, 0.5, 10.0), lambda strength, rng: BlackLens(strength),
        factor=1e3,
    ),
    "event-noise": SightPerturbation(
        "noise of the pixels", "Hz", (2.0, 8.0, 30.0),
        lambda strength, rng: EventNoise(strength, LOOK_PERIOD, rng),
    ),
}  # fmt: skip
"""Perturbations of sight by name. Programs may add their own."""


def find_sight_perturbation(name: str) -> SightPerturbation:
    """Find a perturbation of sight.

    Raises:
        SpikearmError: There is none of this name.
    """
    return find_entry(SIGHT_PERTURBATIONS, name, "sight perturbation")


@dataclass(frozen=True)
class SightLevel(AnyLevel):
    """A perturbation of sight at one strength."""

    @property
    def perturbation(self) -> SightPerturbation:
        """The perturbation."""
        return find_sight_perturbation(self.name)

    def make(self, rng: np.random.Generator) -> SightChange:
        """Make the change of what cameras see."""
        return self.perturbation.make(self.strength, rng)


def sight_levels(words: Sequence[str]) -> list[SightLevel]:
    """List the levels that words name: ``name=strength``, or a name for all its strengths.

    Args:
        words: Words; all perturbations at all strengths where there are none.

    Raises:
        SpikearmError: There is no such perturbation, or it cannot be that strong.
    """
    others = [name for name in SIGHT_PERTURBATIONS if name != NONE]
    return levels_of(words or others, find_sight_perturbation, SightLevel)
