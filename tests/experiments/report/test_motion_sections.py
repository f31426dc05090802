"""Pictures of errors and torques over time, against the motions they are drawn from."""

from typing import Any

import numpy as np

from spikearm.experiments.report.motion_sections import (
    DECADES,
    ERRORS,
    deviation_section,
    joint_torque,
    over_time,
    torque_section,
)

STEP = 0.001  # s
DRAWN = np.arange(9, 150, 10)  # steps at 0.010 s, 0.020 s ... 0.150 s


def named(figure: Any, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def distance(series) -> Any:
    return over_time(series, *ERRORS["distance from the ideal position"])


def test_deviation_is_drawn_as_mean_and_range_over_motions(series):
    figure = distance(series)
    for index, one in enumerate(series):
        gaps = [motion.hand_position - motion.reference_position for motion in one.trajectories]
        errors = 1e3 * np.sqrt(np.sum(np.square(gaps), axis=2))[:, DRAWN]  # mm
        assert errors.shape == (4, 15)
        band, line = figure.data[2 * index : 2 * index + 2]
        assert line.name == one.label
        np.testing.assert_allclose(line.x, STEP * (DRAWN + 1))
        np.testing.assert_allclose(line.y, errors.mean(axis=0))
        np.testing.assert_allclose(band.y[:15], errors.max(axis=0))
        np.testing.assert_allclose(band.y[15:], errors.min(axis=0)[::-1])
        np.testing.assert_allclose(band.x, np.concatenate([line.x, line.x[::-1]]))


def test_the_largest_deviation_is_in_the_picture_and_the_smallest_need_not_be(series):
    low, high = distance(series).layout.yaxis.range
    errors = [np.linalg.norm(m.hand_position - m.reference_position, axis=1)[DRAWN]
              for one in series for m in one.trajectories]  # fmt: skip
    assert 0 < high - np.log10(1e3 * np.max(errors)) < 0.2
    assert high - low == DECADES


def test_errors_of_position_and_orientation_have_a_panel_each(series):
    section = deviation_section(series)
    assert [panel.title for panel in section.panels] == list(ERRORS)
    units = [panel.figure.layout.yaxis.title.text for panel in section.panels]
    assert units == ["mm", "mrad"]


def test_torques_are_those_of_the_motion_that_asks_most_of_the_joint(series):
    hardest = []
    for joint in range(7):
        peaks = [np.abs(reach.trajectory.torque[:, joint]).max() for reach in series[0].reaches]
        hardest.append(int(np.argmax(peaks)))
        figure = joint_torque(series, joint)
        for one in series:
            (trace,) = named(figure, one.label)
            np.testing.assert_array_equal(
                trace.y, one.reaches[hardest[-1]].trajectory.torque[DRAWN, joint]
            )
    assert len(set(hardest)) > 1  # it is not the same one for every joint


def test_every_joint_has_its_panel_with_its_limits(series):
    section = torque_section(series)
    assert [panel.title for panel in section.panels] == list(series[0].joints)
    for panel, limit in zip(section.panels, series[0].torque_limits, strict=True):
        assert sorted(line.y0 for line in panel.figure.layout.shapes) == [-limit, limit]
