"""Folders that commands wrote, and a run and its series, for all tests of reports."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikearm.arm_models import Arm, load_arm
from spikearm.experiments.cli import main
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.records.records import Run
from spikearm.experiments.report.series import Series
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.neural.spikes import Population, SpikeTrains

REACH = [
    "--radius", "0.03", "--duration", "0.12", "--hold", "0.03", "--jobs", "1",
    "--no-speed-limits",
]  # fmt: skip
COMMANDS = {
    "ran": ["run", "--controller", "pd", "--targets", "1", "--no-report"],
    "learned": ["adapt", "--controllers", "pd", "--trials", "2", "--probes", "1"],
    "stressed": ["stress", "--controllers", "analytic", "--targets", "1",
                 "--perturbations", "delay"],
}  # fmt: skip


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> Path:
    """Write a folder of each kind, named after what was done."""
    place = tmp_path_factory.mktemp("written")
    for name, words in COMMANDS.items():
        assert main([*words, *REACH, "--out", str(place / name)]) == 0
    return place


@pytest.fixture(scope="session")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="session")
def run(arm) -> Run:
    """Analytic and PD, two seeds, two targets, as the command would record them."""
    task = CentreOut("sphere", targets=2, radius=0.03, duration=0.12, hold=0.03, speed_limits=False)
    setup = ControllerSetup(arm.model)
    plan = BenchmarkPlan(arm, task, choose_controllers(["pd"]), [3, 4], setup)
    benchmark = run_benchmark(plan)
    config = {
        "name": "monday", "arm": "gen3", "joints": list(arm.chain.joints),
        "torque_limits": arm.chain.torque_limits.tolist(), "forward_axis": [0.0, -1.0, 0.0],
        "options": {"seeds": 2}, "git_commit": "5ba3e1",
    }  # fmt: skip
    return Run(config, benchmark.rows, benchmark.reaches)


def a_series(run: Run, arm: Arm, stage: str, color: str) -> Series:
    reaches = [reach for reach in run.reaches if reach.controller == stage and reach.seed == 3]
    forward = np.array([0.6, -0.8, 0.0])
    return Series(stage, color, reaches, arm.chain.joints, arm.chain.torque_limits, forward)


@pytest.fixture
def series(run, arm) -> list[Series]:
    return [a_series(run, arm, "analytic", "#123456"), a_series(run, arm, "pd", "#654321")]


@pytest.fixture
def spiking_run(run) -> Run:
    """Let pd's reaches have the spikes of a network, drawn at random."""
    rng = np.random.default_rng(9)
    reaches = [_with_spikes(one, rng) if one.controller == "pd" else one for one in run.reaches]
    return replace(run, reaches=reaches)


def _with_spikes(reach: RecordedReach, rng: np.random.Generator) -> RecordedReach:
    n_steps = len(reach.trajectory.time)
    populations = (Population("features", 400), Population("code", 250))
    spiked = [rng.choice(650, rng.integers(3, 90), replace=False) for _ in range(n_steps)]
    trajectory = replace(reach.trajectory, spikes=np.array([len(one) for one in spiked]))
    trains = SpikeTrains.of_steps(populations, spiked)
    return replace(reach, trajectory=trajectory, spike_trains=trains)
