"""Difference between a claim and what is found."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from spikearm.experiments.proof.tolerances import Tolerance

Numbers = Mapping[str, float | None]


@dataclass(frozen=True)
class Difference:
    """Number, or hash, that is another than was claimed.

    Attributes:
        place: Row or motion that it is in.
        name: Name of the number.
        claimed: Value in the file.
        found: Value here.
    """

    place: str
    name: str
    claimed: float | str | None
    found: float | str | None

    def __str__(self) -> str:
        return f"{self.place}: {self.name} is {self.claimed} in the file, and {self.found} here"


def compare(
    place: str, claimed: Numbers, found: Numbers, tolerance: Callable[[str], Tolerance | None]
) -> Iterator[Difference]:
    """Yield the numbers that differ by more than they may.

    Args:
        place: Row or motion that they are of.
        claimed: Numbers in the file.
        found: Numbers here.
        tolerance: Function of a number's name that returns how much it may differ; None for one
            that is not compared.
    """
    for name in dict.fromkeys((*claimed, *found)):
        allowed, one, other = tolerance(name), claimed.get(name), found.get(name)
        if allowed is not None and not allowed.allows(one, other):
            yield Difference(place, name, one, other)
