"""Submissions: what they claim comes out again, and what was changed is found."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import ArmState, SpikearmError
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.controller.references.reference import Reference
from spikearm.experiments.cli import BAD_INPUT, FAILED, main
from spikearm.experiments.controllers import CONTROLLERS, own_sources
from spikearm.experiments.proof.motion import Motion, digest, is_timed
from spikearm.experiments.proof.submission import Submission, read_submission, write_submission
from spikearm.experiments.proof.table_check import check_table
from spikearm.experiments.proof.tolerances import LAW, NEURONS
from spikearm.experiments.proof.verifying import check_own_controllers, draw_targets
from spikearm.experiments.records.records import read_run

BENCH = [
    "bench", "--controllers", "pd", "loihi", "--targets", "2", "--radius", "0.01", "--duration",
    "0.1", "--hold", "0.02", "--no-speed-limits", "--jobs", "1", "--no-report",
    "--submit",
]  # fmt: skip
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def submitted(tmp_path_factory) -> Path:
    """Submit a small benchmark."""
    folder = tmp_path_factory.mktemp("submitted") / "run"
    assert main([*BENCH, "--out", str(folder)]) == 0
    return folder / "submission.json"


@pytest.fixture
def changed(submitted, tmp_path) -> Callable[[Edit], Path]:
    """Write the submission with something changed."""

    def change(edit: Edit) -> Path:
        content = json.loads(submitted.read_text())
        edit(content)
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(content))
        return path

    return change


def test_a_submission_holds_configuration_versions_table_and_a_hash_of_every_motion(submitted):
    content = json.loads(submitted.read_text())
    run = read_run(submitted.parent)
    assert content["config"] == run.config
    assert {"python", "numpy", "mujoco", "rounding", "threads"} <= set(content["stack"])
    assert len(content["rows"]) == len(run.rows) == 3
    for row, recorded in zip(content["rows"], run.rows, strict=True):
        assert row == {name: one for name, one in recorded.items() if not is_timed(name)}
    assert [motion["sha256"] for motion in content["motions"]] == [
        digest(reach.trajectory) for reach in run.reaches
    ]
    assert len({motion["sha256"] for motion in content["motions"]}) == len(run.reaches) == 12


def test_a_hash_counts_every_bit_but_those_of_the_clock(submitted):
    motion = read_run(submitted.parent).reaches[0].trajectory
    later = motion.step_latency_s + 1.0
    torque = motion.torque.copy()
    torque[3, 2] = np.nextafter(torque[3, 2], 1e9)
    assert digest(replace(motion, step_latency_s=later)) == digest(motion)
    assert digest(replace(motion, torque=torque)) != digest(motion)


@pytest.mark.parametrize(
    ("share", "n_run"), [pytest.param("1", 12, marks=pytest.mark.slow), ("0.1", 4)]
)
def test_a_true_submission_reproduces_to_the_last_bit(submitted, share, n_run, capfd):
    arguments = ["verify", str(submitted), "--share", share, "--seed", "1", "--jobs", "1"]
    assert main(arguments) == 0
    printed = " ".join(capfd.readouterr().out.split())
    assert f"reproduces: {n_run} of 12 motions" in printed and "to the last bit" in printed


def row_of(content: dict[str, Any], controller: str) -> dict[str, Any]:
    return next(row for row in content["rows"] if row["controller"] == controller)


@pytest.mark.parametrize(
    ("controller", "name"),
    [
        ("loihi", "position_rmse_m"), ("loihi", "excess_deviation"), ("pd", "endpoint_error_max_m"),
        ("analytic", "effort"), ("loihi", "spikes"), ("loihi", "cores"),
        ("analytic", "success_rate"), ("pd", "torque_rate_max"), ("pd", "n_motions"),
    ],
)  # fmt: skip
def test_a_number_that_was_changed_in_the_table_is_found_without_a_run(changed, controller, name):
    def improve(content: dict[str, Any]) -> None:
        row = row_of(content, controller)
        row[name] = 0.99 * row[name] if name != "n_motions" else row[name] + 1

    assert not list(check_table(*_table(read_submission(changed(lambda content: None)))))
    (found,) = check_table(*_table(read_submission(changed(improve))))
    assert (found.place, found.name) == (f"{controller}, seed 0", name)


def _table(submission: Submission) -> tuple[list[dict[str, Any]], list[Motion]]:
    return submission.rows, submission.motions


def test_a_price_that_was_changed_in_the_table_is_found(changed):
    def improve(content: dict[str, Any]) -> None:
        row_of(content, "loihi")["energy_per_step_j"]["loihi"] *= 0.5

    (found,) = check_table(*_table(read_submission(changed(improve))))
    assert found.name == "energy_per_step_j.loihi"


def test_a_motion_that_was_changed_with_the_table_is_found_when_it_is_drawn(changed, capfd):
    def improve(content: dict[str, Any]) -> None:
        mine = [one for one in content["motions"] if one["controller"] == "pd"]
        for motion in mine:
            motion["numbers"]["effort"] *= 0.9
        row_of(content, "pd")["effort"] *= 0.9

    path = changed(improve)
    assert not list(check_table(*_table(read_submission(path))))
    assert main(["verify", str(path), "--share", "1", "--jobs", "1"]) == FAILED
    printed = capfd.readouterr()
    assert "does not reproduce" in " ".join(printed.out.split())
    assert "pd, seed 0, target 0, out: effort is" in printed.err


@pytest.mark.slow
@pytest.mark.parametrize("edit", ["sha256", "radius_m", "stack"])
def test_a_hash_and_a_setting_are_found_and_another_stack_is_allowed_its_rounding(
    changed, edit, capfd
):

    def change(content: dict[str, Any]) -> None:
        if edit == "sha256":
            content["motions"][-1]["sha256"] = "0" * 64
        elif edit == "radius_m":
            row_of(content, "pd")["radius_m"] *= 2
        else:
            content["stack"]["numpy"] = "1.0"
            content["motions"][-1]["sha256"] = "0" * 64

    status = main(["verify", str(changed(change)), "--share", "1", "--jobs", "1"])
    printed = capfd.readouterr()
    if edit == "stack":
        assert status == 0 and "within tolerances" in " ".join(printed.out.split())
    else:
        assert status == FAILED and f"{edit} is " in printed.err


class LosesToTheLeft(JointPIDController):
    """Loses the arm where its hand is to go to the left."""

    def start(self, state: ArmState) -> None:
        super().start(state)
        self.middle = state.hand.position[1]

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        if reference.pose.position[1] > self.middle + 3e-3:
            raise SpikearmError("The elbow came off.")
        return super().torque(state, reference)


@pytest.fixture
def with_a_loss(tmp_path, monkeypatch) -> Path:
    """Submit a benchmark in which pd loses the arm on its way to one of two targets."""
    entry = replace(CONTROLLERS["pd"], make=lambda one: LosesToTheLeft(one.model, one.gains))
    monkeypatch.setitem(CONTROLLERS, "pd", entry)
    arguments = [one for one in BENCH if one != "loihi"]
    assert main([*arguments, "--out", str(tmp_path / "lost")]) == 0
    return tmp_path / "lost" / "submission.json"


def test_an_arm_that_was_lost_is_submitted_and_lost_again(with_a_loss, capfd):
    lost = row_of(json.loads(with_a_loss.read_text()), "pd")
    assert (lost["n_motions"], lost["n_lost"]) == (2, 2)
    assert main(["verify", str(with_a_loss), "--share", "1", "--jobs", "1"]) == 0
    assert "to the last bit" in " ".join(capfd.readouterr().out.split())


def test_a_loss_that_was_left_out_is_found_without_a_run_and_one_made_up_by_one(
    with_a_loss, tmp_path, capfd
):
    content = json.loads(with_a_loss.read_text())
    row = row_of(content, "pd")
    row |= {"n_lost": 0, "success_rate_5mm": 2 * row["success_rate_5mm"]}
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(content))
    found = check_table(*_table(read_submission(path)))
    assert {one.name for one in found} == {"n_lost", "success_rate_5mm"}
    row |= {"losses": [row["losses"][0] | {"direction": "back"}]}
    path.write_text(json.dumps(content))
    assert main(["verify", str(path), "--share", "1", "--jobs", "1"]) == FAILED
    assert "out: motion is not lost in the file, and lost here" in capfd.readouterr().err


def claims(n_targets: int, *controllers: tuple[str, bool]) -> list[Motion]:
    return [
        Motion(name, adaptive, seed, target, direction, "", {})
        for seed in (0, 1)
        for name, adaptive in (("analytic", False), *controllers)
        for target in range(n_targets)
        for direction in ("out", "back")
    ]


def test_a_draw_is_of_the_share_that_was_asked_for_and_the_same_for_a_seed():
    motions = claims(8, ("pd", False))
    drawn = [draw_targets(motions, 0.25, (), np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    n_drawn = sum(len(targets) for group, targets in drawn[0].items() if "pd" in group)
    assert 1 <= n_drawn <= 8
    for group, targets in drawn[0].items():  # the baseline runs beside each
        seed = group.rpartition(" ")[2]
        assert set(targets) <= set(drawn[0][f"analytic, seed {seed}"])


@pytest.mark.parametrize(
    ("learner", "label"),
    [(("pd", True), "pd + adaptive"), (("lab:learner@loihi", False), "lab:learner@loihi")],
)
def test_a_learner_runs_from_its_first_target(learner, label):
    motions = claims(8, learner)
    drawn = [draw_targets(motions, 1e-6, [label], np.random.default_rng(k)) for k in range(20)]
    mine = [targets for one in drawn for group, targets in one.items() if label in group]
    assert max(map(len, mine)) > 1
    for targets in mine:
        assert targets == list(range(len(targets)))
    whole = draw_targets(motions, 1.0, [label], np.random.default_rng(5))
    assert whole == {group: list(range(8)) for group in whole} and len(whole) == 4


def test_a_submission_that_names_a_file_needs_that_file(submitted, tmp_path, capfd):
    submission = read_submission(submitted)
    path = tmp_path / "other.json"
    write_submission(replace(submission, files={"weights.npz": "0" * 64}), path)
    assert main(["verify", str(path)]) == BAD_INPUT
    assert "needs the file 'weights.npz'" in capfd.readouterr().err


def test_a_controller_from_outside_has_to_be_the_one_that_was_submitted(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "proven_lab.py"
    file.write_text("def make(model): ...\n")
    name = "proven_lab:make"
    claimed = own_sources([name])
    check_own_controllers(claimed)
    file.write_text("def make(model): return None\n")
    with pytest.raises(SpikearmError, match="'proven_lab:make' is defined in another file"):
        check_own_controllers(claimed)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{}", "is no submission"), ("[", "is no JSON"), ('{"config": 3}', "is no submission")],
)
def test_a_file_of_another_kind_is_refused(tmp_path, text, reason, capfd):
    path = tmp_path / "any.json"
    path.write_text(text)
    assert main(["verify", str(path)]) == BAD_INPUT
    assert reason in capfd.readouterr().err


@pytest.mark.parametrize("share", ["0", "1.5", "-1", "nan"])
def test_a_share_that_is_none_is_refused(share, capfd):
    assert main(["verify", "any.json", "--share", share]) == BAD_INPUT
    assert "share" in capfd.readouterr().err


def test_tolerances_are_of_numbers_that_motions_have(submitted):
    numbers = read_submission(submitted).motions[-1].numbers
    assert {*LAW, *NEURONS} <= set(numbers)
