"""Pictures of hand paths, against the motions they are drawn from."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from blank_trajectory import blank_trajectory
from scipy.spatial.transform import Rotation

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.report.enlarged import enlarged, enlargement
from spikearm.experiments.report.path_section import (
    FORWARD,
    UP,
    distance_by_share,
    in_space,
    over_the_way,
    path_section,
    seen_from,
)
from spikearm.experiments.report.series import Series

DRAWN = np.arange(9, 150, 10)  # steps at 0.010 s, 0.020 s ... 0.150 s
FACTOR = 40.0


def named(figure: Any, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def lifted(points: list[np.ndarray]) -> np.ndarray:
    """Join curves with a gap after each, as a pen that is lifted draws them."""
    gap = np.full((1, points[0].shape[1]), np.nan)
    return np.concatenate([part for curve in points for part in (curve, gap)])


def in_own_frame(one: Series, points: np.ndarray) -> np.ndarray:
    """Express points forward, left and up from home, for a forward axis (0.6, -0.8, 0)."""
    np.testing.assert_array_equal(one.forward, [0.6, -0.8, 0.0])
    x, y, z = (points - one.trajectories[0].reference_position[0]).T
    return np.stack([0.6 * x - 0.8 * y, 0.8 * x + 0.6 * y, z], axis=1)


def stretched(motion: Trajectory) -> np.ndarray:
    """Enlarge what lies across the line by the plane that the line is the normal of."""
    start, end = motion.reference_position[[0, -1]]
    normal = (end - start) / np.linalg.norm(end - start)
    across = np.eye(3) - np.outer(normal, normal)
    stretch = np.eye(3) + (FACTOR - 1.0) * across
    return start + (motion.hand_position - start) @ stretch


def in_the_air(trace: Any) -> np.ndarray:
    return np.stack([trace.x, trace.y, trace.z], axis=1)


def by_end(lines: np.ndarray) -> np.ndarray:
    """Order lines by where they end, shape (n_lines, 2, 3)."""
    return lines[np.argsort(lines[:, 1, 0])]


def moved(reach: RecordedReach, turn: Rotation, shift: np.ndarray) -> RecordedReach:
    """Turn a motion in space, then shift it."""
    motion = reach.trajectory
    return replace(reach, trajectory=replace(
        motion, hand_position=turn.apply(motion.hand_position) + shift,
        reference_position=turn.apply(motion.reference_position) + shift,
    ))  # fmt: skip


def bowed(height: float) -> Trajectory:
    """A motion of 0.2 m along y, in 11 steps, that rises by up to a height halfway."""
    motion = blank_trajectory(11, 2)
    share = np.linspace(0.0, 1.0, 11)
    motion.reference_position[:, 1] = 0.2 * share
    motion.hand_position[:, 1] = 0.2 * share
    motion.hand_position[:, 2] = height * np.sin(np.pi * share)
    return motion


def test_a_series_goes_out_with_the_motions_that_go_out(series):
    assert [reach.direction for reach in series[1].reaches] == ["out", "back", "out", "back"]
    assert series[1].outward[1] is series[1].reaches[2].trajectory
    assert len(series[1].outward) == 2


def test_hand_paths_are_drawn_in_space_with_what_lies_across_the_line_enlarged(series):
    figure = in_space(series, FACTOR)
    for one in series:
        (trace,) = named(figure, one.label)
        wanted = lifted([in_own_frame(one, stretched(motion)[DRAWN]) for motion in one.outward])
        np.testing.assert_allclose(in_the_air(trace), wanted, atol=1e-12)
        assert trace.line.color == one.color


def test_a_bow_is_enlarged_and_its_progress_is_not():
    motion = bowed(0.003)
    points = enlarged(motion, 10.0)
    np.testing.assert_allclose(points[:, 2], 10 * motion.hand_position[:, 2], atol=1e-12)
    np.testing.assert_allclose(points[:, 1], motion.hand_position[:, 1], atol=1e-12)
    np.testing.assert_array_equal(enlarged(motion, 1.0), motion.hand_position)


@pytest.mark.parametrize(
    ("height", "factor"), [(0.0011, 50.0), (0.0016, 30.0), (0.02, 3.0), (0.055, 1.0), (0.5, 1.0)]
)
def test_the_largest_bow_is_drawn_as_at_most_three_tenths_of_the_way(height, factor):
    assert enlargement([bowed(1e-5), bowed(height), bowed(0.5 * height)]) == factor
    if factor > 1:
        assert factor * height <= 0.3 * 0.2 < (factor + 10) * height


def test_a_path_without_any_deviation_has_a_factor():
    assert np.isfinite(enlargement([bowed(0.0)]))
    assert enlargement([]) == 1.0


def test_the_caption_says_the_factor_and_every_panel_has_a_title(series):
    section = path_section(series)
    factor = enlargement(motion for one in series for motion in one.outward)
    assert f"drawn {factor:,.0f} times as large" in section.caption
    assert len(section.panels) == len({panel.title for panel in section.panels}) == 4
    assert section.labels >= {"analytic", "pd"}


def test_every_ideal_line_is_drawn_once(series):
    assert len(series) == 2  # with the same targets
    (ideal,) = named(in_space(series, FACTOR), "ideal")
    wanted = [
        in_own_frame(series[0], motion.reference_position[[0, -1]]) for motion in series[0].outward
    ]
    drawn = in_the_air(ideal).reshape(-1, 3, 3)  # two ends and a gap
    assert np.isnan(drawn[:, 2]).all()
    np.testing.assert_allclose(by_end(drawn[:, :2]), by_end(np.array(wanted)), atol=1e-6)


def test_another_arm_is_drawn_in_its_own_frame(series):
    turn, shift = Rotation.from_euler("z", 0.7), np.array([0.3, -0.9, 0.4])
    elsewhere = replace(
        series[1], label="other arm", forward=turn.apply(series[1].forward),
        reaches=[moved(reach, turn, shift) for reach in series[1].reaches],
    )  # fmt: skip
    shown = [series[0], series[1], elsewhere]
    for figure in (in_space(shown, FACTOR), seen_from(shown, FACTOR, UP),
                   seen_from(shown, FACTOR, FORWARD), over_the_way(shown)):  # fmt: skip
        (same,), (other,) = named(figure, "pd"), named(figure, "other arm")
        for axis in ("x", "y", "z") if "z" in same else ("x", "y"):
            np.testing.assert_allclose(same[axis], other[axis], atol=1e-9)
        if ideal := named(figure, "ideal"):
            assert len(ideal[0].x) == 2 * 3  # the lines are the same: two reaches


def test_the_ideal_lines_of_another_task_are_drawn_too(series):
    turn = Rotation.from_rotvec(0.5 * series[1].forward)  # about an axis that stays forward
    other = replace(
        series[1], reaches=[moved(reach, turn, np.zeros(3)) for reach in series[1].reaches]
    )
    (ideal,) = named(in_space([series[0], other], FACTOR), "ideal")
    assert len(ideal.x) == 2 * 2 * 3


def test_the_space_that_is_drawn_holds_all_paths(series):
    factor = enlargement(motion for one in series for motion in one.outward)
    scene = in_space(series, factor).layout.scene
    for axis, column, title in ((scene.xaxis, 0, "forward m"), (scene.yaxis, 1, "left m"),
                                (scene.zaxis, 2, "up m")):  # fmt: skip
        assert axis.title.text == title
        for one in series:
            for motion in one.outward:
                drawn = in_own_frame(one, enlarged(motion, factor))[:, column]
                assert axis.range[0] < drawn.min()
                assert axis.range[1] > drawn.max()
        assert np.diff(axis.range) < 0.1  # m; the reaches are 0.03 m long


@pytest.mark.parametrize(
    ("axis", "upward"), [(UP, np.array([0.0, 0.0, 1.0])), (FORWARD, np.array([0.6, -0.8, 0.0]))]
)
def test_a_view_is_a_projection_in_millimetres_from_home(series, axis, upward):
    figure = seen_from(series, FACTOR, axis)
    (drawn,) = named(figure, "pd")
    home = series[0].trajectories[0].reference_position[0]
    offsets = [1e3 * (stretched(motion)[DRAWN] - home) for motion in series[1].outward]
    right = np.array([-0.8, -0.6, 0.0])  # of a forward axis (0.6, -0.8, 0)
    wanted = lifted([np.stack([xyz @ right, xyz @ upward], axis=1) for xyz in offsets])
    np.testing.assert_allclose(np.stack([drawn.x, drawn.y], axis=1), wanted, atol=1e-9)
    low, high = figure.layout.xaxis.range
    assert low < np.nanmin(wanted[:, 0])
    assert high > np.nanmax(wanted[:, 0])


def test_a_distance_is_drawn_where_the_hand_first_has_that_share_of_the_way_behind_it():
    motion = bowed(0.004)
    motion.hand_position[:, 1] += 1e-12  # m; the tenth of the way is behind it, rounding or not
    heights = 0.004 * np.sin(np.pi * np.linspace(0, 1, 11))
    np.testing.assert_allclose(distance_by_share(motion)[::10], heights, atol=1e-12)
    motion.hand_position[7:, 1] = 0.2 * np.array([0.55, 0.6, 0.651, 0.68])  # it turns back
    distances = distance_by_share(motion)
    np.testing.assert_allclose(distances[:61:10], heights[:7], atol=1e-12)
    assert distances[65] == pytest.approx(heights[9])  # first reached in step 9
    assert np.isnan(distances[69:]).all()  # never reached


def test_the_distance_is_drawn_as_mean_and_range_over_motions(series):
    figure = over_the_way(series)
    (line,) = named(figure, "pd")
    distances = 1e3 * np.array([distance_by_share(motion) for motion in series[1].outward])
    shares = np.array(line.x, dtype=int)
    assert len(shares) > 50
    np.testing.assert_allclose(line.y, distances[:, shares].mean(axis=0))
    band = figure.data[list(figure.data).index(line) - 1]
    np.testing.assert_allclose(band.y[: len(shares)], distances[:, shares].max(axis=0))
