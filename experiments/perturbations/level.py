"""A perturbation at one strength, and how the command line names it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from spikearm.arm_models import SpikearmError
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation
from spikearm.experiments.perturbations.registry import NONE, find_perturbation
from spikearm.experiments.perturbations.strength import read_strength


@dataclass(frozen=True)
class Level:
    """A perturbation at one strength.

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
        low, high = one.allowed
        if not (isfinite(self.strength) and low <= self.strength <= high):
            raise SpikearmError(
                f"{self.name}={one.shown(self.strength)} is not possible: give {_allowed(one)}."
            )

    @property
    def perturbation(self) -> Perturbation:
        """The perturbation."""
        return find_perturbation(self.name)

    @property
    def label(self) -> str:
        """The perturbation and its strength as they are shown."""
        one = self.perturbation
        return one.title if self.name == NONE else f"{one.title} {self.shown} {one.unit}"

    @property
    def shown(self) -> str:
        """The strength as it is shown, without its unit."""
        return NONE if self.name == NONE else self.perturbation.shown(self.strength)

    def apply(self, setup: LoopSetup, seed: int) -> LoopSetup:
        """Return a closed loop that is perturbed."""
        return self.perturbation.apply(setup, self.strength, seed)


def default_level(word: str) -> Level:
    """Return the level that ``name=strength`` names; ``name`` alone means its default strength.

    Raises:
        SpikearmError: There is no such perturbation, or it cannot be that strong.
    """
    name, strength = _read(word)
    return Level(name, find_perturbation(name).default if strength is None else strength)


def all_levels(words: Sequence[str]) -> list[Level]:
    """List the levels that words name; a name alone means all strengths, the weakest first.

    Raises:
        SpikearmError: There is no such perturbation, or it cannot be that strong.
    """
    levels: list[Level] = []
    for word in words:
        name, strength = _read(word)
        known = find_perturbation(name)
        usual = known.strengths or (known.default,)
        levels += [Level(name, one) for one in (usual if strength is None else (strength,))]
    return list(dict.fromkeys(levels))


def _read(word: str) -> tuple[str, float | None]:
    """Read a name, and the strength that may follow it, in SI units."""
    name = word.partition("=")[0]
    one = find_perturbation(name)
    return name, read_strength(word, one.factor, one.default)


def _allowed(one: Perturbation) -> str:
    low, high = one.allowed
    if low == high:
        return f"{one.shown(low)} {one.unit}"
    if isfinite(high):
        return f"{one.shown(low)} to {one.shown(high)} {one.unit}"
    return f"{one.shown(low)} {one.unit} or more" if isfinite(low) else "a finite number"
