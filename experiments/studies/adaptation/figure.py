"""Picture of learning, trial by trial."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spikearm.experiments.palette import controller_color
from spikearm.experiments.panels import Panel, blank_figure
from spikearm.experiments.studies.adaptation.curve import Curve, Phase
from spikearm.experiments.studies.adaptation.table import grouped, remaining
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval

COLUMNS = 3
PANEL_HEIGHT = 320  # px
PHASES: dict[Phase, str] = {
    "learning": "", "after": "gone", "second": "another", "again": "again",
}  # fmt: skip
GREY = "#8a8a8a"
FLOOR = 1e-3  # of what is drawn on the logarithmic axis
LOGARITHMIC = {"type": "log", "range": np.log10([5e-3, 3.0]).tolist(), "tickformat": "~g"}


def draw_learning(curves: Sequence[Curve], title: str = "Learning, trial by trial") -> go.Figure:
    """Draw a panel per perturbation, a line per controller, mean and 95 % interval over seeds."""
    panels = _by_level(curves)
    n_rows = -(-len(panels) // COLUMNS)
    figure = make_subplots(
        n_rows, min(COLUMNS, len(panels)), subplot_titles=[_title(panel[0]) for panel in panels],
        vertical_spacing=0.3 / n_rows, horizontal_spacing=0.08,
    )  # fmt: skip
    for number, panel in enumerate(panels):
        _draw_panel(figure, panel, row=number // COLUMNS + 1, col=number % COLUMNS + 1)
    figure.update_layout(
        title=title, height=PANEL_HEIGHT * n_rows + 140, template="plotly_white",
        legend={"orientation": "h", "yanchor": "top", "y": -0.25 / n_rows},
    )  # fmt: skip
    return figure


def learning_panels(curves: Sequence[Curve]) -> list[Panel]:
    """Draw the same, a picture per perturbation."""
    return [_panel(mine) for mine in _by_level(curves)]


def _panel(curves: Sequence[Curve]) -> Panel:
    figure = blank_figure().set_subplots(1, 1)
    _draw_panel(figure, curves, row=1, col=1)
    return Panel(figure.update_layout(margin_t=26), _title(curves[0]), PANEL_HEIGHT)


def _by_level(curves: Sequence[Curve]) -> list[list[Curve]]:
    levels = dict.fromkeys(curve.level for curve in curves)
    return [[curve for curve in curves if curve.level == level] for level in levels]


def _title(curve: Curve) -> str:
    return curve.level.label if curve.is_perturbed else "no perturbation"


def _draw_panel(figure: go.Figure, curves: Sequence[Curve], **cell: int) -> None:
    """Draw the curves of a perturbation."""
    for group in grouped(curves):
        color = controller_color(group[0].controller)
        start = 0
        for phase in PHASES:
            start = _draw_phase(figure, group, phase, start, color, cell)
        level = group[0].without_learning
        if level is not None:
            figure.add_hline(y=level, line={"color": color, "dash": "dot"}, **cell)
    _name_phases(figure, curves[0], cell)
    if curves[0].is_perturbed:
        figure.update_yaxes(title_text="normalised error", **LOGARITHMIC, **cell)
    else:
        figure.update_yaxes(title_text="excess deviation", **cell)
    figure.update_xaxes(title_text="trial", **cell)


def _draw_phase(
    figure: go.Figure,
    group: Sequence[Curve],
    phase: Phase,
    start: int,
    color: str,
    cell: dict[str, int],
) -> int:
    """Draw the trials that all seeds have; return the number of the last one."""
    n_trials = min(len(curve.trials(phase)) for curve in group)
    if not n_trials:
        return start
    name = group[0].controller
    values = np.array([remaining(curve, phase)[:n_trials] for curve in group])
    intervals = [bootstrap_interval(trial, np.random.default_rng(0)) for trial in values.T]
    floor = FLOOR if group[0].is_perturbed else -np.inf
    low, high = np.maximum(np.array(intervals).T, floor)
    trials = start + 1 + np.arange(n_trials)
    figure.add_scatter(
        x=np.concatenate([trials, trials[::-1]]), y=np.concatenate([high, low[::-1]]),
        fill="toself", fillcolor=color, opacity=0.2, line={"width": 0}, hoverinfo="skip",
        mode="lines", showlegend=False, legendgroup=name, **cell,
    )  # fmt: skip
    in_legend = any(trace.name == name for trace in figure.data)
    figure.add_scatter(
        x=trials, y=np.maximum(values.mean(axis=0), floor), mode="lines", name=name,
        legendgroup=name, showlegend=not in_legend, line={"color": color, "width": 2}, **cell,
    )  # fmt: skip
    return start + n_trials


def _name_phases(figure: go.Figure, curve: Curve, cell: dict[str, int]) -> None:
    start = 0
    for phase, name in PHASES.items():
        if name and curve.trials(phase):
            figure.add_vline(
                x=start + 0.5, line={"color": GREY, "width": 1}, annotation_text=name,
                annotation_position="top right", annotation_font={"size": 10, "color": GREY},
                **cell,
            )  # fmt: skip
        start += len(curve.trials(phase))
