"""Statistics of the wall times of control steps: percentiles, jitter, missed deadlines."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from spikearm.controller.loop.step_times import StepTimes
from spikearm.controller.loop.trajectory import Trajectory

WARM_UP_STEPS = 10  # after them, on gen3, a step takes no longer than later ones do
PACE_FIELDS = (
    "start_late_p50_s", "start_late_p99_s", "start_late_max_s", "overrun_rate", "skipped_periods",
)  # fmt: skip


def latency_fields(trajectories: Sequence[Trajectory], realtime: bool) -> dict[str, Any]:
    """Compute the fields of a row about the wall time of control steps.

    Percentiles leave out the first steps of every motion, which find the processor's caches full of
    something else and have their own fields. A deadline is missed if a torque is written more than
    a control period after the step was due, warm or not.

    Args:
        trajectories: Motions of one controller and seed.
        realtime: True if they were paced on the wall clock.
    """
    warm_up, latency = _apart(trajectories, "step_latency_s")
    whole = _spread("step_latency", latency)
    return {
        **whole,
        "step_latency_jitter_s": whole["step_latency_p99_s"] - whole["step_latency_p50_s"],
        **_part_fields(trajectories),
        "warm_up_latency_p50_s": float(np.median(warm_up)),
        "warm_up_latency_max_s": float(warm_up.max()),
        "deadline_miss_rate": float(np.mean(_missed(trajectories))),
        **(_pace_fields(trajectories) if realtime else dict.fromkeys(PACE_FIELDS)),
    }


def _apart(trajectories: Sequence[Trajectory], column: str) -> tuple[np.ndarray, np.ndarray]:
    """Pool a column, the first steps of motions and the others apart; short motions are halved."""
    motions = [getattr(one, column) for one in trajectories]
    parts = [np.split(values, [_warm_up(len(values))]) for values in motions]
    first, rest = zip(*parts, strict=True)
    return np.concatenate(first), np.concatenate(rest)


def _warm_up(n_steps: int) -> int:
    return min(WARM_UP_STEPS, -(-n_steps // 2))


def _spread(name: str, times: np.ndarray) -> dict[str, float]:
    p50, p99 = np.percentile(times, [50, 99])
    return {
        f"{name}_p50_s": float(p50),
        f"{name}_p99_s": float(p99),
        f"{name}_max_s": float(times.max()),
    }


def _part_fields(trajectories: Sequence[Trajectory]) -> dict[str, dict[str, float | None]]:
    """Compute median, 99th percentile and largest by part; None for parts that take no time."""
    times = {part: _apart(trajectories, f"{part}_s")[1] for part in StepTimes._fields}
    spreads = {part: _spread("part_latency", taken) for part, taken in times.items()}
    return {
        name: {part: spreads[part][name] if taken.any() else None for part, taken in times.items()}
        for name in spreads["act"]
    }


def _missed(trajectories: Sequence[Trajectory]) -> np.ndarray:
    """Find the steps whose torque was late, shape (n_steps of all motions,)."""
    return np.concatenate([one.late_s + one.step_latency_s > one.period for one in trajectories])


def _pace_fields(trajectories: Sequence[Trajectory]) -> dict[str, float]:
    """Compute lateness and overruns; an overrun is a step that runs into later periods."""
    skipped = np.concatenate([one.skipped_periods for one in trajectories])
    return {
        **_spread("start_late", np.concatenate([one.late_s for one in trajectories])),
        "overrun_rate": float(np.mean(skipped > 0)),
        "skipped_periods": int(skipped.sum()),
    }
