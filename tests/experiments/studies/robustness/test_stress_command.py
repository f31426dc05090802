"""``spikearm stress`` from end to end: what it prints and leaves on disk."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from spikearm.experiments.cli import BAD_INPUT, INTERRUPTED, main
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.studies.condition import Condition
from spikearm.experiments.studies.robustness import stress
from spikearm.experiments.studies.robustness.stress import StressOutcome, StressPlan

REACH = [
    "--targets", "1", "--radius", "0.03", "--duration", "0.12", "--hold", "0.03",
    "--no-speed-limits",
]  # fmt: skip
STRESS = ["stress", *REACH, "--jobs", "1", "--controllers"]
FILES = {"config.json", "summary.json", "reaches.parquet", "stress.html"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")


def test_a_law_is_stressed_until_it_breaks(capfd, caplog):
    delays = PERTURBATIONS["delay"].strengths
    arguments = [*STRESS, "analytic", "--perturbations", "no-numbers", "delay", "--out", "runs/new"]
    assert main(arguments) == 0
    folder = Path("runs/new")
    assert {path.name for path in folder.iterdir()} == FILES
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["status"] == "complete"
    under = {(row["perturbation"], row["strength"]): row for row in summary["rows"]}
    assert len(under) == 1 + len(delays) + len(PERTURBATIONS["no-numbers"].strengths)
    assert not under["none", 0.0]["broken"]
    assert under["no-numbers", 0.02]["held_steps"] == 2 * 20
    assert under["no-numbers", 0.05]["n_lost"] == 2
    rmse = [under["delay", delay]["position_rmse_m"] for delay in (delays[0], delays[2])]
    assert rmse[1] > 1.1 * rmse[0] > under["none", 0.0]["position_rmse_m"]
    motions = pq.read_table(folder / "reaches.parquet").to_pylist()
    assert len(motions) == 2 * len(under)
    assert {motion["direction"] for motion in motions} == {"out", "back"}
    assert "plotly" in (folder / "stress.html").read_text()
    config = json.loads((folder / "config.json").read_text())
    assert config["options"]["perturbations"] == ["no-numbers", "delay"]
    printed = capfd.readouterr()
    assert "sensors without numbers ms" in printed.out
    assert "Results: runs/new" in printed.out
    assert "the last torque was held" not in caplog.text  # as it was asked for


def test_ctrl_c_keeps_what_is_finished(monkeypatch, capfd):
    finished: list[Condition] = []

    def outcome(plan: StressPlan, setup: object, condition: Condition) -> StressOutcome:
        if len(finished) == 3:
            raise KeyboardInterrupt
        finished.append(condition)
        reach = stress.MeasuredReach(0, 0, "out", 0.001, 0.002)
        return StressOutcome(condition, (reach,), {})

    monkeypatch.setattr(StressPlan, "outcome", outcome)
    assert main([*STRESS, "analytic", "--out", "cut"]) == INTERRUPTED
    summary = json.loads(Path("cut/summary.json").read_text())
    assert summary["status"] == "interrupted"
    assert len(summary["rows"]) == 3
    printed = capfd.readouterr()
    assert "Results: cut" in printed.out
    assert "Interrupted. 3 conditions are finished and kept in 'cut'" in printed.err


def test_ctrl_c_before_anything_is_finished_leaves_nothing_and_says_so(monkeypatch, capfd):
    def outcome(*_: object) -> StressOutcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(StressPlan, "outcome", outcome)
    assert main([*STRESS, "analytic", "--out", "cut"]) == INTERRUPTED
    assert not Path("cut").exists()
    said = "Interrupted. No condition was finished, and nothing was written."
    assert said in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--perturbations", "wind"], "no perturbation 'wind'. Perturbations: none, payload, "),
        (["--rounds", "0"], "0 rounds are too few"),
        (["--hold-time", "0"], "hold_time 0 is not possible"),
        (["--seeds", "0"], "0 seeds are too few"),
        (["--jobs", "0"], "0 jobs are too few"),
        (["--backend", "board"], "No board can be perturbed"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(arguments, reason, capfd):
    words = [*STRESS, "loihi" if "board" in arguments else "pd", *arguments]
    assert main(words) == BAD_INPUT
    assert reason in " ".join(capfd.readouterr().err.split())
    assert not Path("runs").exists()
