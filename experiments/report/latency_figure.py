"""The picture of a control step's wall time, whole and by part."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spikearm.controller.loop.trajectory import PARTS
from spikearm.experiments.palette import LIMIT_COLOR
from spikearm.experiments.report.figures import Series

COLUMNS = {"step_latency_s": "whole step"} | {name: name.removesuffix("_s") for name in PARTS}
PER_ROW = 3
N_POINTS = 150


def latency(series: Sequence[Series]) -> go.Figure:
    """Draw which share of steps takes a time or longer, and the deadline of the whole step."""
    figure = make_subplots(
        -(-len(COLUMNS) // PER_ROW), PER_ROW, subplot_titles=list(COLUMNS.values()),
        vertical_spacing=0.16, horizontal_spacing=0.06,
    )  # fmt: skip
    for number, column in enumerate(COLUMNS):
        cell = {"row": number // PER_ROW + 1, "col": number % PER_ROW + 1}
        for one in series:
            _add_steps(figure, one, column, cell)
        figure.update_xaxes(type="log", tickformat="~g", dtick="D2", **cell)
        figure.update_yaxes(type="log", tickformat="~g", **cell)
    deadline = series[0].trajectories[0].period * 1e3
    figure.add_vline(x=deadline, line={"dash": "dot", "color": LIMIT_COLOR}, row=1, col=1)
    figure.update_xaxes(title_text="ms", row=2)
    figure.update_yaxes(title_text="steps %", col=1)
    figure.update_layout(height=560)
    return figure


def _add_steps(figure: go.Figure, one: Series, column: str, cell: dict[str, int]) -> None:
    """Draw a controller's curve, if the part takes it any time."""
    steps = np.concatenate([getattr(t, column) for t in one.trajectories])
    if not steps.any():
        return
    longest_first = np.sort(steps)[::-1]
    ranks = np.unique(np.geomspace(1, len(steps), N_POINTS).astype(int))
    figure.add_scatter(
        x=1e3 * longest_first[ranks - 1], y=1e2 * ranks / len(steps), name=one.label,
        legendgroup=one.label, showlegend=cell == {"row": 1, "col": 1},
        line={"color": one.color, "width": 1.5, "dash": one.dash}, **cell,
    )  # fmt: skip
