"""Picture of the deviation over the strength of each perturbation."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spikearm.experiments.palette import LIMIT_COLOR, controller_color
from spikearm.experiments.panels import Panel, blank_figure
from spikearm.experiments.perturbations.registry import find_perturbation
from spikearm.experiments.studies.robustness.summary import Point, break_point, curve
from spikearm.experiments.studies.robustness.table import breaks_at, controllers_of, measured

COLUMNS = 3
PANEL_HEIGHT = 300  # px
BREAKS = "breaks: a reach ends more than 10 mm off, or, drawn at 2 m, none ends at all"
HEIGHT_TITLE = "position rmse mm"
LOST = 2.0  # m; where a point is drawn whose arm was lost or stopped in every motion


def stress_figure(points: Sequence[Point], title: str) -> go.Figure:
    """Draw one panel per perturbation and one line per controller, which end where it breaks."""
    names = measured(points)
    n_rows = max(1, -(-len(names) // COLUMNS))
    figure = make_subplots(
        n_rows, COLUMNS, subplot_titles=[_title(name) for name in names],
        vertical_spacing=0.3 / n_rows, horizontal_spacing=0.05,
    )  # fmt: skip
    for number, name in enumerate(names):
        _draw_panel(figure, points, name, row=number // COLUMNS + 1, col=number % COLUMNS + 1)
    _add_legend(figure, controllers_of(points))
    figure.update_yaxes(title_text=HEIGHT_TITLE, col=1)
    figure.update_layout(
        title=title, height=PANEL_HEIGHT * n_rows + 140, template="plotly_white",
        legend={"orientation": "h", "yanchor": "top", "y": -0.2 / n_rows},
    )  # fmt: skip
    return figure


def stress_panels(points: Sequence[Point]) -> list[Panel]:
    """Draw the same, a picture per perturbation."""
    return [_panel(points, name) for name in measured(points)]


def _panel(points: Sequence[Point], name: str) -> Panel:
    figure = blank_figure().set_subplots(1, 1)
    _draw_panel(figure, points, name, row=1, col=1)
    figure.update_yaxes(title_text=HEIGHT_TITLE)
    return Panel(figure, _title(name), PANEL_HEIGHT)


def _title(name: str) -> str:
    perturbation = find_perturbation(name)
    return f"{perturbation.title} [{perturbation.unit}]"


def _draw_panel(figure: go.Figure, points: Sequence[Point], name: str, **cell: int) -> None:
    """Draw the curves of a perturbation."""
    for controller in controllers_of(points):
        _add_curve(figure, curve(points, controller, name), cell)
    figure.update_xaxes(type="category", **cell)
    figure.update_yaxes(type="log", tickformat="~g", dtick="D2", **cell)


def _add_curve(figure: go.Figure, points: Sequence[Point], cell: dict[str, int]) -> None:
    """Draw a line up to where it breaks, a cross there, and faintly what is beyond."""
    if not points:
        return
    label = points[0].controller
    color = controller_color(label)
    broken = break_point(points)
    last = len(points) if broken is None else points.index(broken) + 1
    for part, faint in ((points[:last], False), (points[last - 1 :], True)):
        figure.add_scatter(
            x=[point.level.shown for point in part], y=[_height(point) for point in part],
            mode="lines+markers", showlegend=False, legendgroup=label,
            opacity=0.3 if faint else 1.0,
            marker={"size": 5}, line={"color": color, "width": 2, "dash": "dot" if faint else None},
            text=[f"{p.controller}: {p.n_reached} of {p.n_motions} reached" for p in part], **cell,
        )  # fmt: skip
    if broken is not None:
        figure.add_scatter(
            x=[broken.level.shown], y=[_height(broken)], mode="markers", showlegend=False,
            legendgroup=label,
            marker={"symbol": "x", "size": 13, "color": color,
                    "line": {"color": LIMIT_COLOR, "width": 2}},
            text=f"{broken.controller} breaks at {breaks_at(points)}", **cell,
        )  # fmt: skip


def _add_legend(figure: go.Figure, controllers: Sequence[str]) -> None:
    """Name the lines, and the cross."""
    for controller in controllers:
        line = {"color": controller_color(controller), "width": 2}
        figure.add_scatter(
            x=[None], y=[None], mode="lines", name=controller, line=line, legendgroup=controller
        )
    figure.add_scatter(
        x=[None], y=[None], mode="markers", name=BREAKS,
        marker={"symbol": "x", "size": 11, "color": "white",
                "line": {"color": LIMIT_COLOR, "width": 2}},
    )  # fmt: skip


def _height(point: Point) -> float:
    return 1e3 * (LOST if point.position_rmse_m is None else point.position_rmse_m)
