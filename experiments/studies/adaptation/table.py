"""Tables of learning."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from rich.table import Table

from spikearm.experiments.records.records import RecordedReach
from spikearm.experiments.studies.adaptation.curve import Curve, Phase
from spikearm.experiments.studies.benchmark.metrics import position_rmse
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval
from spikearm.experiments.studies.benchmark.table import by_controller
from spikearm.experiments.tables import make_table

SHOWN_TRIALS = (1, 2, 5, 10, 20, 50)
CAPTION = (
    "In trials: normalised error, what is left of the perturbation's effect on the analytic "
    "controller (on PD and PID: on themselves), mean and 95 % interval over seeds; without a "
    "perturbation, excess deviation. after: displacement when the perturbation goes, negative to "
    "the other side. kept: what is left of the first after another was learned. weight: the "
    "largest, of what the chip's weights hold."
)


def curve_table(curves: Sequence[Curve]) -> Table:
    """Lay out perturbations and controllers as lines, trials as columns, means over seeds."""
    last = max(1, *(len(curve.trials()) for curve in curves))
    shown = sorted({*(number for number in SHOWN_TRIALS if number < last), last})
    text = ("perturbation", "controller")
    before = ("plain mm", "perturbed mm", "not learning")
    trials = (f"trial {number}" for number in shown)
    after = (f"trial {last} mm", "after", "kept", "weight %", "real-time")
    headings = (*text, *before, *trials, *after)
    table = make_table("Learning, trial by trial", headings, left=text, caption=CAPTION)
    for group in grouped(curves):
        table.add_row(*_cells(group, shown))
    return table


def grouped(curves: Sequence[Curve]) -> Iterator[list[Curve]]:
    """Group the seeds of a perturbation and a controller, in the order they came."""
    kinds = dict.fromkeys((curve.level, curve.controller) for curve in curves)
    for kind in kinds:
        yield [curve for curve in curves if (curve.level, curve.controller) == kind]


def remaining(curve: Curve, phase: Phase = "learning") -> np.ndarray:
    """Return what is left to learn, trial by trial: normalised, or excess if nothing perturbs."""
    return curve.normalised(phase) if curve.is_perturbed else curve.excess(phase)


def reach_table(reaches: Sequence[RecordedReach]) -> Table:
    """Lay out controllers as columns and reaches as lines, in their order: position rmse in mm."""
    controllers = by_controller(
        [
            {"controller": reach.controller, "adaptive": reach.adaptive, "reach": reach}
            for reach in reaches
        ]
    )
    table = make_table("Position rmse mm, reach by reach", ("reach", *controllers))
    for reach, way in dict.fromkeys((reach.target, reach.direction) for reach in reaches):
        cells = (
            _mm(
                position_rmse(row["reach"].trajectory)
                for row in rows
                if (row["reach"].target, row["reach"].direction) == (reach, way)
            )
            for rows in controllers.values()
        )
        table.add_row(f"{reach + 1} {way}", *cells)
    return table


def describe_overflows(overflow_counts: Counter[str]) -> str:
    """Return a sentence on the chip's numbers that did not suffice."""
    if not overflow_counts.total():
        return "No error, trace or weight was cut, and nothing overflowed."
    counts = ", ".join(f"{what} in {n} steps" for what, n in overflow_counts.items() if n)
    return (
        f"Numbers did not suffice: {counts}. Errors need a larger push, all others a smaller "
        "learning rate or more neurons."
    )


def _cells(group: Sequence[Curve], shown: Sequence[int]) -> Iterator[str]:
    first, lost = group[0], any(curve.perturbed is None for curve in group)
    yield first.level.label
    yield first.controller
    yield _mm(curve.plain.position_rmse for curve in group)
    yield "lost" if lost else _mm(c.perturbed.position_rmse for c in group if c.perturbed)
    yield _number(group, lambda curve: curve.without_learning)
    for number in shown:
        yield _trial(group, number - 1)
    last = shown[-1]
    reached = all(len(curve.trials()) >= last for curve in group)
    yield _mm(curve.errors()[last - 1] for curve in group) if reached else "lost"
    yield _number(group, lambda curve: curve.after_effect)
    yield _number(group, lambda curve: curve.retention)
    yield f"{100 * max(curve.learned.largest_weight for curve in group):.0f}"
    factors = [t.realtime_factor for curve in group for t in curve.trials()]
    yield f"{np.median(factors):.1f}" if factors else ""


def _mm(metres: Iterator[float]) -> str:
    values = list(metres)
    return f"{1e3 * float(np.mean(values)):.2f}" if values else ""


def _number(group: Sequence[Curve], measure: Callable[[Curve], float | None]) -> str:
    values = [value for curve in group if (value := measure(curve)) is not None]
    return f"{np.mean(values):.2f}" if len(values) == len(group) else ""


def _trial(group: Sequence[Curve], number: int) -> str:
    if any(len(curve.trials()) <= number for curve in group):
        return "lost"
    values = np.array([remaining(curve)[number] for curve in group])
    low, high = bootstrap_interval(values, np.random.default_rng(0))
    interval = "" if low == high else f"\n[{low:.3f}, {high:.3f}]"
    return f"{values.mean():.3f}{interval}"
