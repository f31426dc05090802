"""Measurements at one value of a sweep."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.studies.generalisation.sweep import Sweep
from spikearm.experiments.tasks.episodes import Outcome
from spikearm.experiments.tasks.task import Task

MOTIONS = 2  # of an episode, out and back


@dataclass(frozen=True)
class Point:
    """Measurements at one value of a sweep.

    Attributes:
        sweep, value: Name of the sweep, and value of its property.
        inside: True if the controller was trained for this value.
        n_targets: Number of targets, each with a reach to it and back.
        success_rate: Share of motions that end at their goal; one that is cut short does not [1].
        analytic_success_rate: Success rate of the analytic controller [1].
        excess_deviation: Excess deviation over the finished motions; None without any [1].
        fidelity_rmse_m: Fidelity over the same motions [m].
    """

    sweep: str
    value: float
    inside: bool
    n_targets: int
    success_rate: float
    analytic_success_rate: float
    excess_deviation: float | None
    fidelity_rmse_m: float | None


def make_point(
    sweep: Sweep, value: float, ideal: Sequence[Outcome], actual: Sequence[Outcome]
) -> Point:
    """Compute the metrics of one value from the episodes of the analytic and trained controller."""
    pairs = [
        (motion.trajectory, baseline.trajectory)
        for one, other in zip(actual, ideal, strict=True)
        for motion, baseline in zip(one.motions, other.motions, strict=False)  # some cut short
    ]
    excess = fidelity = None
    if pairs:
        ours, theirs = (
            float(np.mean([metrics.position_rmse(one) for one in column]))
            for column in zip(*pairs, strict=True)
        )
        excess = metrics.excess_deviation(ours, theirs)
        fidelity = float(np.mean([metrics.fidelity_rmse(*pair) for pair in pairs]))
    low, high = sweep.trained
    return Point(
        sweep=sweep.name,
        value=value,
        inside=bool(low <= value <= high),
        n_targets=len(actual),
        success_rate=success_rate(actual),
        analytic_success_rate=success_rate(ideal),
        excess_deviation=excess,
        fidelity_rmse_m=fidelity,
    )


def success_rate(outcomes: Sequence[Outcome]) -> float:
    """Compute the share of all planned motions that ended at their goal [1]."""
    reached = [Task.success(motion.trajectory) for one in outcomes for motion in one.motions]
    return float(np.sum(reached)) / (MOTIONS * len(outcomes))
