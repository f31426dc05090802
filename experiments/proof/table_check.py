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
SUCCESS_RATES = ("success_rate", "success_rate_5mm")
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
    for row in rows:
        group = f"{controller_label(row['controller'], row['adaptive'])}, seed {row['seed']}"
        mine, law = groups.get(group, []), groups.get(f"{BASELINE}, seed {row['seed']}", [])
        numbers = _follow(mine, law)
        yield from compare(
            group, flat_numbers(row), numbers,
            lambda name, numbers=numbers: ROUNDED if name in numbers else None,
        )  # fmt: skip


def _follow(mine: Sequence[Motion], law: Sequence[Motion]) -> Numbers:
    """Compute the numbers of a row from its motions and the baseline's, which made all of them."""
    numbers = _summarise(mine) | {"n_lost": float(len(law) - len(mine))}
    for name in SUCCESS_RATES:  # motions that were lost count as missed
        numbers[name] = (numbers.get(name) or 0.0) * len(mine) / max(len(law), 1)
    made = {(one.target, one.direction) for one in mine}
    beside = _summarise([one for one in law if (one.target, one.direction) in made])
    deviation, law_deviation = numbers.get("position_rmse_m"), beside.get("position_rmse_m")
    if deviation is not None and law_deviation:
        numbers["excess_deviation"] = excess_deviation(deviation, law_deviation)
    return numbers


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
