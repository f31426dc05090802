"""Measurements of a reproduction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """Numbers that a part of an experiment gave in one condition with one seed.

    Attributes:
        part: Name of the part.
        condition: Condition, such as a method or a control that it is compared with.
        seed: Seed of networks and data.
        values: Numbers by the names of their quantities; SI units, shares as 1.
    """

    part: str
    condition: str
    seed: int
    values: Mapping[str, float]


def values_of(
    measurements: Iterable[Measurement],
    part: str,
    condition: str,
    quantity: str,
    scale: float = 1.0,
) -> tuple[float, ...]:
    """Return a quantity for each seed, times a scale; empty where it was not measured."""
    return tuple(
        scale * one.values[quantity]
        for one in measurements
        if one.part == part and one.condition == condition and quantity in one.values
    )


def conditions_of(measurements: Sequence[Measurement], part: str) -> list[str]:
    """List the conditions of a part, in the order in which they were measured."""
    return list(dict.fromkeys(one.condition for one in measurements if one.part == part))
