"""Self-contained HTML file that shows runs and compares them."""

import base64
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io
from jinja2 import Environment, PackageLoader, select_autoescape

from spikearm.arm_models import SpikearmError
from spikearm.experiments.palette import CSS_LINES, DASHES, controller_color
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.records import VIDEO, Run
from spikearm.experiments.report import figures
from spikearm.experiments.report.expected import check_shown
from spikearm.experiments.report.figures import Series
from spikearm.experiments.report.latency_figure import latency
from spikearm.experiments.studies.benchmark.columns import CONTROL, DETAIL, LATENCY, TIME, Column
from spikearm.experiments.studies.benchmark.table import LATENCY_TITLE, by_controller

Line = tuple[str, list[tuple[str, str]]]  # heading, then mean and interval of every column

CAPTIONS = (
    (figures.hand_paths, "Hand paths",
     "Out to the targets, from the start and in each arm's own directions; drag to turn."),
    (figures.hand_path_views, "Hand paths in two views",
     "From the start and in each arm's own directions."),
    (figures.deviation, "Deviation from the ideal trajectory",
     "Line: mean over reaches, out and back. Band: their range."),
    (figures.torques, "Joint torques",
     "The reach in which the first controller needs most of the joint. Dotted: its limits. Only "
     "arms with the same joints as the first one are drawn."),
    (figures.spikes, "Spikes", "Line: mean over reaches. Band: their range."),
    (latency, "Latency",
     "Share of steps that take a time or longer, from state read to torque written and by part. "
     "Dotted: the control period."),
)  # fmt: skip
LAYOUT = {
    "template": "plotly_white",
    "margin": {"l": 60, "r": 20, "t": 70, "b": 50},
    "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.07},
    "font": {"family": "system-ui, sans-serif", "size": 13},
}


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
    series = [group.series() for group in groups]
    page = environment.get_template("report.html.j2").render(
        title=_title(list(shown.values())),
        columns=[(one.label, one.color, CSS_LINES.get(one.dash, "double")) for one in series],
        tables=[_table(groups, CONTROL + TIME), _table(groups, DETAIL)],
        latency=(LATENCY_TITLE, _latency(groups)),
        figures=_figures(series),
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


def _title(runs: Sequence[Run]) -> str:
    arms = ", ".join(dict.fromkeys(run.config["arm"] for run in runs))
    tasks = ", ".join(dict.fromkeys(row["task"] for run in runs for row in run.rows))
    return f"{arms}: centre-out reaching ({tasks})"


def _names(runs: Sequence[Run]) -> list[str]:
    """Name runs after their folders, with as much of the paths as tells them apart."""
    paths = [run.folder.resolve().parts if run.folder else (run.config["name"],) for run in runs]
    for depth in range(1, max(map(len, paths), default=0) + 1):
        names = ["/".join(path[-depth:]) for path in paths]
        if len(set(names)) == len(names):
            return names
    return [f"{path[-1]} ({number})" for number, path in enumerate(paths, start=1)]


@dataclass(frozen=True)
class _Group:
    """Controller of a run: a column of the tables and a colour in the pictures."""

    label: str
    controller: str
    dash: str
    run: Run
    rows: list[dict[str, Any]]

    def series(self) -> Series:
        """Return the reaches of its first seed."""
        name, adaptive, seed = (self.rows[0][key] for key in ("controller", "adaptive", "seed"))
        which = (name, adaptive, seed)
        return Series(
            label=self.label,
            color=controller_color(self.controller),
            dash=self.dash,
            reaches=[
                reach
                for reach in self.run.reaches
                if (reach.controller, reach.adaptive, reach.seed) == which
            ],
            joints=self.run.config["joints"],
            torque_limits=np.array(self.run.config["torque_limits"]),
            forward=np.array(self.run.config["forward_axis"]),
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
    lines = [(column.heading, [column.cell(group.rows) for group in groups]) for column in columns]
    return [line for line in lines if any(mean for mean, _ in line[1])]


def _latency(groups: Sequence[_Group]) -> list[Line]:
    """Lay out the parts of a control step, as the command line does."""
    lines = [
        (column.heading, [(column.mean(group.rows), "") for group in groups]) for column in LATENCY
    ]
    return [line for line in lines if any(text for text, _ in line[1])]


def _figures(series: list[Series]) -> list[tuple[str, str, str]]:
    drawn = [(title, caption, draw(series)) for draw, title, caption in CAPTIONS]
    return [
        (title, caption, _html(figure, with_library=index == 0))
        for index, (title, caption, figure) in enumerate(drawn)
        if figure is not None
    ]


def _html(figure: go.Figure, with_library: bool) -> str:
    figure.update_layout(**LAYOUT)
    return plotly.io.to_html(
        figure, full_html=False, include_plotlyjs=with_library,
        config={"displaylogo": False, "responsive": True},
    )  # fmt: skip


def _video(run: Run) -> str | None:
    """Return a run's film as a data URL."""
    film = run.folder / VIDEO if run.folder else None
    if film is None or not film.is_file():
        return None
    return "data:video/mp4;base64," + base64.b64encode(film.read_bytes()).decode()
