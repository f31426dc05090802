"""Measurements of runs: one for each place of a target, or for a circle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.experiments.seen.course.course import ROUNDING, Jumps
from spikearm.experiments.seen.course.layout import Layout
from spikearm.experiments.seen.loop.lookout import LOOK_PERIOD
from spikearm.experiments.seen.loop.seen_log import SeenLog

NEAR = 0.02  # m; an estimate within it has found the target, a hand has reached it
CAUGHT_UP = 2.0  # s, after which the hand is to be with a target that moves


@dataclass(frozen=True)
class SeenReach:
    """Measurements of an arm that reached for a place, or that followed a circle.

    Attributes:
        motion: Kind of motion.
        number: Number of the place.
        visible: True if all cameras could see the place on the way to it.
        hand_error_m: Distance of the hand from the target at the end; of a circle, the median after
            :data:`CAUGHT_UP` [m].
        estimate_error_m: The same of the estimate; None if there was none [m].
        found_s: Time until an estimate was within :data:`NEAR` of the target; None if none was [s].
        sight_share: Share of the looks whose point was believed [1].
        hand_point_error_m: Median distance of the seen hand from the hand; None if it was never
            seen [m].
        stopped: Sentence with the cause if the arm was stopped before the end, else None.
    """

    motion: str
    number: int
    visible: bool
    hand_error_m: float
    estimate_error_m: float | None
    found_s: float | None
    sight_share: float
    hand_point_error_m: float | None
    stopped: str | None


def measure_run(layout: Layout, log: SeenLog) -> Iterator[SeenReach]:
    """Measure a run.

    Of places that a stopped arm did not come to, the hand's distance is that of where it stopped.

    Args:
        layout: Course of the target.
        log: Log of the run.
    """
    course, log_ends = layout.course, float(log.time[-1])
    stay = course.stay if isinstance(course, Jumps) else course.duration
    for number, visible in enumerate(layout.visible):
        begins, ends = number * stay, (number + 1) * stay
        looks = (log.time > begins - ROUNDING) & (log.time < ends - ROUNDING)
        place = course.at(begins) if isinstance(course, Jumps) else None
        whole = log.stopped is None or log_ends > ends - 2 * LOOK_PERIOD
        yield _measure(
            layout.motion, number, visible, log, looks, place, None if whole else log.stopped
        )


def finite_median(values: Sequence[float]) -> float | None:
    """Return the median of values; None if there are none or it is infinite."""
    median = float(np.median(values)) if values else np.inf
    return median if np.isfinite(median) else None


def _measure(
    motion: str, number: int, visible: bool, log: SeenLog, looks: np.ndarray,
    place: np.ndarray | None, stopped: str | None,
) -> SeenReach:  # fmt: skip
    """Measure some looks; at their end, if the target stands at a place meanwhile."""
    from_target = np.linalg.norm(log.estimate - log.target, axis=1)
    seen, times = from_target[looks], log.time[looks]
    if place is not None:
        last = np.flatnonzero(looks)[-1] if looks.any() else -1
        error = float(np.linalg.norm(log.hand[last] - place))
        estimate = float(seen[-1]) if len(seen) else np.nan
    else:
        late = log.time >= min(CAUGHT_UP, 0.5 * log.time[-1])
        error = float(np.median(np.linalg.norm(log.hand - log.target, axis=1)[late]))
        estimate = _median(from_target[late])
    near = np.flatnonzero(seen <= NEAR)
    hand_points = np.linalg.norm(log.hand_point - log.hand, axis=1)[looks]
    return SeenReach(
        motion, number, visible, error, _or_none(estimate),
        float(times[near[0]] - times[0]) if len(near) else None,
        float(log.believed[looks].mean()) if looks.any() else 0.0,
        _or_none(_median(hand_points)), stopped,
    )  # fmt: skip


def _median(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else np.nan


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
