"""One account: `bench`, `deploy` and `energy` tell the same of the same reach, to the digit."""

import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import load_arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.weights.trained import TrainedController
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.benchmark.metrics_row import Measured, make_row
from spikearm.experiments.studies.deployment.deployment import deploy_controller
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    loihi_controller,
    plan_drive,
)
from spikearm.experiments.studies.energy.jobs import ARM, SPIKES
from spikearm.experiments.studies.energy.report import energy_report
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.checks.board_config import BoardConfig

DRIVE = DriveConfig(radius=0.03, duration=0.12, speed_limits=False)


def bench_row(trained: TrainedController) -> dict:
    """Make the row of a reach as `bench` does, on the backend that it takes."""
    arm = load_arm("gen3")
    start, motion = plan_drive(arm, DRIVE)
    with loihi_controller(arm.model, trained, DRIVE, EngineSimulation) as controller:
        controller.start(arm.reset(start))
        trajectory = follow(arm, controller, motion, DRIVE.duration, safety=at_any_speed(arm))
        footprint = controller.simulation.footprint
    reach = RecordedReach("loihi", False, 0, 0, "out", trajectory)
    identity = {"realtime": False, "controller": "loihi"}
    measured = Measured(identity, [reach], 1.0, 1.0, footprint, 0.0, np.ones(arm.chain.n_joints))
    return make_row(measured, [reach])


def test_rows_deployments_and_energy_reports_agree_to_the_digit(trained):
    row = bench_row(trained)
    report = energy_report(load_arm("gen3"), trained, DRIVE)
    stages = deploy_controller(load_arm("gen3"), trained, DRIVE, BoardConfig()).stages
    assert stages is not None
    energies = row["energy_per_step_j"]
    assert (energies["loihi"], energies["loihi_calibrated"]) == report.dynamic
    assert report.dynamic == stages.chip.energy
    assert energies["arm"] == report.account(ARM, SPIKES).dynamic
    assert stages.chip == report.reach.chip
    assert stages.times == report.reach.times
    chip = report.reach.chip
    assert row["stored_events"] == chip.work.stored_events > row["synaptic_events"]
    assert row["host_messages"] == chip.host_messages >= row["host_spikes"]
    assert chip.work.neuron_updates == row["compartments"] < row["neuron_updates"]
    times = report.reach.times
    assert row["chip_step_time_mean_s"] == pytest.approx(times.mean, rel=1e-12)
    assert row["chip_step_time_p99_s"] == times.p99
    assert row["chip_step_time_max_s"] == times.longest
