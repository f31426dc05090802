"""The pictures of a report, as plotly figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.palette import LIMIT_COLOR
from spikearm.experiments.records.records import RecordedReach
from spikearm.experiments.studies.benchmark.metrics import position_error

IDEAL_COLOR = "#9a9a9a"
JOINT_COLUMNS = 4
POINT_TIME = 0.01  # s between two points of a drawn curve
ROOM = 1.2  # half the width of the drawn space over the targets' distance from the start
FORWARD, LEFT, UP = range(3)  # the axes of an arm's own frame
EYE = (1.7, 1.05, 0.75)  # sees the paths from the front, a little from the arm's left and above
LOWERED = -0.15  # looks a little below home, where the axes' titles are
SAME_LINE = 6  # decimals of a metre to which two ideal lines that are drawn as one agree


@dataclass(frozen=True)
class Series:
    """The motions of one controller with one seed, as they are drawn.

    Attributes:
        label: Name in every legend.
        color: Colour of its controller.
        dash: Dash of its lines, which tells runs apart.
        reaches: Its motions.
        joints: Joint names.
        torque_limits: Shape (n_joints,) [N m].
        forward: The arm's forward axis, a horizontal unit vector, shape (3,).
    """

    label: str
    color: str
    reaches: Sequence[RecordedReach]
    joints: Sequence[str]
    torque_limits: np.ndarray
    forward: np.ndarray
    dash: str = "solid"

    @property
    def trajectories(self) -> list[Trajectory]:
        """The motions without their names."""
        return [reach.trajectory for reach in self.reaches]

    @property
    def outward(self) -> list[Trajectory]:
        """The motions out to the targets."""
        return [reach.trajectory for reach in self.reaches if reach.direction == "out"]

    def from_start(self, points: np.ndarray) -> np.ndarray:
        """Express points in the arm's own frame: forward, left and up from where the hand starts.

        Args:
            points: In the world frame, shape (n, 3) [m].

        Returns:
            Shape (n, 3) [m].
        """
        up = np.array([0.0, 0.0, 1.0])
        axes = np.stack([self.forward, np.cross(up, self.forward), up], axis=1)  # (3, 3)
        start = self.trajectories[0].reference_position[0]
        return (points - start) @ axes


def hand_paths(series: Sequence[Series]) -> go.Figure:
    """Draw the hand's paths out to the targets in space, each in its arm's own frame."""
    figure = go.Figure()
    _draw_paths(
        figure, series, lambda points: dict(zip("xyz", points.T, strict=True)), go.Scatter3d
    )
    room = ROOM * np.linalg.norm(_ideal_lines(series), axis=2).max()
    camera = {"eye": dict(zip("xyz", EYE, strict=True)), "center": {"z": LOWERED}}
    scene = {"aspectmode": "cube", "camera": camera}
    for axis, direction in zip("xyz", ("forward", "left", "up"), strict=True):
        scene[f"{axis}axis"] = {"title": f"{direction} m", "range": [-room, room]}
    figure.update_layout(height=560, scene=scene)
    return figure


def hand_path_views(series: Sequence[Series]) -> go.Figure:
    """Draw the hand's paths in each arm's frontal plane and from above, relative to the start."""
    figure = make_subplots(
        1, 2, subplot_titles=("frontal plane", "from above, forward axis stretched")
    )
    for column, axis in enumerate((UP, FORWARD), start=1):
        _draw_paths(
            figure, series, lambda points, axis=axis: _plane(points, axis), go.Scatter,
            row=1, col=column, showlegend=column == 1,
        )  # fmt: skip
        figure.update_xaxes(title_text="to the right mm", row=1, col=column)
    figure.update_yaxes(title_text="up mm", scaleanchor="x", row=1, col=1)
    figure.update_yaxes(title_text="forward mm", row=1, col=2)
    figure.update_layout(height=480)
    return figure


def deviation(series: Sequence[Series]) -> go.Figure:
    """Draw the distance from the ideal position over time: mean and range over reaches."""
    figure = go.Figure()
    for one in series:
        errors = np.array([_thin(t, position_error(t)) for t in one.trajectories]) * 1e3
        time = _thin(one.trajectories[0], one.trajectories[0].time)
        _add_band(figure, one, time, errors)
    figure.update_layout(height=380)
    figure.update_xaxes(title_text="time s")
    figure.update_yaxes(title_text="distance from ideal position mm", type="log", tickformat="~g")
    return figure


def torques(series: Sequence[Series]) -> go.Figure:
    """Draw each joint's torque against its limit, in the reach that asks most of it."""
    first = series[0]
    n_rows = -(-len(first.joints) // JOINT_COLUMNS)
    figure = make_subplots(
        n_rows, JOINT_COLUMNS, subplot_titles=list(first.joints),
        vertical_spacing=0.16, horizontal_spacing=0.05,
    )  # fmt: skip
    for joint, limit in enumerate(first.torque_limits):
        cell = {"row": joint // JOINT_COLUMNS + 1, "col": joint % JOINT_COLUMNS + 1}
        hardest = max(
            first.reaches, key=lambda reach: np.abs(reach.trajectory.torque[:, joint]).max()
        )
        for one in (s for s in series if s.joints == first.joints):
            for reach in one.reaches:
                if (reach.target, reach.direction) == (hardest.target, hardest.direction):
                    _add_torque(figure, one, reach.trajectory, joint, cell)
        for bound in (-limit, limit):
            figure.add_hline(y=bound, line={"dash": "dot", "color": LIMIT_COLOR}, **cell)
        figure.update_yaxes(range=[-1.1 * limit, 1.1 * limit], **cell)
    figure.update_yaxes(title_text="N m", col=1)
    figure.update_xaxes(title_text="time s", row=n_rows)
    figure.update_layout(height=480)
    return figure


def spikes(series: Sequence[Series]) -> go.Figure | None:
    """Draw spikes per step over time, mean and range over reaches; None without neurons."""
    neural = [one for one in series if any((t.spikes > 0).any() for t in one.trajectories)]
    if not neural:
        return None
    figure = go.Figure()
    for one in neural:
        counts = np.array([_mean_over_points(t, t.spikes) for t in one.trajectories])
        _add_band(figure, one, _thin(one.trajectories[0], one.trajectories[0].time), counts)
    figure.update_xaxes(title_text="time s")
    figure.update_yaxes(title_text="spikes per control step", rangemode="tozero")
    figure.update_layout(height=340)
    return figure


def _draw_paths(
    figure: go.Figure,
    series: Sequence[Series],
    coordinates: Callable[[np.ndarray], dict[str, np.ndarray]],
    scatter: type,
    row: int | None = None,
    col: int | None = None,
    showlegend: bool = True,
) -> None:
    """Draw the ideal lines, then the paths of each series, all in the frame of their arm."""
    figure.add_trace(
        scatter(
            **coordinates(_lifted(_ideal_lines(series))), mode="lines", name="ideal",
            legendgroup="ideal", showlegend=showlegend,
            line={"color": IDEAL_COLOR, "dash": "dash", "width": 3},
        ),
        row=row, col=col,
    )  # fmt: skip
    for one in series:
        paths = [one.from_start(_thin(t, t.hand_position)) for t in one.outward]
        figure.add_trace(
            scatter(
                **coordinates(_lifted(paths)), mode="lines", name=one.label, legendgroup=one.label,
                showlegend=showlegend, line={"color": one.color, "width": 2, "dash": one.dash},
            ),
            row=row, col=col,
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


def _add_torque(
    figure: go.Figure, one: Series, trajectory: Trajectory, joint: int, cell: dict[str, int]
) -> None:
    in_legend = any(trace.legendgroup == one.label for trace in figure.data)
    figure.add_scatter(
        x=_thin(trajectory, trajectory.time), y=_thin(trajectory, trajectory.torque[:, joint]),
        name=one.label, legendgroup=one.label, showlegend=not in_legend,
        line={"color": one.color, "width": 1.3, "dash": one.dash}, **cell,
    )  # fmt: skip


def _add_band(figure: go.Figure, one: Series, time: np.ndarray, values: np.ndarray) -> None:
    low, high = values.min(axis=0), values.max(axis=0)
    figure.add_scatter(
        x=np.concatenate([time, time[::-1]]), y=np.concatenate([high, low[::-1]]),
        fill="toself", fillcolor=one.color, opacity=0.15, line={"width": 0}, hoverinfo="skip",
        showlegend=False, legendgroup=one.label,
    )  # fmt: skip
    figure.add_scatter(
        x=time, y=values.mean(axis=0), name=one.label, legendgroup=one.label,
        line={"color": one.color, "width": 2, "dash": one.dash},
    )  # fmt: skip


def _every(trajectory: Trajectory) -> int:
    return max(1, round(POINT_TIME / trajectory.period))


def _thin(trajectory: Trajectory, values: np.ndarray) -> np.ndarray:
    """Keep the values that are drawn, the last one among them."""
    return values[:: -_every(trajectory)][::-1]


def _mean_over_points(trajectory: Trajectory, values: np.ndarray) -> np.ndarray:
    """Average over the steps between two drawn points."""
    every = _every(trajectory)
    return values[len(values) % every :].reshape(-1, every).mean(axis=1)
