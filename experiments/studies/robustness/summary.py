"""What controllers bore: one point per disturbance, strength and controller, over all seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.experiments.perturbations.registry import DISTURBANCES
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval
from spikearm.experiments.studies.robustness.stress import UNDISTURBED, Bout, Reach

REACHED = 0.01  # m; within it, a reach ends where it should


@dataclass(frozen=True)
class Point:
    """What a controller did under one strength of one disturbance, in the last round.

    Attributes:
        controller: Label of the controller that drove the arm.
        disturbance: What it was put under, or ``none``.
        strength: How strong that was [SI].
        n_seeds: Seeds that were measured.
        n_motions: Motions, out and back.
        n_reached: Those that ended within ``REACHED`` of their target.
        n_lost: Those that did not end, because the arm was lost or stopped.
        position_rmse_m: Mean over seeds of those that ended; None if none did [m].
        position_rmse_low_m, position_rmse_high_m: Its 95 % interval [m].
        endpoint_error_max_m: The largest of those that ended [m].
        held_steps: Steps in which the last torque was held.
        overflow_counts: Steps in which a number of an adaptive network was cut or overflowed.
    """

    controller: str
    disturbance: str
    strength: float
    n_seeds: int
    n_motions: int
    n_reached: int
    n_lost: int
    position_rmse_m: float | None
    position_rmse_low_m: float | None
    position_rmse_high_m: float | None
    endpoint_error_max_m: float | None
    held_steps: int
    overflow_counts: int

    @property
    def broken(self) -> bool:
        """Whether not every reach ended where it should."""
        return self.n_reached < self.n_motions


def summarise(bouts: Sequence[Bout]) -> list[Point]:
    """Make the points of all that was measured, in the order in which it was."""
    keys = dict.fromkeys((b.cell.controller, b.cell.disturbance, b.cell.strength) for b in bouts)
    return [_point(key, [b for b in bouts if _key(b) == key]) for key in keys]


def curve(points: Sequence[Point], controller: str, disturbance: str) -> list[Point]:
    """Give a controller's points under a disturbance, the weakest first, after that without.

    Empty if it was not put under it.
    """
    mine = [point for point in points if point.controller == controller]
    under = {point.strength: point for point in mine if point.disturbance == disturbance}
    weakest_first = [s for s in DISTURBANCES[disturbance].strengths if s in under]
    without = [point for point in mine if point.disturbance == UNDISTURBED]
    return [*without, *(under[s] for s in weakest_first)] if under else []


def break_point(points: Sequence[Point]) -> Point | None:
    """Give the first point of a curve at which not every reach ended where it should."""
    return next((point for point in points if point.broken), None)


def _key(bout: Bout) -> tuple[str, str, float]:
    return bout.cell.controller, bout.cell.disturbance, bout.cell.strength


def _point(key: tuple[str, str, float], bouts: Sequence[Bout]) -> Point:
    seeds = [_last_round(bout) for bout in bouts]
    reaches = [reach for seed in seeds for reach in seed]
    errors = [r.endpoint_error_m for r in reaches if r.endpoint_error_m is not None]
    means = [mean for mean in map(_deviation, seeds) if mean is not None]
    low, high = (
        bootstrap_interval(np.array(means), np.random.default_rng(0)) if means else (None, None)
    )
    return Point(
        *key,
        n_seeds=len(bouts),
        n_motions=len(reaches),
        n_reached=sum(error < REACHED for error in errors),
        n_lost=len(reaches) - len(errors),
        position_rmse_m=float(np.mean(means)) if means else None,
        position_rmse_low_m=low,
        position_rmse_high_m=high,
        endpoint_error_max_m=max(errors, default=None),
        held_steps=sum(reach.held_steps for reach in reaches),
        overflow_counts=sum(sum(bout.overflow_counts.values()) for bout in bouts),
    )


def _last_round(bout: Bout) -> list[Reach]:
    last = max(reach.round for reach in bout.reaches)
    return [reach for reach in bout.reaches if reach.round == last]


def _deviation(reaches: Sequence[Reach]) -> float | None:
    ended = [reach.position_rmse_m for reach in reaches if reach.position_rmse_m is not None]
    return float(np.mean(ended)) if ended else None
