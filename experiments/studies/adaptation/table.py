"""Tables of learning."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from rich.console import RenderableType
from rich.table import Table

from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.adaptation.curve import Curve, Phase
from spikearm.experiments.studies.benchmark.metrics import position_rmse
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval
from spikearm.experiments.studies.benchmark.table import by_controller
from spikearm.experiments.tables import FAINT, Line, compare, explain

Group = Sequence[Curve]
"""Curves of a controller under a perturbation, one per seed."""

SHOWN_TRIALS = (1, 2, 5, 10, 20, 50)
MEANINGS = (
    ("unperturbed", "position rmse out and back, without learning"),
    ("perturbed", "the same under the perturbation"),
    ("error left", "normalised error: rest of the effect on the analytic law,"),
    ("", "1 for all of it, 0 for none (pd and pid: on themselves)"),
    ("excess", "position rmse beyond the unperturbed one, as a part of it"),
    ("low, high", "bounds of the mean's 95 % interval over seeds"),
    ("after-effect", "where the hand strays once the perturbation is gone, as"),
    ("", "a part of where that had pushed it; negative: back"),
    ("kept", "part of what was learned that a second one left"),
    ("largest weight", "of all that were learned"),
)
"""Words that explain the lines."""


def curve_tables(curves: Sequence[Curve]) -> list[RenderableType]:
    """Lay out a table per perturbation: trials as lines, controllers as columns."""
    tables = [
        table for level, groups in by_level(curves).items() for table in _tables(level, groups)
    ]
    return [*tables, explain(MEANINGS)]


def by_level(curves: Sequence[Curve]) -> dict[Level, dict[str, list[Curve]]]:
    """Group curves by perturbation and controller, in the order they came."""
    levels: dict[Level, dict[str, list[Curve]]] = {}
    for curve in curves:
        levels.setdefault(curve.level, {}).setdefault(curve.controller, []).append(curve)
    return levels


def grouped(curves: Sequence[Curve]) -> list[list[Curve]]:
    """List the curves of each perturbation and controller, a curve per seed."""
    return [group for groups in by_level(curves).values() for group in groups.values()]


def remaining(curve: Curve, phase: Phase = "learning") -> np.ndarray:
    """Return what is left to learn, trial by trial: normalised, or excess if nothing perturbs."""
    return curve.normalised(phase) if curve.is_perturbed else curve.excess(phase)


def reach_tables(reaches: Sequence[RecordedReach]) -> list[Table]:
    """Lay out controllers as columns and reaches as lines, in their order: position rmse in mm."""
    controllers = by_controller(
        [
            {"controller": reach.controller, "adaptive": reach.adaptive, "reach": reach}
            for reach in reaches
        ]
    )
    ways = dict.fromkeys((reach.target, reach.direction) for reach in reaches)
    lines = [
        Line(
            f"{target + 1} {direction}",
            [
                _mm(
                    position_rmse(row["reach"].trajectory)
                    for row in rows
                    if (row["reach"].target, row["reach"].direction) == (target, direction)
                )
                for rows in controllers.values()
            ],
        )
        for target, direction in ways
    ]
    return compare("Position rmse mm, reach by reach", list(controllers), lines)


def describe_overflows(overflow_counts: Counter[str]) -> str:
    """Return a sentence on the chip's numbers that did not suffice."""
    if not overflow_counts.total():
        return "No error, trace or weight was cut, and nothing overflowed."
    counts = ", ".join(f"{what} in {n} steps" for what, n in overflow_counts.items() if n)
    return (
        f"Numbers did not suffice: {counts}. Errors need a larger push, all others a smaller "
        "learning rate or more neurons."
    )


def _tables(level: Level, groups: dict[str, list[Curve]]) -> list[Table]:
    lines = list(_lines(list(groups.values())))
    what = "no perturbation" if level == Level() else level.label
    return compare(f"Learning, trial by trial: {what}", list(groups), lines)


def _lines(groups: Sequence[Group]) -> Iterator[Line]:
    """Yield the lines of a perturbation's table."""

    def line(heading: str, cell: Callable[[Group], str]) -> Line:
        return Line(heading, [cell(group) for group in groups])

    last = max(1, *(len(curve.trials()) for group in groups for curve in group))
    yield line("unperturbed mm", lambda group: _mm(curve.plain.position_rmse for curve in group))
    yield line("perturbed mm", _perturbed)
    yield line("not learning: error left", lambda g: _number(g, lambda c: c.without_learning))
    for number in sorted({*(one for one in SHOWN_TRIALS if one < last), last}):
        yield from _trial_lines(groups, number)
    yield line(f"trial {last} mm", lambda group: _trial_mm(group, last))
    yield line("after-effect", lambda group: _number(group, lambda curve: curve.after_effect))
    yield line("kept", lambda group: _number(group, lambda curve: curve.retention))
    yield line("largest weight, % of the chip's", _largest_weight)
    yield line("real-time factor", _realtime)


def _trial_lines(groups: Sequence[Group], number: int) -> Iterator[Line]:
    """Yield what is left in a trial, and the bounds of its interval, if any controller has them."""
    what = "error left" if groups[0][0].is_perturbed else "excess"
    cells = [_trial(group, number - 1) for group in groups]
    yield Line(f"trial {number}: {what}", [mean for mean, _, _ in cells])
    yield from (
        Line(f"  {name}", bounds, FAINT)
        for name, bounds in (("low", [c[1] for c in cells]), ("high", [c[2] for c in cells]))
        if any(bounds)
    )


def _trial(group: Group, number: int) -> tuple[str, str, str]:
    """Return the mean of a trial over seeds and the bounds of its interval, if there are any."""
    if any(len(curve.trials()) <= number for curve in group):
        return _not_made(group), "", ""
    values = np.array([remaining(curve)[number] for curve in group])
    low, high = bootstrap_interval(values, np.random.default_rng(0))
    mean = f"{values.mean():.3f}"
    return (mean, "", "") if low == high else (mean, f"{low:.3f}", f"{high:.3f}")


def _not_made(group: Group) -> str:
    """Return the cell of a trial that was not made with all seeds: empty if it was interrupted."""
    return "lost" if any(curve.learned.lost for curve in group) else ""


def _perturbed(group: Group) -> str:
    trials = [curve.perturbed for curve in group]
    lost = any(trial is None for trial in trials)
    return "lost" if lost else _mm(trial.position_rmse for trial in trials if trial)


def _trial_mm(group: Group, number: int) -> str:
    if any(len(curve.trials()) < number for curve in group):
        return _not_made(group)
    return _mm(curve.errors()[number - 1] for curve in group)


def _largest_weight(group: Group) -> str:
    return f"{100 * max(curve.learned.largest_weight for curve in group):.0f}"


def _realtime(group: Group) -> str:
    factors = [trial.realtime_factor for curve in group for trial in curve.trials()]
    return f"{np.median(factors):.1f}" if factors else ""


def _mm(metres: Iterator[float]) -> str:
    values = list(metres)
    return f"{1e3 * float(np.mean(values)):.2f}" if values else ""


def _number(group: Group, measure: Callable[[Curve], float | None]) -> str:
    values = [value for curve in group if (value := measure(curve)) is not None]
    return f"{np.mean(values):.2f}" if len(values) == len(group) else ""
