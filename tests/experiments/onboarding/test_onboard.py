"""Onboarding, from a model file to results, and a second time over what is there."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from six_joint_arm import SixJointArm

from spikearm.arm_models import load_arm
from spikearm.arm_models.loading.profile import read_profile
from spikearm.controller.references.workspace import Workspace
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.commands import onboard
from spikearm.experiments.onboarding import armature, make_profile
from spikearm.experiments.onboarding.armature import propose_armature
from spikearm.experiments.onboarding.home_candidate import HomeCandidate
from spikearm.experiments.training.training_config import TrainingConfig


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return SixJointArm().write(tmp_path)


@pytest.fixture
def steps(monkeypatch):
    """Names of the steps that are taken, each with the files that it would leave."""
    taken = []

    def train(command):
        taken.append("train")
        command.out.mkdir()
        (command.out / "controller.npz").touch()

    def bench(command):
        taken.append(f"bench {command.task.variant}")
        row = {"controller": "loihi", "success_rate": 1.0, "fidelity_rmse_m": 4e-4}
        _write_summary(command.out, row)

    def deploy(command):
        taken.append("deploy")
        command.picture.parent.mkdir()
        command.picture.touch()

    monkeypatch.setattr(onboard.TrainCommand, "execute", train)
    monkeypatch.setattr(onboard.BenchCommand, "execute", bench)
    monkeypatch.setattr(onboard.DeployCommand, "execute", deploy)
    return taken


def _write_summary(folder, row, status="complete"):
    folder.mkdir(exist_ok=True)
    (folder / "summary.json").write_text(json.dumps({"status": status, "rows": [row]}))


@pytest.fixture
def quick(monkeypatch):
    """Take the file's home and its light joints as they are, without the reaches of any law."""

    def search(model, seed, advance):
        home = model.chain.home
        return [HomeCandidate(home, np.zeros(3), 0.2, 0.2, 0.3, 0.2, 3, is_files=True)]

    monkeypatch.setattr(make_profile, "search_home", search)
    monkeypatch.setattr(onboard, "measure_baseline", lambda *_: _Baseline())
    monkeypatch.setattr(armature, "benchmark_workspace", lambda model: None)
    monkeypatch.setattr(armature, "estimate_holds", lambda *_: [])


class _Baseline:
    causes = ("Dry friction is in the way.",)

    def __str__(self):
        return "The analytic law reaches."


RUN = ["onboard", "six.xml", "--out", "work"]


def test_a_profile_is_made_and_loads_the_same_arm(file, quick, capsys):
    assert main([*RUN, "--no-train"]) == 0
    arm, same = load_arm(file), load_arm("work/six.toml")
    for name in ("joints", "home", "torque_limits", "velocity_limits"):
        np.testing.assert_array_equal(getattr(arm.chain, name), getattr(same.chain, name))
    assert read_profile(Path("work/six.toml")).end_effector == "tcp"
    said = capsys.readouterr().out
    assert "Dry friction is in the way." in said
    assert "estimate" in said  # the file states no largest speed
    assert max(map(len, said.splitlines())) <= 80 or "- Torque motors" in said


def test_every_step_is_taken_once(file, quick, steps, capsys):
    every = ["train", "bench circle", "bench pose", "deploy"]
    assert main(RUN) == 0
    assert steps == every
    assert main(RUN) == 0
    assert steps == every
    said = capsys.readouterr().out
    assert said.count("is there, and stays") == 5
    assert "pose: loihi reached its target in 100 % of the motions, 0.4 mm from" in said


def test_a_benchmark_that_was_interrupted_is_kept_aside_and_repeated(file, quick, steps):
    assert main(RUN) == 0
    row = {"controller": "loihi", "success_rate": 1.0, "fidelity_rmse_m": 4e-4}
    _write_summary(Path("work/bench-pose"), row, status="interrupted")
    steps.clear()
    assert main(RUN) == 0
    assert steps == ["bench pose"]
    assert Path("work/bench-pose-part1/summary.json").exists()


def test_an_arm_that_misses_a_target_is_told_by_exit_status(file, quick, steps):
    assert main(RUN) == 0
    row = {"controller": "loihi", "success_rate": 0.9, "fidelity_rmse_m": 4e-4}
    _write_summary(Path("work/bench-circle"), row)
    assert main(RUN) == 1


@pytest.mark.parametrize(
    ("name", "values"), [("armature", ["0.3"]), ("end-effector-offset", ["0", "0", "0.1"])]
)
def test_other_options_than_the_profiles_are_refused(name, values, file, quick, capsys):
    assert main([*RUN, "--no-train"]) == 0
    assert main([*RUN, "--no-train", f"--{name}", *values]) == BAD_INPUT
    assert f"made with another {name.replace('-', '_')}" in capsys.readouterr().err


def test_the_same_options_again_go_on_with_the_profile(file, quick, capsys):
    again = [*RUN, "--no-train", "--armature", "0.3", "--end-effector", "tcp"]
    assert main(again) == 0
    assert main(again) == 0
    assert "six.toml is there, and stays" in capsys.readouterr().out


@pytest.fixture
def small_workspace(monkeypatch):
    """Take a workspace, without the search for the largest one."""
    monkeypatch.setattr(armature, "benchmark_workspace", lambda model: Workspace(0.1, 0.2))


def test_a_light_joint_gets_the_least_inertia_that_holds_it(tmp_path, small_workspace):
    text = SixJointArm().text.replace('armature="0.05"', 'armature="0"')
    path = tmp_path / "light.xml"
    path.write_text(text.replace('mass="0.4"', 'mass="0.01"'))
    load = partial(load_arm, path, end_effector="tcp")
    proposal = propose_armature(load(), TrainingConfig(), lambda armature: load(armature=armature))
    assert {hold.joint for hold in proposal.light} <= {f"joint{n}" for n in range(1, 7)}
    assert proposal.light
    assert proposal.is_change
    assert min(proposal.armature) == 0.02
    assert not any(hold.is_too_light for hold in proposal.after)
    assert proposal.light[0].joint in str(proposal)


def test_a_heavy_arm_keeps_its_inertia(file, small_workspace):
    arm = load_arm(file)
    proposal = propose_armature(arm, TrainingConfig(), lambda armature: pytest.fail("not asked"))
    assert not proposal.is_change
    assert proposal.armature == (0.05,) * 6


def test_an_arm_that_a_wall_presses_on_is_refused_early_with_the_cause(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    wall = '<geom name="wall" type="box" size="1 0.01 1" pos="0 0.14 0.5"/>'
    SixJointArm(contact=True, world=wall).write(tmp_path)
    assert main([*RUN, "--no-train"]) == BAD_INPUT
    said = capsys.readouterr().err
    assert "contact of" in said
    assert "'world'" in said
    assert not Path("work").exists()
