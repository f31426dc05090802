"""Claims about recorded motions: the hash of each, and the numbers that follow from it."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from spikearm.controller.loop.trajectory import TIMED, Trajectory
from spikearm.experiments.controllers import BASELINE, controller_label
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.benchmark.metrics_row import Measured, make_row
from spikearm.neural.counts import Footprint

Row = dict[str, Any]
CLOCK = ("latency", "late", "overrun", "skipped", "deadline", "build_time", "realtime_factor")
"""Parts of the names of fields that depend on the clock."""
NOT_BY_MOTION = ("n_motions", "n_lost", "excess_deviation", "saturated_share", "energy_source")


@dataclass(frozen=True)
class MotionName:
    """Name of a motion, which says whose it is and where it leads.

    Attributes:
        controller: Name of the controller.
        adaptive: True if an adaptive network learned beside it.
        seed: Seed of task and network.
        target: Index of the target.
        direction: ``out`` or ``back``.
    """

    controller: str
    adaptive: bool
    seed: int
    target: int
    direction: str


@dataclass(frozen=True)
class Motion(MotionName):
    """Claims about one motion.

    Attributes:
        sha256: Hash of all that was recorded, without times of the clock.
        numbers: Metrics of this motion alone, by the names of the benchmark; None where one does
            not apply.
    """

    sha256: str
    numbers: dict[str, float | None]


def lost_motions(rows: Sequence[Row]) -> list[MotionName]:
    """List the motions in which the controllers of rows lost the arm."""
    return [
        MotionName(
            row["controller"], row["adaptive"], row["seed"], loss["target"], loss["direction"]
        )
        for row in rows
        for loss in row["losses"]
    ]


def is_timed(field: str) -> bool:
    """Return whether a field of a row depends on the clock."""
    return any(part in field for part in CLOCK)


def digest(trajectory: Trajectory) -> str:
    """Return the hash of all that a trajectory records, without times of the clock."""
    hashed = hashlib.sha256()
    for field in fields(Trajectory):
        if field.name not in TIMED:
            values = np.ascontiguousarray(getattr(trajectory, field.name), dtype="<f8")
            hashed.update(f"{field.name} {values.shape} ".encode())
            hashed.update(values.tobytes())
    return hashed.hexdigest()


def claim_motions(
    reaches: Sequence[RecordedReach], rows: Sequence[Row], velocity_limits: Sequence[float]
) -> list[Motion]:
    """Compute the claims about motions, the baseline's among them.

    Args:
        reaches: Recorded motions.
        rows: Rows of their controllers and seeds, of which footprints are taken.
        velocity_limits: Largest speeds of the arm's joints, shape (n_joints,) [rad/s].
    """
    by_group = {(row["controller"], row["adaptive"], row["seed"]): row for row in rows}
    baseline = {
        (one.seed, one.target, one.direction): one for one in reaches if one.label == BASELINE
    }
    return [
        _claim(
            one,
            baseline[one.seed, one.target, one.direction],
            by_group[one.controller, one.adaptive, one.seed],
            np.asarray(velocity_limits),
        )
        for one in reaches
    ]


def _claim(
    reach: RecordedReach, baseline: RecordedReach, row: Row, velocity_limits: np.ndarray
) -> Motion:
    identity = {"controller": reach.controller, "realtime": False}
    measured = Measured(identity, [reach], 1.0, 0.0, _footprint(row), 0.0, velocity_limits)
    numbers = flat_numbers(make_row(measured, [baseline]))
    return Motion(
        reach.controller, reach.adaptive, reach.seed, reach.target, reach.direction,
        digest(reach.trajectory),
        {name: value for name, value in numbers.items() if name not in NOT_BY_MOTION},
    )  # fmt: skip


def flat_numbers(row: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the numbers of a row without those of the clock; ``a.b`` is ``b`` within ``a``."""
    flat: dict[str, float | None] = {}
    for name, value in row.items():
        parts = value if isinstance(value, dict) else {"": value}
        for part, one in parts.items():
            if not isinstance(one, str | bool | list) and not is_timed(name):
                flat[".".join(filter(None, (name, part)))] = _finite(one)
    return flat


def _finite(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _footprint(row: Row) -> Footprint | None:
    """Return the resources of a network as its row has them; None for a law without neurons."""
    found = {field.name: row[field.name] for field in fields(Footprint)}
    return None if found["connection_sparsity"] is None else Footprint(**found)


def group_of(motion: MotionName | RecordedReach) -> str:
    """Return the title of the benchmark's batch that a motion belongs to."""
    return f"{controller_label(motion.controller, motion.adaptive)}, seed {motion.seed}"
