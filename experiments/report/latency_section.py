"""The picture of a control step's wall time, whole and by part."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from spikearm.controller.loop.trajectory import PARTS
from spikearm.experiments.palette import LIMIT_COLOR
from spikearm.experiments.panels import Panel, Section, blank_figure
from spikearm.experiments.report.series import Series

WHOLE = "step_latency_s"
COLUMNS = {WHOLE: "whole step"} | {name: name.removesuffix("_s") for name in PARTS}
N_POINTS = 150
WIDE = 50.0  # largest over smallest time from which an axis names powers of ten alone


def latency_section(series: Sequence[Series]) -> Section:
    """Draw the wall times of steps, a panel for the whole and for each part that takes any."""
    figures = {title: latency(series, column) for column, title in COLUMNS.items()}
    return Section(
        "Latency",
        "Share of steps that take a time or longer, from state read to torque written and by "
        "part. Dotted: the control period.",
        [Panel(figure, title, 240) for title, figure in figures.items() if figure.data],
        width=300,
    )


def latency(series: Sequence[Series], column: str) -> go.Figure:
    """Draw which share of steps takes a time or longer, and the deadline of the whole step."""
    figure = blank_figure()
    for one in series:
        _add_steps(figure, one, column)
    drawn = np.concatenate([[], *(trace.x for trace in figure.data)])
    if column == WHOLE:
        deadline = series[0].trajectories[0].period * 1e3
        figure.add_vline(x=deadline, line={"dash": "dot", "color": LIMIT_COLOR})
    wide = drawn.size and drawn.max() > WIDE * drawn.min()
    figure.update_xaxes(title_text="ms", type="log", tickformat="~g", dtick=1 if wide else "D2")
    return figure.update_yaxes(title_text="steps %", type="log", tickformat="~g", dtick=1)


def _add_steps(figure: go.Figure, one: Series, column: str) -> None:
    """Draw a controller's curve, if the part takes it any time."""
    steps = np.concatenate([getattr(t, column) for t in one.trajectories])
    if not steps.any():
        return
    longest_first = np.sort(steps)[::-1]
    ranks = np.unique(np.geomspace(1, len(steps), N_POINTS).astype(int))
    figure.add_scatter(
        x=1e3 * longest_first[ranks - 1], y=1e2 * ranks / len(steps), mode="lines",
        name=one.label, legendgroup=one.label, line=one.line(1.5),
    )  # fmt: skip
