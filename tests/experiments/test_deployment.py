"""Deployment: a controller driven through a reach, its tables, its log and its picture."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from arm_models import SpikearmError, load_arm
from controller.spiking_network import build_network
from controller.trained import TrainedController, shipped
from experiments.chip_figure import chip_figure
from experiments.cli import BAD_INPUT, main
from experiments.commands.deploy import BREACH
from experiments.deployment import DriveConfig, deploy
from experiments.whole_file import append_line
from loihi_deploy import limits
from loihi_deploy.board import BoardConfig
from loihi_deploy.nengo_loihi_compat import Greedy
from loihi_deploy.pipeline import build, quantise

DRIVE = DriveConfig(radius=0.03, duration=0.12)
OPTIONS = ["deploy", "--radius", "0.03", "--duration", "0.12", "--log", "log.jsonl"]
ROOMY = BoardConfig(host_spikes=200)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def file(trained: TrainedController) -> str:
    with Path("controller.npz").open("wb") as file:
        trained.save(file)
    return "controller.npz"


def test_the_shipped_controller_of_gen3_fits_but_for_what_the_host_link_is_set_to():
    report = deploy(load_arm("gen3"), shipped("gen3"), DRIVE, ROOMY).report
    assert report.ok, report.breaches
    assert report.deployed is not None
    network = build_network(shipped("gen3").weights, "loihi").network
    board = Greedy()(quantise(build(network)), n_chips=1)
    assert report.deployed.placement.cores_per_chip == tuple(board.n_cores_per_chip)
    assert report.deployed.traffic.any()
    assert all(0 <= row.used <= row.limit for row in report.rows)


def test_the_command_prints_tables_adds_a_line_to_the_log_and_draws(file, capsys):
    options = [*OPTIONS, "--trained", file]
    assert main([*options, "--host-spikes", "200", "--picture", "chip.html"]) == 0
    printed = capsys.readouterr().out
    for resource in (limits.SYNAPSE_BITS, limits.HOST_SPIKES, limits.CURRENT):
        assert resource.resource in printed
    assert "It fits. Cores: " in printed
    assert main([*options, "--host-spikes", "1"]) == BREACH
    printed = capsys.readouterr().out
    assert "It does not fit (breaches: 1)" in printed
    fits, breaks = map(json.loads, Path("log.jsonl").read_text().splitlines())
    assert (fits["ok"], breaks["ok"]) == (True, False)
    assert fits["arm"] == "gen3"
    assert fits["versions"]["nengo-loihi"]
    assert sum(fits["cores_per_chip"]) >= 3
    rows = {row["resource"]: row for row in breaks["resources"]}
    assert rows[limits.HOST_SPIKES.resource]["limit"] == 1
    assert {error["array"] for error in fits["quantisation"]} >= {"weights", "thresholds"}
    page = Path("chip.html").read_text()
    assert "spikes per step" in page


@pytest.mark.parametrize(
    "wrong",
    [["--trained", "missing.npz"], ["--picture", "chip.png"], ["--radius", "-1"], ["--chips", "0"]],
)
def test_wrong_options_are_refused_and_leave_nothing(wrong, file, capsys):
    assert main([*OPTIONS, *wrong]) == BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert {path.name for path in Path().iterdir()} == {file}


def test_every_core_is_drawn_in_the_colour_of_its_use_and_every_flow_with_its_spikes(trained):
    deployed = deploy(load_arm("gen3"), trained, DRIVE, ROOMY).report.deployed
    assert deployed is not None
    figure = chip_figure(deployed, "a chip")
    cores = [trace for trace in figure.data if trace.hovertext is not None and trace.text]
    assert [list(trace.marker.color) for trace in cores] == [
        [core.utilisation for core in deployed.placement.cores]
    ]
    said = [trace.hovertext for trace in figure.data if trace.hoverinfo == "text"]
    flows = [float(match[1]) for text in said if (match := re.match(r"([\d.]+) spikes", str(text)))]
    everything = np.concatenate([deployed.traffic.ravel(), deployed.host_traffic])
    np.testing.assert_allclose(sorted(flows), np.sort(everything[everything > 0]), atol=0.006)


def test_a_line_is_added_to_what_is_there():
    path = Path("new/log.jsonl")
    for line in ("one", "two"):
        append_line(path, line)
    assert path.read_text() == "one\ntwo\n"


def test_a_line_that_finds_no_room_is_left_out_whole():
    resource = pytest.importorskip("resource")  # not on Windows
    path = Path("log.jsonl")
    append_line(path, "one")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (7, before[1]))  # bytes
    try:
        with pytest.raises(SpikearmError, match="Cannot add to"):
            append_line(path, "more than three bytes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_text() == "one\n"
