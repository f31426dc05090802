"""What was learned, as a person reads it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from rich.table import Table

from experiments.adaptation import Curve, Trials
from experiments.metrics import position_rmse
from experiments.records import Leg
from experiments.statistics import bootstrap_interval
from experiments.summary_table import by_stage

SHOWN_TRIALS = (1, 2, 3, 5, 10, 20, 50)


def curve_table(curves: Sequence[Curve], trials: Trials) -> Table:
    """Lay out controllers as columns and trials as lines, means over seeds with their intervals."""
    load = f"{trials.payload:g} kg" if trials.payload else "no load"
    table = Table(title=f"Learning, {load}, target {trials.target}", title_justify="left")
    table.add_column("", no_wrap=True)
    groups = [
        [curve for curve in curves if curve.controller == name]
        for name in dict.fromkeys(curve.controller for curve in curves)
    ]
    for group in groups:
        table.add_column(group[0].controller, justify="right")
    table.add_row("position rmse without load mm", *(_mm([c.unloaded for c in g]) for g in groups))
    table.add_row("with it, not learning mm", *(_mm([c.loaded for c in g]) for g in groups))
    if trials.payload:
        table.add_row("the yardstick's mm", *(_mm([c.yardstick for c in g]) for g in groups))
    last = max(len(curve.trials) for curve in curves)
    for number in sorted({*(n for n in SHOWN_TRIALS if n < last), last}):
        table.add_row(
            f"trial {number}: mm\n{'normalised error' if trials.payload else 'excess deviation %'}",
            *(_trial(group, number - 1, bool(trials.payload)) for group in groups),
        )
    table.add_row("real-time factor", *(_realtime(group) for group in groups))
    return table


def reach_table(legs: Sequence[Leg]) -> Table:
    """Lay out stages as columns and reaches, in their order, as lines: position rmse in mm."""
    stages = by_stage([{"stage": leg.stage, "leg": leg} for leg in legs])
    table = Table(title="Position rmse mm, reach by reach", title_justify="left")
    for heading in ("reach", *stages):
        table.add_column(heading, justify="right")
    for reach, way in dict.fromkeys((leg.reach, leg.leg) for leg in legs):
        cells = (
            _mm(
                [
                    position_rmse(row["leg"].trajectory)
                    for row in rows
                    if (row["leg"].reach, row["leg"].leg) == (reach, way)
                ]
            )
            for rows in stages.values()
        )
        table.add_row(f"{reach + 1} {way}", *cells)
    return table


def describe_notices(notices: Counter[str]) -> str:
    """Say whether the chip's numbers sufficed, and which did not."""
    if not notices.total():
        return "No error, trace or weight was cut, and nothing overflowed."
    counts = ", ".join(f"{what} in {n} steps" for what, n in notices.items() if n)
    return (
        f"Numbers did not suffice: {counts}. Errors need a larger --push, all others a smaller "
        "--learning-rate or more --neurons."
    )


def _mm(values: Sequence[float | None]) -> str:
    if not values:
        return ""
    if any(value is None for value in values):
        return "lost"
    return f"{1e3 * float(np.mean([value for value in values if value is not None])):.2f}"


def _trial(group: Sequence[Curve], number: int, normalised: bool) -> str:
    if any(len(curve.trials) <= number for curve in group):
        return "lost"
    measure = [(c.normalised if normalised else 100 * c.excess)[number] for c in group]
    low, high = bootstrap_interval(np.array(measure), np.random.default_rng(0))
    interval = "" if low == high else f" [{low:.3f}, {high:.3f}]"
    mm = _mm([float(curve.errors[number]) for curve in group])
    return f"{mm}\n{np.mean(measure):.3f}{interval}"


def _realtime(group: Sequence[Curve]) -> str:
    factors = [trial.realtime_factor for curve in group for trial in curve.trials]
    return f"{np.median(factors):.2f}" if factors else ""
