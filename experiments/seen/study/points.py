"""Points: the measurements of a controller with a sight, a motion and a perturbation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.experiments.seen.loop.step_cost import mean_of
from spikearm.experiments.seen.study.measures import NEAR, SeenReach, finite_median
from spikearm.experiments.seen.study.seen_plan import SeenCondition, SeenOutcome

CLOSE = 0.01  # m, of the hand from the target, as NEAR is


@dataclass(frozen=True)
class SeenPoint:
    """Measurements over all seeds and scenes; those of hidden targets apart.

    Attributes:
        controller: Label of the controller.
        sight: Name of the sight.
        motion: Kind of the target's motion.
        perturbation: Name of the perturbation of sight.
        strength: Its strength [SI].
        n_seeds: Number of seeds.
        n_visible: Number of places, or circles, that all cameras could see.
        n_hidden: Number of the others.
        n_stopped: Number of both at which the arm had been stopped.
        within_20_mm, within_10_mm: Share of the visible ones at which the hand ended so close [1].
        worst_within_20_mm, worst_within_10_mm: The same of the seed where it is least [1].
        hidden_within_20_mm: The same of hidden ones [1].
        hand_error_m: Median distance of the hand from the target [m].
        estimate_error_m: The same of the estimate [m].
        found_s: Median time until the estimate was within 20 mm of the target; None if it was so in
            fewer than half of the cases [s].
        sight_share: Share of looks whose point was believed [1].
        hand_point_error_m: Median distance of the seen hand from the hand [m].
        sight_p50_s, sight_p99_s: Wall time of sight in a look, without cameras [s].
        torque_p50_s, torque_p99_s: Wall time from frames to torque, without cameras [s].
        step_mean_s: Mean wall time of all control steps, with sight and without cameras [s].
        synaptic_events: Weights that spikes of the network reach in a step.
        cores: Cores of the chip; None without one, as the next two.
        chip_energy_j: Dynamic energy of a step on the chip [J].
        chip_step_s: Mean time of a step on the chip [s].
    """

    controller: str
    sight: str
    motion: str
    perturbation: str
    strength: float
    n_seeds: int
    n_visible: int
    n_hidden: int
    n_stopped: int
    within_20_mm: float | None
    within_10_mm: float | None
    worst_within_20_mm: float | None
    worst_within_10_mm: float | None
    hidden_within_20_mm: float | None
    hand_error_m: float | None
    estimate_error_m: float | None
    found_s: float | None
    sight_share: float | None
    hand_point_error_m: float | None
    sight_p50_s: float | None
    sight_p99_s: float | None
    torque_p50_s: float | None
    torque_p99_s: float | None
    step_mean_s: float | None
    synaptic_events: float | None
    cores: float | None
    chip_energy_j: float | None
    chip_step_s: float | None


Key = tuple[str, str, str, str, float]


def summarise(outcomes: Sequence[SeenOutcome]) -> list[SeenPoint]:
    """Compute the points of all that was measured, in the order in which it was."""
    measured = [one for one in outcomes if one.reaches]
    keys = dict.fromkeys(key_of(one.condition) for one in measured)
    return [_point(key, [one for one in measured if key_of(one.condition) == key]) for key in keys]


def key_of(condition: SeenCondition) -> Key:
    """Return what a point has in common with a condition."""
    level = condition.level
    return (
        condition.controller.label, condition.sight, condition.motion, level.name, level.strength
    )  # fmt: skip


def _point(key: Key, outcomes: Sequence[SeenOutcome]) -> SeenPoint:
    by_seed: dict[int, list[SeenReach]] = {}
    for outcome in outcomes:
        by_seed.setdefault(outcome.condition.seed, []).extend(outcome.reaches)
    reaches = [reach for seed in by_seed.values() for reach in seed]
    visible = [reach for reach in reaches if reach.visible]
    hidden = [reach for reach in reaches if not reach.visible]
    seeds = [[reach for reach in seed if reach.visible] for seed in by_seed.values()]
    sight = np.concatenate([outcome.times.sum(axis=1) for outcome in outcomes])
    torque = np.concatenate([outcome.step_latency for outcome in outcomes])
    costs = [outcome.cost for outcome in outcomes if outcome.cost is not None]
    return SeenPoint(
        *key, n_seeds=len(by_seed), n_visible=len(visible), n_hidden=len(hidden),
        n_stopped=sum(reach.stopped is not None for reach in reaches),
        within_20_mm=share_within(visible, NEAR), within_10_mm=share_within(visible, CLOSE),
        worst_within_20_mm=_least(share_within(seed, NEAR) for seed in seeds),
        worst_within_10_mm=_least(share_within(seed, CLOSE) for seed in seeds),
        hidden_within_20_mm=share_within(hidden, NEAR),
        hand_error_m=_median(visible, lambda reach: reach.hand_error_m),
        estimate_error_m=_median(visible, lambda reach: reach.estimate_error_m),
        found_s=_median(visible, lambda reach: np.inf if reach.found_s is None else reach.found_s),
        sight_share=float(np.mean([one.sight_share for one in visible])) if visible else None,
        hand_point_error_m=_median(visible, lambda reach: reach.hand_point_error_m),
        sight_p50_s=_percentile(sight, 50), sight_p99_s=_percentile(sight, 99),
        torque_p50_s=_percentile(torque, 50), torque_p99_s=_percentile(torque, 99),
        step_mean_s=mean_of(costs, "wall_s"), cores=mean_of(costs, "cores"),
        synaptic_events=mean_of(costs, "synaptic_events"),
        chip_energy_j=mean_of(costs, "energy_j"), chip_step_s=mean_of(costs, "chip_time_s"),
    )  # fmt: skip


def share_within(reaches: Sequence[SeenReach], distance: float) -> float | None:
    """Return the share of reaches that ended within a distance [m]; None of no reaches."""
    if not reaches:
        return None
    return sum(reach.hand_error_m <= distance for reach in reaches) / len(reaches)


def _least(shares: Iterable[float | None]) -> float | None:
    return min((share for share in shares if share is not None), default=None)


def _median(
    reaches: Sequence[SeenReach], value: Callable[[SeenReach], float | None]
) -> float | None:
    """Return the median of the values that there are; None if there are none or it is infinite."""
    return finite_median([one for one in map(value, reaches) if one is not None])


def _percentile(times: np.ndarray, percent: float) -> float | None:
    """Return a percentile of times; None of no times, or where nothing was timed."""
    return float(np.percentile(times, percent)) if len(times) and times.any() else None
