"""Latency fields, worked out by hand on motions of a few steps."""

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.controller.loop.trajectory import PARTS, Trajectory
from spikearm.experiments.studies.benchmark.latency import (
    PACE_FIELDS,
    WARM_UP_STEPS,
    latency_fields,
)

PERIOD = 0.002  # s
MICRO = 1e-6


def a_motion(latency: list[float], late: float = 0.0) -> Trajectory:
    """Give steps that take so long [s], in shares of 10, 20, 40, 20 and 10 % by their parts."""
    motion = blank_trajectory(len(latency), 3)
    motion.time[:] = PERIOD * np.arange(1, len(latency) + 1)
    motion.step_latency_s[:] = latency
    for part, share in zip(PARTS, (0.1, 0.2, 0.4, 0.2, 0.1), strict=True):
        getattr(motion, part)[:] = share * np.array(latency)
    motion.late_s[:] = late
    return motion


def ramp(n_steps: int) -> list[float]:
    """Give times of 1, 2, 3 ... microseconds, after a warm-up of 500."""
    return [500 * MICRO] * WARM_UP_STEPS + [(k + 1) * MICRO for k in range(n_steps)]


def test_percentiles_are_taken_over_all_motions_after_their_first_steps():
    fields = latency_fields([a_motion(ramp(60)), a_motion(ramp(41))], realtime=False)
    pooled = sorted([*range(1, 61), *range(1, 42)])
    assert fields["step_latency_p50_s"] == pytest.approx(pooled[50] * MICRO)  # of 101
    assert fields["step_latency_p99_s"] == pytest.approx(pooled[99] * MICRO)
    assert fields["step_latency_max_s"] == pytest.approx(60 * MICRO)
    assert fields["step_latency_jitter_s"] == pytest.approx((pooled[99] - pooled[50]) * MICRO)


def test_the_first_steps_of_every_motion_are_shown_apart():
    slower = a_motion([900 * MICRO, *ramp(30)[1:]])
    fields = latency_fields([a_motion(ramp(30)), slower], realtime=False)
    assert fields["warm_up_latency_p50_s"] == pytest.approx(500 * MICRO)
    assert fields["warm_up_latency_max_s"] == pytest.approx(900 * MICRO)
    assert fields["step_latency_max_s"] == pytest.approx(30 * MICRO)


@pytest.mark.parametrize(("n_steps", "largest"), [(7, 7), (2, 2)])
def test_of_a_motion_shorter_than_two_warm_ups_a_half_is_left(n_steps, largest):
    motion = a_motion([k * MICRO for k in range(n_steps, 0, -1)])
    fields = latency_fields([motion], realtime=False)
    assert fields["warm_up_latency_max_s"] == pytest.approx(largest * MICRO)
    assert fields["step_latency_max_s"] == pytest.approx(n_steps // 2 * MICRO)


def test_parts_are_dictionaries_by_name():
    fields = latency_fields([a_motion(ramp(101))], realtime=False)
    for name, microseconds in (("p50", 51), ("p99", 100), ("max", 101)):
        assert fields[f"part_latency_{name}_s"] == pytest.approx(
            {part: share * microseconds * MICRO for part, share in
             (("sense", 0.1), ("encode", 0.2), ("network", 0.4), ("decode", 0.2), ("act", 0.1))}
        )  # fmt: skip


def test_a_part_that_a_controller_does_not_have_is_none():
    motion = a_motion(ramp(20))
    motion.encode_s[:] = motion.decode_s[:] = 0.0
    fields = latency_fields([motion], realtime=False)
    for name in ("p50", "p99", "max"):
        found = fields[f"part_latency_{name}_s"]
        assert {part for part, value in found.items() if value is None} == {"encode", "decode"}


def test_a_deadline_is_missed_when_the_torque_is_later_than_a_period_after_the_step_was_due():
    times = [0.0019] * 14 + [0.0021, 0.0019, 0.0019, 0.0030, 0.0019, 0.0019]
    assert latency_fields([a_motion(times)], False)["deadline_miss_rate"] == 2 / 20
    # Begun 0.2 ms late, all of them are.
    assert latency_fields([a_motion(times, late=0.0002)], True)["deadline_miss_rate"] == 1.0


def test_a_deadline_missed_in_the_first_steps_counts():
    assert latency_fields([a_motion([0.1] + [0.001] * 39)], False)["deadline_miss_rate"] == 1 / 40


def test_how_the_wall_clock_was_kept_is_told_of_paced_motions_alone():
    motion = a_motion([0.001] * 40)
    motion.late_s[:] = np.arange(40) * MICRO
    motion.skipped_periods[[5, 17]] = 3, 1
    fields = latency_fields([motion], realtime=True)
    assert fields["start_late_p50_s"] == pytest.approx(19.5 * MICRO)
    assert fields["start_late_p99_s"] == pytest.approx(0.99 * 39 * MICRO)
    assert fields["start_late_max_s"] == pytest.approx(39 * MICRO)
    assert (fields["overrun_rate"], fields["skipped_periods"]) == (2 / 40, 4)
    free = latency_fields([motion], realtime=False)
    assert {name: free[name] for name in PACE_FIELDS} == dict.fromkeys(PACE_FIELDS)
