"""Commands on a board that stands in for a Loihi's, from the arm to the table."""

import json
import shutil
from pathlib import Path

import numpy as np
import nxsdk_stand_in
import pytest

from spikearm.experiments.cli import main
from spikearm.experiments.records.records import read_run
from spikearm.neural.counts import UNCOUNTED

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("g++") is None, reason="compiles snips with gcc and g++"),
]


@pytest.fixture(autouse=True)
def board(tmp_path, monkeypatch, trained):
    """Work in a folder with a controller, beside a board."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    nxsdk_stand_in.install(monkeypatch)
    monkeypatch.setattr(nxsdk_stand_in.Core, "confuses", False)
    with Path("controller.npz").open("wb") as file:
        trained.save(file)


def test_a_run_on_the_board_is_the_one_on_the_engine_less_what_cannot_be_counted():
    task = [
        "--targets", "1", "--radius", "0.03", "--duration", "0.1", "--no-speed-limits",
        "--hold", "0.02",
    ]  # fmt: skip
    words = ["run", "--controller", "loihi", "--trained", "controller.npz", "--no-report", *task]
    for backend in ("engine", "board"):
        assert main([*words, "--backend", backend, "--out", backend]) == 0
    engine, board = (read_run(Path(backend)) for backend in ("engine", "board"))
    for one, other in zip(engine.reaches, board.reaches, strict=True):
        assert np.ptp(one.trajectory.torque, axis=0).min() > 0.01
        np.testing.assert_array_equal(other.trajectory.q, one.trajectory.q)
    assert (board.reaches[-1].trajectory.spikes == UNCOUNTED).all()
    counted, known = engine.rows[-1], board.rows[-1]
    assert known["backend"] == "board"
    assert known["host_spikes"] == counted["host_spikes"] > 1
    assert known["cores"] == counted["cores"]
    assert known["position_rmse_m"] == counted["position_rmse_m"]
    for name in ("spikes", "synaptic_events", "energy_per_step_j", "activation_sparsity"):
        assert counted[name] is not None, name
        assert known[name] is None, name


def test_a_deployment_is_compared_on_the_board_with_the_engine(capsys):
    words = ["deploy", "--trained", "controller.npz", "--radius", "0.03", "--duration", "0.1",
             "--no-speed-limits", "--log", "log.jsonl", "--backend", "board"]  # fmt: skip
    assert main(words) == 0
    assert "those of the engine in the first 100 of 100 steps" in capsys.readouterr().out
    entry = json.loads(Path("log.jsonl").read_text())
    assert entry["on_board"]["n_equal"] == entry["on_board"]["n_steps"] == 100
    assert entry["on_board"]["largest"] == 0
