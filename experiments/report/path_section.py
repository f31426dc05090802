"""The hand's paths, with what they deviate from straight lines enlarged."""

from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.panels import Panel, Section, blank_figure
from spikearm.experiments.report.enlarged import enlarged, enlargement
from spikearm.experiments.report.series import Series, add_band, thin
from spikearm.experiments.studies.benchmark.metrics import straight_way

IDEAL_COLOR = "#9a9a9a"
IDEAL = "ideal"
ROOM = 1.3  # half the width of the drawn space over the targets' distance from the start
EDGE = 1.06  # half the width of a drawn plane over the farthest point
FORWARD, LEFT, UP = range(3)  # the axes of an arm's own frame
EYE = (2.1, 1.3, 0.85)  # sees the paths from the front, a little from the arm's left and above
LOWERED = -0.12  # looks a little below home, where the axes' titles are
SAME_LINE = 6  # decimals of a metre to which two ideal lines that are drawn as one agree
N_SHARES = 101  # points of the way at which a deviation is drawn
TALL = 420  # px

Coordinates = Callable[[np.ndarray], dict[str, np.ndarray]]


def path_section(series: Sequence[Series]) -> Section:
    """Draw the hand's paths out to the targets, each in its arm's own frame."""
    factor = enlargement(motion for one in series for motion in one.outward)
    return Section(
        "Hand paths",
        "Out to the targets, from the start and in each arm's own directions. Dashed: the straight "
        f"lines. The hand's distance from them is drawn {factor:,.0f} times as large as it is, but "
        "for the last picture: there, line and band are mean and range over motions.",
        [
            Panel(in_space(series, factor), "in space; drag to turn it", TALL),
            Panel(seen_from(series, factor, UP), "from the front", TALL),
            Panel(seen_from(series, factor, FORWARD), "from above, forward axis stretched", TALL),
            Panel(over_the_way(series), "distance from the straight line", TALL),
        ],
    )


def in_space(series: Sequence[Series], factor: float) -> go.Figure:
    """Draw enlarged paths in space."""
    figure = blank_figure()
    _draw_paths(
        figure, series, factor, lambda points: dict(zip("xyz", points.T, strict=True)),
        go.Scatter3d,
    )  # fmt: skip
    room = ROOM * np.linalg.norm(_ideal_lines(series), axis=2).max()
    camera = {"eye": dict(zip("xyz", EYE, strict=True)), "center": {"z": LOWERED}}
    scene = {"aspectmode": "cube", "camera": camera}
    for axis, direction in zip("xyz", ("forward", "left", "up"), strict=True):
        scene[f"{axis}axis"] = {
            "title": {"text": f"{direction} m", "font": {"size": 11}}, "range": [-room, room],
            "nticks": 4, "tickfont": {"size": 9},
        }  # fmt: skip
    return figure.update_layout(scene=scene, margin={"l": 0, "r": 0, "t": 0, "b": 0})


def seen_from(series: Sequence[Series], factor: float, axis: int) -> go.Figure:
    """Draw enlarged paths in the plane of an arm's right and another of its axes.

    Of many tasks all targets lie in the frontal plane: the forward axis has a scale of its own.
    """
    figure = blank_figure()
    _draw_paths(figure, series, factor, lambda points: _plane(points, axis), go.Scatter)
    right = EDGE * max(np.nanmax(np.abs(trace.x)) for trace in figure.data)
    figure.update_xaxes(title_text="to the right mm", range=[-right, right], constrain="domain")
    if axis == UP:
        return figure.update_yaxes(title_text="up mm", scaleanchor="x", constrain="domain")
    return figure.update_yaxes(title_text="forward mm")


def over_the_way(series: Sequence[Series]) -> go.Figure:
    """Draw the hand's distance from the straight line over the share of it that is behind."""
    figure = blank_figure()
    for one in series:
        distances = 1e3 * np.array([distance_by_share(motion) for motion in one.outward])
        reached = ~np.isnan(distances).any(axis=0)
        add_band(figure, one, np.linspace(0, 100, N_SHARES)[reached], distances[:, reached])
    figure.update_xaxes(title_text="share of the way %")
    return figure.update_yaxes(title_text="mm", rangemode="tozero")


def distance_by_share(trajectory: Trajectory) -> np.ndarray:
    """Return the distance from the straight line where each share of it is first behind the hand.

    Returns:
        Shape (N_SHARES,) [m]; not a number for shares that the hand never reached.
    """
    share, across = straight_way(trajectory)
    steps = np.searchsorted(np.maximum.accumulate(share), np.linspace(0, 1, N_SHARES))
    distance = np.append(np.linalg.norm(across, axis=1), np.nan)
    return distance[steps]


def _draw_paths(
    figure: go.Figure,
    series: Sequence[Series],
    factor: float,
    coordinates: Coordinates,
    scatter: type,
) -> None:
    """Draw the ideal lines, then the paths of each series, all in the frame of their arm."""
    figure.add_trace(
        scatter(
            **coordinates(_lifted(_ideal_lines(series))), mode="lines", name=IDEAL,
            line={"color": IDEAL_COLOR, "dash": "dash", "width": 2},
        )
    )  # fmt: skip
    for one in series:
        paths = [one.from_start(thin(t, enlarged(t, factor))) for t in one.outward]
        figure.add_trace(
            scatter(
                **coordinates(_lifted(paths)), mode="lines", name=one.label,
                legendgroup=one.label, line=one.line(),
            )
        )  # fmt: skip


def _ideal_lines(series: Sequence[Series]) -> np.ndarray:
    """Collect the straight lines of every arm and task, none twice, shape (n_lines, 2, 3) [m]."""
    lines = [one.from_start(t.reference_position[[0, -1]]) for one in series for t in one.outward]
    return np.unique(np.round(lines, SAME_LINE), axis=0)


def _lifted(curves: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
    """Join curves, lifting the pen after each, shape (n_points, 3)."""
    gap = np.full((1, 3), np.nan)
    return np.concatenate([part for curve in curves for part in (curve, gap)])


def _plane(points: np.ndarray, axis: int) -> dict[str, np.ndarray]:
    """Look at the plane of the arm's right and another of its axes, in mm."""
    return {"x": -1e3 * points[:, LEFT], "y": 1e3 * points[:, axis]}
