"""Rows: every field worked out by hand on motions of a few steps."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from blank_trajectory import blank_trajectory

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.benchmark.latency import PACE_FIELDS
from spikearm.experiments.studies.benchmark.metrics_row import Measured, make_row
from spikearm.neural.counts import UNCOUNTED, ChipWork, Footprint

N_STEPS, N_JOINTS, DT = 8, 6, 0.1
LENGTH = 0.2  # m, of every reach, along x
MM = 1e-3
IDENTITY = {
    "arm": "gen3", "task": "circle", "feedforward": "acceleration", "controller": "spiking",
    "adaptive": False, "backend": "nengo", "seed": 7, "radius_m": 0.15, "duration_s": 1.3,
    "offset_m": 0.05, "realtime": False,
}  # fmt: skip
HELD = 4  # steps
LIMITS = np.full(N_JOINTS, 2.0)  # rad/s
FOOTPRINT = Footprint(
    connection_sparsity=0.25, footprint_bytes=70_416, dense=8_160, effective_macs=158,
    cores=3, compartments=940, synapse_memory_bits=65_280,
)  # fmt: skip
CONTROL_FIELDS = {
    "position_rmse_m", "orientation_rmse_rad", "excess_deviation", "fidelity_rmse_m",
    "endpoint_error_m", "path_deviation_m", "jerk", "effort", "success_rate",
    "success_rate_5mm", "joint_speed_max_share", "torque_rate_max", "torque_ripple_rms",
    "torque_ripple_hold",
    "hand_acceleration_rms_hold",
}  # fmt: skip
TIME_FIELDS = {
    "step_latency_p50_s", "step_latency_p99_s", "step_latency_max_s", "step_latency_jitter_s",
    "deadline_miss_rate", "build_time_s", "realtime_factor",
}  # fmt: skip
NEURAL_FIELDS = {
    "synaptic_events", "neuron_updates", "spikes", "learning_updates", "host_spikes",
    "energy_per_step_j",
    "activation_sparsity", "connection_sparsity", "footprint_bytes",
    "effective_acs", "effective_macs", "dense",
    "cores", "compartments", "synapse_memory_bits", "stored_events", "chip_messages",
    "host_messages", "chip_step_time_mean_s", "chip_step_time_p99_s", "chip_step_time_max_s",
    "synaptic_energy_moving_j", "synaptic_energy_hold_j",
}  # fmt: skip
WORK = ChipWork(
    whole_events=1_000, indexed_events=600, shared_events=200, spikes=40, messages=50,
    east_west=8, north_south=6, host_messages=9, time=40e-6,
)  # fmt: skip


def turned(angle: float) -> np.ndarray:
    """Unit quaternion of a turn about z."""
    return np.array([np.cos(angle / 2), 0.0, 0.0, np.sin(angle / 2)])


def a_motion(
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0),
    angle: float = 0.0,
    torque: float = 0.0,
    latency: float = 0.001,
) -> Trajectory:
    """Move along x, then hold, the hand off the ideal pose by a constant offset [m] and angle."""
    motion = blank_trajectory(N_STEPS, N_JOINTS)
    motion.time[:] = DT * np.arange(1, N_STEPS + 1)
    motion.torque[:] = torque
    motion.reference_position[:, 0] = LENGTH
    motion.reference_position[:-HELD, 0] = np.linspace(0.0, LENGTH, N_STEPS - HELD)
    motion.hand_position[:] = motion.reference_position + np.array(offset)
    motion.reference_quaternion[:] = turned(0.4)
    motion.hand_quaternion[:] = turned(0.4 + angle)
    motion.step_latency_s[:] = latency
    return motion


def counted(motion: Trajectory, spikes: int, events: int, updates: int) -> Trajectory:
    """Give a motion neural work, twice as much in its second half as in its first."""
    share = np.repeat([2, 4], N_STEPS // 2)
    motion.spikes[:] = spikes * share
    motion.synaptic_events[:] = events * share
    motion.neuron_updates[:] = updates
    motion.learning_updates[:] = [70, 0, 0, 0] * (N_STEPS // 4)
    motion.host_spikes[:] = 3 * share
    motion.chip_work[:] = np.outer(share / 3, WORK)
    return motion


def reaches(stage: str, *motions: Trajectory) -> list[RecordedReach]:
    names = [(0, "out"), (0, "back"), (1, "out"), (1, "back")]
    return [
        RecordedReach(stage, False, 7, *name, motion)
        for name, motion in zip(names, motions, strict=False)
    ]


OUT = a_motion((0.0, 3 * MM, 4 * MM), angle=0.02, torque=2.0, latency=0.001)  # 5 mm off
BACK = a_motion((0.0, 0.0, 1 * MM), angle=0.05, torque=5.0, latency=0.004)  # 1 mm off
BASELINE = reaches("analytic", a_motion((0.0, 2 * MM, 0.0)), a_motion((0.0, 0.0, -2 * MM)))


def row(
    *motions: Trajectory, analytic: list[RecordedReach] = BASELINE, **changes: Any
) -> dict[str, Any]:
    measured = Measured(IDENTITY, reaches("spiking", *motions), 0.64, 1.75, None, 0.125, LIMITS)
    return make_row(replace(measured, **changes), analytic)


def neural_row(
    stage: str = "spiking", footprint: Footprint = FOOTPRINT, realtime: bool = False
) -> dict[str, Any]:
    motions = [counted(a_motion(), 10, 300, 400), counted(a_motion(), 30, 700, 400)]
    identity = IDENTITY | {"controller": stage, "realtime": realtime}
    return row(*motions, identity=identity, footprint=footprint)


def test_a_row_has_every_field_of_the_benchmark():
    assert set(row(OUT, BACK)) >= set(IDENTITY) | CONTROL_FIELDS | TIME_FIELDS | NEURAL_FIELDS
    assert set(neural_row()) == set(row(OUT, BACK))


def test_every_field_of_a_network_on_a_chip_is_filled():
    paced = neural_row(realtime=True)
    assert [name for name, value in paced.items() if value is None] == []
    empty = [name for name, value in neural_row().items() if value is None]
    assert set(empty) == set(PACE_FIELDS)


def test_a_row_says_what_was_measured():
    filled = row(OUT, BACK)
    assert {name: filled[name] for name in IDENTITY} == IDENTITY
    assert filled["n_motions"] == 2
    assert filled["saturated_share"] == 0.125


def test_deviations_are_means_over_motions():
    filled = row(OUT, BACK)
    # 5 mm and 1 mm: 3 mm on average, where pooling the steps would give sqrt(13) = 3.6 mm.
    assert filled["position_rmse_m"] == pytest.approx(3 * MM)
    assert filled["orientation_rmse_rad"] == pytest.approx(0.035)
    assert filled["endpoint_error_m"] == pytest.approx(3 * MM)
    assert filled["endpoint_error_max_m"] == pytest.approx(5 * MM)
    assert filled["path_deviation_m"] == pytest.approx(3 * MM)


def test_deviation_and_path_are_compared_with_the_analytic_controllers():
    filled = row(OUT, BACK)
    assert filled["excess_deviation"] == pytest.approx(3 / 2 - 1)
    # (0, 3, 4) from (0, 2, 0) is sqrt(17) mm; (0, 0, 1) from (0, 0, -2) is 3 mm.
    assert filled["fidelity_rmse_m"] == pytest.approx((np.sqrt(17) + 3) / 2 * MM)


def test_each_motion_is_compared_with_the_same_one_of_the_analytic_controller():
    elsewhere = reaches("analytic", *[a_motion((0.0, 70 * MM, 0.0))] * 4)[2:]
    shuffled = [*elsewhere, *reversed(BASELINE)]
    assert row(OUT, BACK, analytic=shuffled) == row(OUT, BACK)


def test_the_analytic_controller_deviates_like_itself():
    filled = make_row(Measured(IDENTITY, BASELINE, 0.64, 0.1, None, 0.0, LIMITS), BASELINE)
    assert filled["position_rmse_m"] == pytest.approx(2 * MM)
    assert (filled["excess_deviation"], filled["fidelity_rmse_m"]) == (0.0, 0.0)


def test_an_unfinished_stage_is_measured_against_the_motions_that_it_made():
    filled = row(OUT, analytic=[BASELINE[0], replace(BASELINE[1], trajectory=BACK)])
    assert filled["n_motions"] == 1
    assert filled["excess_deviation"] == pytest.approx(5 / 2 - 1)


def test_effort_and_jerk_are_integrated_over_each_motion():
    jolted, still = a_motion(torque=2.0), a_motion(torque=5.0)
    for motion in (jolted, still):
        motion.hand_position[:] = 0.0
    jolted.hand_position[:, 1] = 0.5 * jolted.time**3  # a jerk of 3 m/s^3 at all times
    filled = row(jolted, still)
    squares = N_JOINTS * N_STEPS * DT * np.array([2.0, 5.0]) ** 2
    assert filled["effort"] == pytest.approx(squares.mean())
    # Third differences exist for all steps but three; the motion back has none.
    assert filled["jerk"] == pytest.approx(9.0 * (N_STEPS - 3) * DT / 2, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "mm", "angle"),  # angles of 0.97 and 1.03, 1.95 and 2.06 degrees
    [("success_rate", 2.0, (0.017, 0.018)), ("success_rate_5mm", 5.0, (0.034, 0.036))],
)
def test_success_is_the_share_of_motions_that_end_within_its_bounds(name, mm, angle):
    near, far = a_motion((0, 0.98 * mm * MM, 0), angle[0]), a_motion((0, 1.02 * mm * MM, 0))
    turned_away = a_motion(angle=angle[1])
    analytic = reaches("analytic", *[a_motion((0.0, 1 * MM, 0.0))] * 4)
    assert row(near, far, near, near, analytic=analytic)[name] == 0.75
    assert row(near, turned_away, far, far, analytic=analytic)[name] == 0.25


def test_latency_is_that_of_the_motions_and_speed_that_of_the_whole_loop():
    filled = row(OUT, BACK)
    assert filled["step_latency_p50_s"] == pytest.approx(0.0025)  # of 0.001 and 0.004 s
    assert filled["step_latency_max_s"] == pytest.approx(0.004)
    assert filled["realtime_factor"] == pytest.approx(2 * N_STEPS * DT / 0.64)  # 2.5
    assert filled["build_time_s"] == 1.75


def test_a_controller_without_neurons_has_no_neural_numbers():
    filled = row(OUT, BACK)
    assert {name: filled[name] for name in NEURAL_FIELDS} == dict.fromkeys(NEURAL_FIELDS)
    assert filled["energy_source"] is None


def test_neural_work_is_the_mean_of_a_step():
    filled = neural_row()
    assert filled["spikes"] == 60.0  # 20, 40, 60 and 120, in equal shares
    assert filled["synaptic_events"] == 1500.0
    assert filled["neuron_updates"] == 400.0
    assert filled["learning_updates"] == 17.5  # 70 in one of four steps
    assert filled["host_spikes"] == 9.0  # 6 and 12, in equal shares


def test_sparsity_is_the_share_of_silent_neurons():
    assert neural_row()["activation_sparsity"] == pytest.approx(1 - 60 / 400)


def test_energy_is_estimated_from_the_counts_of_a_step():
    filled = neural_row()
    learning = 17.5 * 120
    energies = filled["energy_per_step_j"]
    least = 1_800 * 23.6 + 940 * 81 + learning + 50 * 1.7 + 8 * 3 + 6 * 4
    calibrated = (
        1_000 * 35.5 + 600 * 33.6 + 200 * 24 + 940 * 72.8 + 40 * 69.3 + learning + 50 * 111
        + 8 * 3 + 6 * 4.2
    )  # fmt: skip
    assert energies["loihi"] == pytest.approx(1e-12 * least)
    assert energies["loihi_calibrated"] == pytest.approx(1e-12 * calibrated)
    assert energies["cpu"] == pytest.approx((1500 + 940 + 17.5) * 8.6e-9)
    assert filled["energy_source"] == "estimated"


def test_energy_of_spikes_is_told_apart_for_motions_and_for_the_holds_after_them():
    filled = neural_row()
    n_moving = N_STEPS - HELD - 1  # the last moving reference is the goal
    share = np.repeat([2 / 3, 4 / 3], N_STEPS // 2)
    for name, steps in (("moving", share[:n_moving]), ("hold", share[n_moving:])):
        energy = filled[f"synaptic_energy_{name}_j"]
        assert energy == pytest.approx(1_800 * 23.6e-12 * steps.mean()), name
    assert filled["synaptic_energy_moving_j"] != filled["synaptic_energy_hold_j"]


def test_a_chips_work_and_time_are_those_of_its_steps():
    filled = neural_row()
    assert filled["stored_events"] == pytest.approx(1_800)
    assert filled["chip_messages"] == pytest.approx(50)
    assert filled["host_messages"] == pytest.approx(9)
    # 40 us times two thirds in the first half of each motion, and four thirds in the second.
    assert filled["chip_step_time_mean_s"] == pytest.approx(40e-6)
    assert filled["chip_step_time_p99_s"] == pytest.approx(160e-6 / 3)
    assert filled["chip_step_time_max_s"] == pytest.approx(160e-6 / 3)


def test_off_the_chip_there_is_no_energy_of_it_and_no_time():
    filled = neural_row(footprint=Footprint(0.25, 70_416, 8_160, 158))
    energies = filled["energy_per_step_j"]
    assert energies["loihi"] is energies["loihi_calibrated"] is None
    assert energies["cpu"] == pytest.approx((1500 + 400 + 17.5) * 8.6e-9)
    assert filled["stored_events"] is filled["chip_step_time_mean_s"] is None


def test_spikes_accumulate_and_rates_multiply():
    spiking, rate = neural_row("spiking"), neural_row("rate")
    assert (spiking["effective_acs"], spiking["effective_macs"]) == (1500.0, 158)
    assert (rate["effective_acs"], rate["effective_macs"]) == (0.0, 1658.0)


def test_the_footprint_is_in_the_row_as_it_is():
    filled = neural_row()
    assert filled["connection_sparsity"] == 0.25
    assert filled["footprint_bytes"] == 70_416
    assert filled["dense"] == 8_160
    assert (filled["cores"], filled["compartments"]) == (3, 940)
    assert filled["synapse_memory_bits"] == 65_280


def test_off_the_chip_there_are_no_cores():
    off_chip = Footprint(0.25, 70_416, 8_160, 158)
    filled = neural_row(footprint=off_chip)
    assert (filled["cores"], filled["compartments"], filled["synapse_memory_bits"]) == (None,) * 3
    assert filled["spikes"] == 60.0


@pytest.mark.parametrize("filled", [row(OUT, BACK), neural_row()], ids=["numpy", "network"])
def test_a_row_is_plain_json(filled):
    assert json.loads(json.dumps(filled, allow_nan=False)) == filled


def test_what_was_not_counted_is_none_and_so_is_all_that_follows_from_it():
    motion = counted(a_motion(), spikes=5, events=30, updates=940)
    motion.spikes[:] = motion.synaptic_events[:] = motion.chip_work[:] = UNCOUNTED
    measured = Measured(IDENTITY, reaches("loihi", motion), 1.0, 0.1, FOOTPRINT, 0.0, LIMITS)
    row = make_row(measured, reaches("analytic", a_motion((MM, 0.0, 0.0))))
    lacking = {"spikes", "synaptic_events", "activation_sparsity", "effective_acs",
               "energy_per_step_j", "energy_source", "stored_events", "chip_messages",
               "host_messages", "chip_step_time_mean_s", "chip_step_time_p99_s",
               "chip_step_time_max_s", "synaptic_energy_moving_j",
               "synaptic_energy_hold_j"}  # fmt: skip
    whole = neural_row()
    assert {name for name in row if row[name] is None and whole[name] is not None} == lacking
    assert (row["host_spikes"], row["neuron_updates"]) == (9, 940)
