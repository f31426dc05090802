"""Strengths of perturbations, of closed loops and of sight, and how the command line names them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol, TypeVar

from spikearm.arm_models import SpikearmError

NONE = "none"
"""Name of no perturbation at all."""


class Perturbing(Protocol):
    """Perturbation that has a strength."""

    @property
    def title(self) -> str:
        """Name in tables and pictures."""
        ...

    @property
    def unit(self) -> str:
        """Unit of strengths on the command line, in tables and in pictures."""
        ...

    @property
    def factor(self) -> float:
        """Factor from a strength's SI unit to ``unit``."""
        ...

    @property
    def strengths(self) -> tuple[float, ...]:
        """Strengths that a stress test goes through, the weakest first [SI]."""
        ...

    @property
    def default(self) -> float:
        """Strength where no other is asked for [SI]."""
        ...

    @property
    def allowed(self) -> tuple[float, float]:
        """Smallest and largest possible strength [SI]."""
        ...


@dataclass(frozen=True)
class AnyLevel(ABC):
    """A perturbation at one strength.

    Attributes:
        name: Name of the perturbation in its registry.
        strength: Its strength [SI].

    Raises:
        SpikearmError: There is no such perturbation, or it cannot be that strong.
    """

    name: str = NONE
    strength: float = 0.0

    def __post_init__(self) -> None:
        low, high = self.perturbation.allowed
        if not (isfinite(self.strength) and low <= self.strength <= high):
            raise SpikearmError(
                f"{self.name}={shown_strength(self.perturbation, self.strength)} is not possible: "
                f"give {_allowed(self.perturbation)}."
            )

    @property
    @abstractmethod
    def perturbation(self) -> Perturbing:
        """The perturbation."""

    @property
    def label(self) -> str:
        """The perturbation and its strength as they are shown."""
        one = self.perturbation
        return one.title if self.name == NONE else f"{one.title} {self.shown} {one.unit}"

    @property
    def shown(self) -> str:
        """The strength as it is shown, without its unit."""
        return NONE if self.name == NONE else shown_strength(self.perturbation, self.strength)


L = TypeVar("L", bound=AnyLevel)


def levels_of(
    words: Sequence[str], find: Callable[[str], Perturbing], make: Callable[[str, float], L]
) -> list[L]:
    """List the levels that words name; a name alone means all strengths, the weakest first.

    Args:
        words: Names, each alone or as ``name=strength``.
        find: Function that finds a perturbation by its name.
        make: Function that makes a level of a name and a strength [SI].

    Raises:
        SpikearmError: There is no such perturbation, or it cannot be that strong.
    """

    def levels(word: str) -> Iterator[L]:
        name, strength = read_level(word, find)
        known = find(name)
        usual = known.strengths or (known.default,)
        return (make(name, one) for one in (usual if strength is None else (strength,)))

    return list(dict.fromkeys(level for word in words for level in levels(word)))


def read_level(word: str, find: Callable[[str], Perturbing]) -> tuple[str, float | None]:
    """Read a name, and the strength that may follow it.

    Args:
        word: Name alone, or ``name=strength``.
        find: Function that finds a perturbation by its name.

    Returns:
        Name, and strength [SI]; None for a name alone.

    Raises:
        SpikearmError: There is no such perturbation, or what follows is no number.
    """
    name, given, number = word.partition("=")
    one = find(name)
    if not given:
        return name, None
    try:
        return name, float(number) / one.factor
    except ValueError as error:
        raise SpikearmError(
            f"'{word}' names no strength: give a number, such as "
            f"{name}={shown_strength(one, one.default)}."
        ) from error


def shown_strength(one: Perturbing, strength: float) -> str:
    """Return a strength [SI] as text in the perturbation's unit, without the unit."""
    return f"{one.factor * strength:g}"


def _allowed(one: Perturbing) -> str:
    low, high = (shown_strength(one, bound) for bound in one.allowed)
    if low == high:
        return f"{low} {one.unit}"
    if isfinite(one.allowed[1]):
        return f"{low} to {high} {one.unit}"
    return f"{low} {one.unit} or more" if isfinite(one.allowed[0]) else "a finite number"
