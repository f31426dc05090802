"""Self-contained HTML file that shows runs and compares them."""

import base64
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from spikearm.arm_models import SpikearmError
from spikearm.experiments.palette import CSS_LINES, DASHES, controller_color
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.records import VIDEO, Run, spike_trains_of
from spikearm.experiments.report.expected import check_shown
from spikearm.experiments.report.latency_section import latency_section
from spikearm.experiments.report.motion_sections import deviation_section, torque_section
from spikearm.experiments.report.path_section import path_section
from spikearm.experiments.report.series import Series
from spikearm.experiments.report.spike_section import spike_section
from spikearm.experiments.studies.benchmark.columns import DETAIL, LATENCY, TIME, Column
from spikearm.experiments.studies.benchmark.table import (
    LATENCY_TITLE,
    by_controller,
    control_columns,
)
from spikearm.experiments.studies.benchmark.verdict import benchmark_verdict
from spikearm.experiments.tasks.point_to_point import PointToPoint

SECTIONS = (path_section, deviation_section, torque_section, spike_section, latency_section)
"""Functions that draw the sections of a report, in their order."""


class Line(NamedTuple):
    """Line of a table of metrics.

    Attributes:
        heading: Name of the metric, with its unit.
        meaning: Words that explain it.
        cells: Mean and interval of every controller.
    """

    heading: str
    meaning: str
    cells: list[tuple[str, str]]


def write_report(runs: Sequence[Run], path: Path, names: Sequence[str] | None = None) -> None:
    """Write the report.

    Args:
        runs: Runs of the same or of different arms, tasks and controllers.
        path: The HTML file; it appears whole or not at all.
        names: Names of the runs, none twice; left out, their folders' names, with as
            much of the paths as tells them apart.

    Raises:
        SpikearmError: There is nothing to show, or the file cannot be written.
    """
    named = zip(_names(runs) if names is None else names, runs, strict=True)
    shown = {name: run for name, run in named if run.reaches}
    if not shown:
        raise SpikearmError("These runs hold no finished reach: there is nothing to report.")
    for name, run in shown.items():
        _check(name, run)
    environment = Environment(
        loader=PackageLoader("spikearm.experiments.report", "."),
        autoescape=select_autoescape(["html", "j2"]),
    )
    groups = _groups(shown)
    series = [group.series() for group in groups if group.has_motions]
    rows = [row for group in groups for row in group.rows]
    tables = {
        "control": _table(groups, [*control_columns(rows), *TIME]),
        "latency": _table(groups, LATENCY),
        "detail": _table(groups, DETAIL),
    }
    page = environment.get_template("report.html.j2").render(
        title=_title(list(shown.values())),
        verdicts=_verdicts(shown),
        library=Markup(get_plotlyjs()),
        series=[_Name(one.label, one.color, CSS_LINES.get(one.dash, "double")) for one in series],
        tables=tables,
        intervals=any(interval for line in tables["control"] for _, interval in line.cells),
        latency_title=LATENCY_TITLE,
        sections=[section for draw in SECTIONS if (section := draw(series)) is not None],
        videos=[(name, _video(run)) for name, run in shown.items() if _video(run)],
        configs=[
            (name, run.status, json.dumps(run.config, indent=2)) for name, run in shown.items()
        ],
        rows=[(name, json.dumps(run.rows, indent=2)) for name, run in shown.items()],
    )
    with atomic_file(path) as draft:
        draft.write_text(page, "utf-8")


def _check(name: str, run: Run) -> None:
    """Refuse a run that does not hold what is shown of every run.

    Raises:
        SpikearmError: It is damaged, or of another version.
    """
    try:
        check_shown(run)
    except ValueError as error:
        raise SpikearmError(
            f"Run '{name}' is damaged, or of another version: {error}. Run it again."
        ) from error


def _verdicts(runs: dict[str, Run]) -> list[tuple[str, str]]:
    """Write a verdict on each run, with its name where there are several."""
    several = len(runs) > 1
    return [
        (name if several else "", benchmark_verdict(run.rows, run.status))
        for name, run in runs.items()
    ]


def _title(runs: Sequence[Run]) -> str:
    arms = ", ".join(dict.fromkeys(run.config["arm"] for run in runs))
    tasks = ", ".join(dict.fromkeys(row["task"] for run in runs for row in run.rows))
    across = any(row["task"] == PointToPoint.name for run in runs for row in run.rows)
    return f"{arms}: {'reaching' if across else 'centre-out reaching'} ({tasks})"


def _names(runs: Sequence[Run]) -> list[str]:
    """Name runs after their folders, with as much of the paths as tells them apart."""
    paths = [run.folder.resolve().parts if run.folder else (run.config["name"],) for run in runs]
    for depth in range(1, max(map(len, paths), default=0) + 1):
        names = ["/".join(path[-depth:]) for path in paths]
        if len(set(names)) == len(names):
            return names
    return [f"{path[-1]} ({number})" for number, path in enumerate(paths, start=1)]


class _Name(NamedTuple):
    """Name of a controller, its colour and the style of its line, as the page shows them."""

    label: str
    color: str
    line: str


@dataclass(frozen=True)
class _Group:
    """Controller of a run: a column of the tables and a colour in the pictures."""

    label: str
    controller: str
    dash: str
    run: Run
    rows: list[dict[str, Any]]

    @property
    def has_motions(self) -> bool:
        """True if it finished a motion with any seed."""
        return any(row["n_motions"] for row in self.rows)

    def series(self) -> Series:
        """Return the reaches of its first seed with any."""
        row = next(row for row in self.rows if row["n_motions"])
        which = tuple(row[key] for key in ("controller", "adaptive", "seed"))
        reaches = [
            reach
            for reach in self.run.reaches
            if (reach.controller, reach.adaptive, reach.seed) == which
        ]
        first = next(reach for reach in reaches if reach.direction == "out")
        return Series(
            label=self.label,
            color=controller_color(self.controller),
            dash=self.dash,
            reaches=reaches,
            joints=self.run.config["joints"],
            torque_limits=np.array(self.run.config["torque_limits"]),
            forward=np.array(self.run.config["forward_axis"]),
            spike_trains=spike_trains_of(self.run, first),
        )


def _groups(runs: dict[str, Run]) -> list[_Group]:
    several = len(runs) > 1
    return [
        _Group(f"{name} {label}" if several else label, label, dash, run, rows)
        for (name, run), dash in zip(runs.items(), itertools.cycle(DASHES))
        for label, rows in by_controller(run.rows).items()
    ]


def _table(groups: Sequence[_Group], columns: Sequence[Column]) -> list[Line]:
    """Lay out metrics as lines and groups as columns, without lines that are all empty."""
    lines = [
        Line(column.heading, column.meaning, [column.cell(group.rows) for group in groups])
        for column in columns
    ]
    return [line for line in lines if any(mean for mean, _ in line.cells)]


def _video(run: Run) -> str | None:
    """Return a run's film as a data URL."""
    film = run.folder / VIDEO if run.folder else None
    if film is None or not film.is_file():
        return None
    return "data:video/mp4;base64," + base64.b64encode(film.read_bytes()).decode()
