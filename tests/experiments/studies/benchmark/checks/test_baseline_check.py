"""The check of the baseline: where the analytic law misses, the cause is named."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from six_joint_arm import SixJointArm

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.classical.gains import Gains
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.controllers import ControllerSetup, choose_controllers
from spikearm.experiments.records.records import read_run
from spikearm.experiments.studies.benchmark.benchmark import run_benchmark
from spikearm.experiments.studies.benchmark.checks.baseline_check import check_baseline
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.centre_out import CentreOut

TASK = CentreOut(targets=1, radius=0.05, duration=0.3, hold=0.1)
# The first target is to the left of the hand, which is at (0.16, 0.17, 0.88) m.
POST = '<body name="post" pos="0.12 0.24 0.87"><geom size="0.03" condim="1"/></body>'
WEAK = {"gains": Gains(kp=5.0, ko=5.0, kv=0.5), "feedforward": "velocity"}
WALL_ON_THE_WAY = SixJointArm(contact=True, world=POST)


def a_plan(
    folder: Path,
    file: SixJointArm = SixJointArm(),
    law: Mapping[str, Any] = MappingProxyType({}),
    **options: Any,
) -> BenchmarkPlan:
    arm = load_arm(file.write(folder), **options)
    setup = ControllerSetup(arm.model, **law)
    return BenchmarkPlan(arm, TASK, choose_controllers(["analytic"]), [0], setup, jobs=1)


CAUSES = {
    "something in the way": (
        {"file": WALL_ON_THE_WAY},
        r"misses \d of 2 .*the contact of 'post' and 'link6' acts on joint 'joint\d' with .* N m",
    ),
    "a torque that is cut": (
        {"torque_limits": [150, 150, 100, 30, 1.0, 0.1]},
        r"torque of joint 'joint\d' was cut at its limit, .* N m, in \d+ of 800 steps",
    ),
    "friction": (
        {"file": SixJointArm(joint='frictionloss="5"'), "law": WEAK},
        r"dry friction of joint 'joint\d' acts on joint 'joint\d' with",
    ),
    "weak gains": (
        {"law": WEAK},
        "explains every force on the joints.*gains, duration or hold",
    ),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_a_baseline_that_misses_is_explained_by(tmp_path, cause):
    options, sentence = CAUSES[cause]
    plan = a_plan(tmp_path, **options)
    with pytest.raises(SpikearmError, match=sentence):
        check_baseline(plan, run_benchmark(plan))


def test_a_baseline_that_reaches_passes(tmp_path, caplog):
    plan = a_plan(tmp_path)
    check_baseline(plan, run_benchmark(plan))
    assert not caplog.records


def test_friction_that_spoils_the_way_to_the_target_is_told(tmp_path, caplog):
    file = SixJointArm(joint='frictionloss="10"')
    plan = a_plan(tmp_path, file, torque_limits=[150, 150, 100, 50, 50, 50])
    check_baseline(plan, run_benchmark(plan))
    assert "deviates by up to" in caplog.text
    assert "compensation of dry friction, along the wanted motion, does not suffice" in caplog.text


def test_a_load_that_is_not_told_may_miss(tmp_path):
    plan = replace(a_plan(tmp_path, WALL_ON_THE_WAY), nominal=False)
    check_baseline(plan, run_benchmark(plan))


def test_the_command_keeps_the_results_says_the_cause_and_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    options = ["--targets", "1", "--radius", "0.05", "--duration", "0.3", "--hold", "0.1"]
    run = ["run", "--controller", "analytic", *options, "--no-report", "--out", "out", "--mjcf"]
    assert main([*run, str(WALL_ON_THE_WAY.write(tmp_path))]) == BAD_INPUT
    assert "holds something that its model lacks" in " ".join(capsys.readouterr().err.split())
    assert len(read_run(Path("out")).reaches) == 2
