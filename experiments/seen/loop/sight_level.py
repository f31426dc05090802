"""Perturbations of sight by name, and one of them at one strength."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.experiments.lookup import find_entry
from spikearm.experiments.perturbations.strength import read_strength
from spikearm.experiments.seen.loop.lookout import LOOK_PERIOD
from spikearm.experiments.seen.loop.sight_changes import (
    BlackLens,
    Board,
    DeadPixels,
    EventNoise,
    Flashes,
    SightChange,
)

NONE = "none"


@dataclass(frozen=True)
class SightPerturbation:
    """Anything that disturbs what event cameras see.

    Attributes:
        title: Name in tables.
        unit: Unit of strengths on the command line and in tables.
        strengths: Strengths that a stress test goes through, the weakest first [SI].
        make: Function that makes the change of a strength [SI], with a generator.
        factor: Factor from a strength's SI unit to ``unit``.
        most: Largest possible strength [SI].
    """

    title: str
    unit: str
    strengths: tuple[float, ...]
    make: Callable[[float, np.random.Generator], SightChange]
    factor: float = 1.0
    most: float = inf


SIGHT_PERTURBATIONS: dict[str, SightPerturbation] = {
    NONE: SightPerturbation(NONE, "", (0.0,), lambda strength, rng: SightChange(), most=0.0),
    "flashes": SightPerturbation(
        "light flashes", "x", (1.5, 3.0), lambda strength, rng: Flashes(strength)
    ),
    "occlusion": SightPerturbation(
        "target hidden from a camera", "ms", (0.1, 0.4, 1.0), lambda strength, rng: Board(strength),
        factor=1e3,
    ),
    "dead-pixels": SightPerturbation(
        "dead pixels", "%", (0.05, 0.2, 0.5), DeadPixels, factor=100.0, most=1.0
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


@dataclass(frozen=True)
class SightLevel:
    """A perturbation of sight at one strength.

    Attributes:
        name: Name of the perturbation in the registry.
        strength: Its strength [SI].

    Raises:
        SpikearmError: There is no such perturbation, or it cannot be that strong.
    """

    name: str = NONE
    strength: float = 0.0

    def __post_init__(self) -> None:
        one = self.perturbation
        if not (isfinite(self.strength) and 0 <= self.strength <= one.most):
            most = f"to {one.factor * one.most:g} {one.unit}" if isfinite(one.most) else "or more"
            raise SpikearmError(
                f"{self.name}={one.factor * self.strength:g} is not possible: give 0 {most}."
            )

    @property
    def perturbation(self) -> SightPerturbation:
        """The perturbation."""
        return find_entry(SIGHT_PERTURBATIONS, self.name, "sight perturbation")

    @property
    def label(self) -> str:
        """The perturbation and its strength as they are shown."""
        one = self.perturbation
        return (
            NONE if self.name == NONE else f"{one.title} {one.factor * self.strength:g} {one.unit}"
        )

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
    levels = [level for word in words or others for level in _levels(word)]
    return list(dict.fromkeys(levels))


def _levels(word: str) -> list[SightLevel]:
    name = word.partition("=")[0]
    one = find_entry(SIGHT_PERTURBATIONS, name, "sight perturbation")
    strength = read_strength(word, one.factor, one.strengths[-1])
    strengths = one.strengths if strength is None else (strength,)
    return [SightLevel(name, strength) for strength in strengths]
