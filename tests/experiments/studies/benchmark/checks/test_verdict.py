"""The verdict on a trained controller."""

from dataclasses import replace

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.checks import verdict
from spikearm.experiments.studies.benchmark.checks.verdict import try_controller
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut

SHORT = CentreOut(targets=1, duration=0.5, hold=0.1)


@pytest.fixture(autouse=True)
def short_task(monkeypatch):
    monkeypatch.setattr(verdict, "TASK", SHORT)


def test_a_verdict_is_what_the_benchmark_measures():
    arm, trained = load_arm("gen3"), shipped("gen3")
    trained = replace(trained, workspace=Workspace(0.06, 0.1))
    judged = try_controller(arm, trained, jobs=1)
    task = replace(SHORT, radius=0.05)  # the largest within the workspace
    setup = ControllerSetup(arm.model, trained)
    plan = BenchmarkPlan(arm, task, choose_controllers(["loihi"]), [0], setup, jobs=1)
    row = run_benchmark(plan).rows[-1]
    assert (judged.radius_m, judged.reaches) == (0.05, 2)
    assert judged.success_rate == row["success_rate"] == 1.0
    assert judged.fidelity_rmse_m == row["fidelity_rmse_m"]
    assert judged.is_good
    assert "reached its target in 2 of 2 motions within 2 mm and 1 degree, 50 mm from home" in str(
        judged
    )


def test_a_controller_that_misses_is_called_so(trained):
    weights = trained.weights
    off = weights.with_readout("loihi", 0.85 * weights.readout["loihi"])
    judged = try_controller(load_arm("gen3"), replace(trained, weights=off), jobs=1)
    assert judged.success_rate < 1
    assert not judged.is_good


def test_a_controller_that_ends_in_an_error_is_called_so(trained):
    weights = trained.weights
    broken = weights.with_readout("loihi", np.full_like(weights.readout["loihi"], np.nan))
    judged = try_controller(load_arm("gen3"), replace(trained, weights=broken), jobs=1)
    assert judged.reaches == 0
    assert not judged.is_good
    assert "was not measured" in str(judged)
