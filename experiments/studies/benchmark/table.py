"""Tables of a run's results: means over seeds, with their intervals."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType

from spikearm.experiments.controllers import controller_label
from spikearm.experiments.studies.benchmark.columns import CONTROL, LATENCY, LOST, TIME, Column
from spikearm.experiments.tables import FAINT, Line, compare, explain

Row = dict[str, Any]
LATENCY_TITLE = "Wall time of a control step, median where nothing else is said"
INTERVAL = ("low, high", "bounds of the mean's 95 % interval over seeds, by bootstrap")


def by_controller(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Group rows by their controller's label, in the order in which labels first occur."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(controller_label(row["controller"], row["adaptive"]), []).append(row)
    return groups


def control_columns(rows: Sequence[Row]) -> Sequence[Column]:
    """Return the metrics of the motions, with those that were lost if there are any."""
    success, *others = CONTROL
    lost = [LOST] if any(row["n_lost"] for row in rows) else []
    return [success, *lost, *others]


def summary_tables(rows: Sequence[Row], title: str) -> list[RenderableType]:
    """Lay out the most important metrics as lines and controllers as columns."""
    groups = by_controller(rows)
    control = control_columns(rows)
    lines = [line for column in control for line in _with_interval(column, groups)]
    spread = [INTERVAL] if len(lines) > len(control) else []
    lines += [_mean(column, groups) for column in TIME]
    meanings = [*((column.name, column.meaning) for column in (*control, *TIME)), *spread]
    return [*compare(title, list(groups), lines), explain(meanings)]


def latency_tables(rows: Sequence[Row]) -> list[RenderableType]:
    """Lay out the wall time of a control step as lines and controllers as columns."""
    groups = by_controller(rows)
    lines = {column: _mean(column, groups) for column in LATENCY}
    meanings = [(one.name, one.meaning) for one, line in lines.items() if not line.is_empty]
    return [*compare(LATENCY_TITLE, list(groups), list(lines.values())), explain(meanings)]


def _mean(column: Column, groups: dict[str, list[Row]]) -> Line:
    return Line(column.heading, [column.mean(rows) for rows in groups.values()])


def _with_interval(column: Column, groups: dict[str, list[Row]]) -> Iterator[Line]:
    """Yield the line of a metric, and those of its interval, if any controller has one."""
    yield _mean(column, groups)
    bounds = [column.interval(rows) or ("", "") for rows in groups.values()]
    for name, cells in zip(("  low", "  high"), zip(*bounds, strict=True), strict=True):
        if any(cells):
            yield Line(name, cells, FAINT)
