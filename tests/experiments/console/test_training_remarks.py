"""Remarks before and after a training."""

import re
from pathlib import Path

from six_joint_arm import SixJointArm

from spikearm.controller.references.workspace import Workspace
from spikearm.experiments.console.training_remarks import print_verdict, warn_of_light_joints
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.studies.benchmark.checks.verdict import Verdict
from spikearm.experiments.training.training_config import TrainingConfig


def warning(folder: Path, armature: float, capsys) -> str:
    plant = ArmConfig(mjcf=SixJointArm().write(folder), armature=(armature,))
    warn_of_light_joints(plant, plant.load(), Workspace(0.1, 0.2), TrainingConfig())
    return capsys.readouterr().err


def test_a_light_joint_is_named_with_what_armature_would_do(tmp_path, capsys):
    said = warning(tmp_path, 0.0, capsys)
    assert "'joint6' (" in said
    numbers = re.search(r"turn it by (.*) degrees. With --armature 0.02, .* would be (.*?):", said)
    assert numbers is not None
    before, after = ([float(one) for one in group.split(", ")] for group in numbers.groups())
    assert min(before) > 2 > max(after)


def test_nothing_is_said_of_joints_that_are_heavy_enough(tmp_path, capsys):
    assert warning(tmp_path, 0.05, capsys) == ""


def test_a_good_verdict_is_printed_and_a_bad_one_is_a_warning(capsys):
    print_verdict(Verdict("loihi", 4, 0, 0.2, 1.0, 4.2e-4, 2.7e-4, 0.004, None))
    print_verdict(Verdict("loihi", 4, 0, 0.2, 0.5, 0.0521, 0.0613, 0.113, None))
    good, bad = capsys.readouterr()
    assert "reached its target in 4 of 4 motions within 2 mm and 1 degree, 200 mm from home" in good
    assert "0.42 mm from the analytic law's path" in good
    assert "reached its target in 2 of 4 motions" in bad
    assert "6.5 degrees from the ideal orientation" in bad
