"""A point per perturbation, strength and controller, over all seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np

from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.perturbations.registry import find_perturbation
from spikearm.experiments.perturbations.strength import NONE
from spikearm.experiments.records.records import SUMMARY
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval
from spikearm.experiments.studies.robustness.stress import MeasuredReach, StressOutcome
from spikearm.neural.files.typed_json import Count, Number, check_types

REACHED = 0.01  # m; within it, a reach ends where it should


@dataclass(frozen=True)
class Point:
    """Measurements of a controller under one perturbation at one strength, in the last round.

    Attributes:
        controller: Label of the controller that drove the arm.
        perturbation: Name of the perturbation.
        strength: Its strength [SI].
        n_seeds: Number of seeds that were measured.
        n_motions: Number of motions, out and back.
        n_reached: Number of those that ended within ``REACHED`` of their target.
        n_lost: Number of those that did not end, because the arm was lost or stopped.
        position_rmse_m: Mean over seeds of those that ended; None if none did [m].
        position_rmse_low_m, position_rmse_high_m: Its 95 % interval [m].
        endpoint_error_max_m: The largest of those that ended [m].
        held_steps: Steps in which the last torque was held.
        overflow_counts: Steps in which a number of an adaptive network was cut or overflowed.
    """

    controller: str
    perturbation: str
    strength: float
    n_seeds: Count
    n_motions: Count
    n_reached: Count
    n_lost: Count
    position_rmse_m: Number | None
    position_rmse_low_m: Number | None
    position_rmse_high_m: Number | None
    endpoint_error_max_m: Number | None
    held_steps: Count
    overflow_counts: Count

    @property
    def level(self) -> Level:
        """The perturbation at its strength."""
        return Level(self.perturbation, self.strength)

    @property
    def broken(self) -> bool:
        """True if not every reach ended where it should."""
        return self.n_reached < self.n_motions


def summarise(outcomes: Sequence[StressOutcome]) -> list[Point]:
    """Compute the points of all that was measured, in the order in which it was."""
    measured = [one for one in outcomes if one.reaches]
    keys = dict.fromkeys(map(_key, measured))
    return [_point(key, [one for one in measured if _key(one) == key]) for key in keys]


def read_points(rows: Sequence[dict[str, Any]]) -> list[Point]:
    """Build points from the rows that they were written as.

    Raises:
        ValueError: There are none, or a row lacks a field, or has another type in it.
    """
    return check_types(rows, Annotated[list[Point], msgspec.Meta(min_length=1)], SUMMARY)


def curve(points: Sequence[Point], controller: str, perturbation: str) -> list[Point]:
    """Return a controller's points under a perturbation, the weakest first, after that without.

    Empty if it was not put under it.
    """
    mine = [point for point in points if point.controller == controller]
    under = [point for point in mine if point.perturbation == perturbation]
    without = [point for point in mine if point.perturbation == NONE]
    falls = _falls(perturbation)
    return [*without, *sorted(under, key=lambda p: p.strength, reverse=falls)] if under else []


def break_point(points: Sequence[Point]) -> Point | None:
    """Return the first point of a curve at which not every reach ended where it should."""
    return next((point for point in points if point.broken), None)


def _falls(perturbation: str) -> bool:
    """Return whether smaller numbers are the stronger perturbation."""
    strengths = find_perturbation(perturbation).strengths
    return strengths[-1] < strengths[0]


def _key(outcome: StressOutcome) -> tuple[str, Level]:
    return outcome.condition.controller.label, outcome.condition.level


def _point(key: tuple[str, Level], outcomes: Sequence[StressOutcome]) -> Point:
    controller, level = key
    seeds = [_last_round(outcome) for outcome in outcomes]
    reaches = [reach for seed in seeds for reach in seed]
    errors = [r.endpoint_error_m for r in reaches if r.endpoint_error_m is not None]
    means = [mean for mean in map(_deviation, seeds) if mean is not None]
    low, high = (
        bootstrap_interval(np.array(means), np.random.default_rng(0)) if means else (None, None)
    )
    return Point(
        controller,
        level.name,
        level.strength,
        n_seeds=len(outcomes),
        n_motions=len(reaches),
        n_reached=sum(error < REACHED for error in errors),
        n_lost=len(reaches) - len(errors),
        position_rmse_m=float(np.mean(means)) if means else None,
        position_rmse_low_m=low,
        position_rmse_high_m=high,
        endpoint_error_max_m=max(errors, default=None),
        held_steps=sum(reach.held_steps for reach in reaches),
        overflow_counts=sum(sum(outcome.overflow_counts.values()) for outcome in outcomes),
    )


def _last_round(outcome: StressOutcome) -> list[MeasuredReach]:
    last = max(reach.round for reach in outcome.reaches)
    return [reach for reach in outcome.reaches if reach.round == last]


def _deviation(reaches: Sequence[MeasuredReach]) -> float | None:
    ended = [reach.position_rmse_m for reach in reaches if reach.position_rmse_m is not None]
    return float(np.mean(ended)) if ended else None
