"""Every example of docs/extending.md, run from outside the package."""

import importlib
import re
import shutil
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikearm.arm_models import ARMS
from spikearm.experiments import cli
from spikearm.experiments.controllers import CONTROLLERS
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.records.records import read_run

PAGE = Path(__file__).parents[1] / "docs" / "extending.md"
TABLES: tuple[MutableMapping[str, Any], ...] = (ARMS, CONTROLLERS, PERTURBATIONS, cli.COMMANDS)


def example(heading: str) -> str:
    """Return the example below a heading."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.M | re.S)
    (code,) = re.findall(r"```python\n(.*?)```", section, re.S)
    return code


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run an example in an empty folder; what it adds to tables is taken away afterwards."""
    monkeypatch.chdir(tmp_path)
    before = [dict(table) for table in TABLES]

    def run(heading: str) -> dict:
        Path("example.py").write_text(example(heading))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "example", raising=False)
        return vars(importlib.import_module("example"))

    yield run
    for table, entries in zip(TABLES, before, strict=True):
        table.clear()
        table.update(entries)


def test_an_arm_has_a_name_and_moves(run):
    shutil.copy(ARMS["gen3"].mjcf, "lab_gen3.xml")
    shutil.copy(ARMS["gen3"].mjcf.with_name("scene.xml"), "scene.xml")
    run("An arm")
    recorded = read_run(Path("lab"))
    assert recorded.config["arm"] == "lab-gen3"
    assert recorded.rows[0]["success_rate"] == 1.0


def test_a_controller_is_measured_beside_the_analytic_one(run):
    run("A controller")
    recorded = read_run(Path("bench-mine"))
    rows = {row["controller"]: row for row in recorded.rows}
    assert set(rows) == {"analytic", "computed-torque"}
    assert rows["computed-torque"]["success_rate"] == 1.0


def test_a_perturbation_is_stressed_with(run, capsys):
    run("A perturbation")
    assert "offset of the last encoder" in capsys.readouterr().out
    assert (Path("stress-mine") / "summary.json").exists()


def test_a_subnetwork_adds_to_the_torque_and_the_hand_arrives(run):
    scope = run("A sub-network")
    path, goal = scope["trajectory"], scope["goal"]
    assert np.linalg.norm(path.hand_position[-1] - goal.position) < 0.005
    assert scope["damper"].torque.any()


def test_a_target_that_jumps_is_reached(run):
    scope = run("A target")
    reached = scope["trajectory"].hand_position[-1]
    assert np.linalg.norm(reached - scope["locate"](2.0, None).position) < 0.001


def test_a_command_has_options_help_and_errors(run, capsys):
    run("A command")
    assert re.search(r"panda: \d+\.\d\d kg", capsys.readouterr().out)
    assert cli.main(["weigh", "--arm", "panda", "--most", "3"]) == cli.BAD_INPUT
    assert "give --most" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["weigh", "--help"])
    assert "Heaviest arm" in capsys.readouterr().out
