"""Check that a table follows from the motions that it is the table of."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from spikearm.experiments.controllers import BASELINE, controller_label
from spikearm.experiments.proof.difference import Difference, Numbers, compare
from spikearm.experiments.proof.motion import Motion, flat_numbers, group_of
from spikearm.experiments.proof.tolerances import ROUNDED
from spikearm.experiments.studies.benchmark.metrics import excess_deviation

LARGEST = (
    "endpoint_error_max_m", "joint_speed_max_share", "torque_rate_max", "chip_step_time_max_s",
)  # fmt: skip
"""Numbers of a row that are the largest of its motions' numbers; others are their means."""
NOT_FROM_MOTIONS = ("chip_step_time_p99_s",)
"""Numbers that are neither."""


def check_table(rows: Sequence[dict[str, Any]], motions: Sequence[Motion]) -> Iterator[Difference]:
    """Yield the numbers of a table that do not follow from its motions.

    Args:
        rows: Rows of the table.
        motions: Claims about the motions.
    """
    groups: dict[str, list[Motion]] = {}
    for motion in motions:
        groups.setdefault(group_of(motion), []).append(motion)
    found = {group: _summarise(mine) for group, mine in groups.items()}
    for row in rows:
        group = f"{controller_label(row['controller'], row['adaptive'])}, seed {row['seed']}"
        numbers, law = found.get(group), found.get(f"{BASELINE}, seed {row['seed']}")
        if numbers is None or law is None:
            yield Difference(group, "n_motions", row["n_motions"], 0)
            continue
        yield from _check_row(group, row, numbers, law)


def _check_row(
    group: str, row: dict[str, Any], numbers: dict[str, float | None], law: Numbers
) -> Iterator[Difference]:
    """Yield the numbers of a row that do not follow from its motions' and the baseline's."""
    deviation, law_deviation = numbers["position_rmse_m"], law["position_rmse_m"]
    if deviation is not None and law_deviation:
        numbers = numbers | {"excess_deviation": excess_deviation(deviation, law_deviation)}
    yield from compare(
        group, flat_numbers(row), numbers, lambda name: ROUNDED if name in numbers else None
    )


def _summarise(motions: Sequence[Motion]) -> dict[str, float | None]:
    """Compute the numbers of a row from those of its motions."""
    names = dict.fromkeys(name for motion in motions for name in motion.numbers)
    summary: dict[str, float | None] = {"n_motions": float(len(motions))}
    for name in names:
        values = [motion.numbers.get(name) for motion in motions]
        known = [value for value in values if value is not None]
        if name not in NOT_FROM_MOTIONS:
            take = max if name in LARGEST else np.mean
            summary[name] = float(take(known)) if known else None
    return summary
