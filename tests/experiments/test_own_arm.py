"""An arm that does not ship, from its MJCF file to a spiking controller that is measured."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from spikearm.experiments.cli import main

PLANT = ["--armature", "0.02", "--home", "0", "-0.5", "0", "1.9", "0", "-0.8", "0"]
BUDGET = ["--reaches", "1500", "--epochs", "20", "--recordings", "9000"]


@pytest.mark.slow
@pytest.mark.skipif(find_spec("nengo_dl") is None, reason="needs the extra [train]")
def test_a_diana_from_pypi_is_trained_and_reaches_every_target(packaged, tmp_path):
    arm = ["--mjcf", str(packaged("robopal", "DianaMed.xml")), *PLANT]
    train = [sys.executable, "-m", "spikearm.experiments.cli", "train", *arm, *BUDGET]
    ran = subprocess.run(
        [*train, "--out", str(tmp_path / "trained")], capture_output=True, text=True, timeout=3600
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    trained = ["--trained", str(tmp_path / "trained" / "controller.npz")]
    bench = ["bench", *arm, *trained, "--controllers", "loihi", "--feedforward", "velocity"]
    assert main([*bench, "--no-report", "--out", str(tmp_path / "run")]) == 0
    rows = json.loads((tmp_path / "run" / "summary.json").read_text())["rows"]
    on_chip = next(row for row in rows if row["controller"] == "loihi")
    assert on_chip["success_rate"] == 1.0
    assert on_chip["excess_deviation"] <= 0.10
