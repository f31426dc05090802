"""The picture of latency: curves against the steps they are drawn from."""

from dataclasses import replace

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.controller.loop.trajectory import PARTS
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.report.latency_section import COLUMNS, N_POINTS, latency, latency_section
from spikearm.experiments.report.series import Series

N_STEPS, PERIOD = 700, 0.004


def a_series(label: str, seed: int, without: tuple[str, ...] = ()) -> Series:
    rng = np.random.default_rng(seed)
    reaches = []
    for reach in range(2):
        motion = blank_trajectory(N_STEPS, 3)
        motion.time[:] = PERIOD * np.arange(1, N_STEPS + 1)
        for part in PARTS:
            if part not in without:
                getattr(motion, part)[:] = rng.lognormal(-9, 1, N_STEPS)
        motion.step_latency_s[:] = sum(getattr(motion, part) for part in PARTS)
        reaches.append(RecordedReach(label, False, 0, reach, "out", motion))
    return Series(label, "#123456", reaches, ["a", "b", "c"], np.ones(3), np.array([1.0, 0, 0]))


@pytest.fixture(scope="module")
def series() -> list[Series]:
    return [a_series("analytic", 1, without=("encode_s", "decode_s")), a_series("loihi", 2)]


def test_every_part_has_its_panel(series):
    titles = [panel.title for panel in latency_section(series).panels]
    assert titles == ["whole step", "sense", "encode", "network", "decode", "act"]


def test_a_part_that_takes_no_stage_any_time_has_no_panel(series):
    titles = [panel.title for panel in latency_section(series[:1]).panels]
    assert titles == ["whole step", "sense", "network", "act"]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_curve_gives_the_share_of_steps_that_take_a_time_or_longer(series, column):
    (curve,) = [trace for trace in latency(series, column).data if trace.name == "loihi"]
    steps = 1e3 * np.concatenate([getattr(t, column) for t in series[1].trajectories])
    assert 0.5 * N_POINTS < len(curve.x) <= N_POINTS
    found = [100 * np.mean(steps >= time) for time in curve.x]
    np.testing.assert_allclose(found, curve.y, rtol=1e-9)
    assert (max(curve.x), min(curve.x)) == (steps.max(), steps.min())


def test_what_a_stage_does_not_do_is_not_drawn(series):
    drawn = {column: [trace.name for trace in latency(series, column).data] for column in COLUMNS}
    assert [column for column in COLUMNS if "analytic" not in drawn[column]] == [
        "encode_s", "decode_s"
    ]  # fmt: skip
    assert all("loihi" in names for names in drawn.values())


def test_the_deadline_is_drawn_where_the_whole_step_is(series):
    (line,) = latency(series, "step_latency_s").layout.shapes
    assert line.x0 == line.x1 == pytest.approx(1e3 * PERIOD)
    assert not latency(series, "network_s").layout.shapes


def test_a_single_step_is_drawn(series):
    reach = series[1].reaches[0]
    motion = blank_trajectory(1, 3)
    motion.time[:], motion.sense_s[:], motion.step_latency_s[:] = PERIOD, 2e-6, 2e-6
    one = replace(series[1], reaches=[replace(reach, trajectory=motion)])
    assert [len(latency([one], column).data) for column in COLUMNS] == [1, 1, 0, 0, 0, 0]
