"""A perturbation of a closed loop at one strength."""

from collections.abc import Sequence
from dataclasses import dataclass

from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation
from spikearm.experiments.perturbations.registry import find_perturbation
from spikearm.experiments.perturbations.strength import AnyLevel, levels_of, read_level


@dataclass(frozen=True)
class Level(AnyLevel):
    """A perturbation of a closed loop at one strength."""

    @property
    def perturbation(self) -> Perturbation:
        """The perturbation."""
        return find_perturbation(self.name)

    def apply(self, setup: LoopSetup, seed: int) -> LoopSetup:
        """Return a closed loop that is perturbed."""
        return self.perturbation.apply(setup, self.strength, seed)


def default_level(word: str) -> Level:
    """Return the level that ``name=strength`` names; ``name`` alone means its default strength.

    Raises:
        SpikearmError: There is no such perturbation, or it cannot be that strong.
    """
    name, strength = read_level(word, find_perturbation)
    return Level(name, find_perturbation(name).default if strength is None else strength)


def all_levels(words: Sequence[str]) -> list[Level]:
    """List the levels that words name; a name alone means all strengths, the weakest first.

    Raises:
        SpikearmError: There is no such perturbation, or it cannot be that strong.
    """
    return levels_of(words, find_perturbation, Level)
