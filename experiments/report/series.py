"""Motions of one controller, as a report draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.reach import RecordedReach
from spikearm.neural.spikes import SpikeTrains

POINT_TIME = 0.01  # s between two points of a drawn curve


@dataclass(frozen=True)
class Series:
    """The motions of one controller with one seed, as they are drawn.

    Attributes:
        label: Name in every legend.
        color: Colour of its controller.
        reaches: Its motions.
        joints: Joint names.
        torque_limits: Shape (n_joints,) [N m].
        forward: The arm's forward axis, a horizontal unit vector, shape (3,).
        dash: Dash of its lines, which tells runs apart.
        spike_trains: Spikes of the first of its motions to a target, if they were recorded.
    """

    label: str
    color: str
    reaches: Sequence[RecordedReach]
    joints: Sequence[str]
    torque_limits: np.ndarray
    forward: np.ndarray
    dash: str = "solid"
    spike_trains: SpikeTrains | None = None

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

    def line(self, width: float = 2.0) -> dict[str, object]:
        """Return the style of its lines, as plotly takes it."""
        return {"color": self.color, "dash": self.dash, "width": width}


def add_band(figure: go.Figure, one: Series, x: np.ndarray, values: np.ndarray) -> None:
    """Draw the mean over motions as a line, and their range as a band.

    Args:
        figure: Picture to draw into.
        one: Series that the motions belong to.
        x: Abscissa, shape (n_points,).
        values: Value of every motion, shape (n_motions, n_points).
    """
    low, high = values.min(axis=0), values.max(axis=0)
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]), y=np.concatenate([high, low[::-1]]),
        fill="toself", fillcolor=one.color, opacity=0.15, line={"width": 0}, hoverinfo="skip",
        mode="lines", legendgroup=one.label,
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=values.mean(axis=0), name=one.label, legendgroup=one.label, mode="lines",
        line=one.line(),
    )  # fmt: skip


def thin(trajectory: Trajectory, values: np.ndarray) -> np.ndarray:
    """Keep the values that are drawn, the last one among them."""
    return values[:: -_every(trajectory)][::-1]


def thinned_means(trajectory: Trajectory, values: np.ndarray) -> np.ndarray:
    """Average over the steps between two drawn points."""
    every = _every(trajectory)
    return values[len(values) % every :].reshape(-1, every).mean(axis=1)


def _every(trajectory: Trajectory) -> int:
    return max(1, round(POINT_TIME / trajectory.period))
