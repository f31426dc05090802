"""Errors and torques of motions over time."""

from collections.abc import Callable, Sequence

import numpy as np
import plotly.graph_objects as go

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.palette import LIMIT_COLOR
from spikearm.experiments.panels import Panel, Section, blank_figure
from spikearm.experiments.report.series import Series, add_band, thin
from spikearm.experiments.studies.benchmark.metrics import orientation_error, position_error

DECADES = 4.5  # below the largest error, that are shown

ERRORS: dict[str, tuple[Callable[[Trajectory], np.ndarray], str]] = {
    "distance from the ideal position": (position_error, "mm"),
    "angle from the ideal orientation": (orientation_error, "mrad"),
}
"""Functions of the errors, and the thousandth part of their unit, by name."""


def deviation_section(series: Sequence[Series]) -> Section:
    """Draw the errors of hand pose over time."""
    return Section(
        "Deviation from the ideal trajectory",
        "Line: mean over motions, out and back. Band: their range.",
        [Panel(over_time(series, *error), title) for title, error in ERRORS.items()],
    )


def over_time(
    series: Sequence[Series], error: Callable[[Trajectory], np.ndarray], unit: str
) -> go.Figure:
    """Draw an error over time, in thousandths of its unit: mean and range over motions."""
    figure, largest = blank_figure(), 0.0
    for one in series:
        values = np.array([thin(t, error(t)) for t in one.trajectories]) * 1e3
        first = one.trajectories[0]
        add_band(figure, one, thin(first, first.time), values)
        largest = max(largest, values.max())
    figure.update_xaxes(title_text="time s")
    figure.update_yaxes(title_text=unit, type="log", tickformat="~g", dtick=1)
    if largest:
        top = np.log10(largest) + 0.1
        figure.update_yaxes(range=[top - DECADES, top])
    return figure


def torque_section(series: Sequence[Series]) -> Section:
    """Draw each joint's torque against its limit, in the reach that asks most of it."""
    joints = enumerate(series[0].joints)
    return Section(
        "Joint torques",
        "The motion in which the first controller needs most of the joint. Dotted: its limits. "
        "Only arms with the same joints as the first one are drawn.",
        [Panel(joint_torque(series, number), name, 210) for number, name in joints],
        width=230,
    )


def joint_torque(series: Sequence[Series], joint: int) -> go.Figure:
    """Draw the torque of a joint in the motion in which the first series needs most of it."""
    first = series[0]
    hardest = max(first.reaches, key=lambda reach: np.abs(reach.trajectory.torque[:, joint]).max())
    figure = blank_figure()
    for one in (s for s in series if list(s.joints) == list(first.joints)):
        for reach in one.reaches:
            if (reach.target, reach.direction) == (hardest.target, hardest.direction):
                motion = reach.trajectory
                figure.add_scatter(
                    x=thin(motion, motion.time), y=thin(motion, motion.torque[:, joint]),
                    mode="lines", name=one.label, legendgroup=one.label, line=one.line(1.3),
                )  # fmt: skip
    limit = float(first.torque_limits[joint])
    for bound in (-limit, limit):
        figure.add_hline(y=bound, line={"dash": "dot", "color": LIMIT_COLOR})
    figure.update_xaxes(title_text="time s")
    return figure.update_yaxes(title_text="N m", range=[-1.1 * limit, 1.1 * limit])
