"""Deployment: a controller driven through a reach, its tables, its log and its picture."""

import json
import re
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.spiking.saturation_backup import SaturationBackup
from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.weights.shipped_folder import shipped_arms
from spikearm.controller.weights.trained import TrainedController, shipped
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.commands.deploy import BREACH
from spikearm.experiments.records.atomic_file import append_line
from spikearm.experiments.studies.deployment.deployment import (
    MappingConfig,
    Stages,
    deploy_controller,
)
from spikearm.experiments.studies.deployment.drive import DriveConfig, drive_arm, loihi_controller
from spikearm.experiments.studies.deployment.figure import chip_figure
from spikearm.experiments.studies.deployment.table import losses
from spikearm.loihi_deploy import limits, pipeline
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.loihi_deploy.checks.split_search import WORTH_A_CORE
from spikearm.loihi_deploy.mapping.allocators import ALLOCATORS, AllocatorName
from spikearm.loihi_deploy.mapping.mesh import tile_of
from spikearm.loihi_deploy.nengo_loihi_compat import Greedy, nengo_loihi, without_known_warnings

DRIVE = DriveConfig(radius=0.03, duration=0.12, speed_limits=False)
OPTIONS = [
    "deploy", "--radius", "0.03", "--duration", "0.12", "--no-speed-limits", "--log",
    "log.jsonl",
]  # fmt: skip


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


SHIPPED = shipped_arms()
SHORT = ["--radius", "0.03", "--duration", "0.12", "--no-speed-limits"]


@pytest.mark.parametrize(
    ("arm", "drive"),
    [("gen3", SHORT), *(pytest.param(name, [], marks=pytest.mark.slow) for name in SHIPPED)],
)
def test_a_shipped_controller_fits_on_the_cores_that_nengo_loihi_assigns(arm, drive):
    assert main(["deploy", "--arm", arm, "--log", "log.jsonl", *drive]) == 0
    entry = json.loads(Path("log.jsonl").read_text())
    assert entry["cores_per_chip"] == cores_by_nengo_loihi(arm)
    for row in entry["resources"]:
        assert row["ok"] and 0 <= row["used"] <= row["limit"], row
    (link,) = (one for one in entry["resources"] if one["resource"] == limits.HOST_SPIKES.resource)
    assert link["limit"] == most_spikes_from_the_host(arm)


def cores_by_nengo_loihi(arm: str) -> list[int]:
    weights = shipped(arm).weights
    network = build_network(weights, "loihi").network
    SaturationBackup.of_arm(load_arm(arm).model, weights, "loihi").add_to(network)
    with (
        without_known_warnings(),
        nengo_loihi.Simulator(network, target="sim", precompute=False) as simulator,
    ):
        return Greedy()(simulator.model, n_chips=1).n_cores_per_chip


def most_spikes_from_the_host(arm: str) -> int:
    """Count a pair of neurons for every number and each block that it goes to.

    Features and neurons against friction are a block each; the products are as many as fill cores.
    The saturation backup has two ranges of a command.
    """
    weights = shipped(arm).weights
    n_products, n_friction = weights.layers[2:]
    blocks = -(-n_products // limits.COMPARTMENTS.most)
    state, speed = weights.posture.shape[1], weights.velocity.shape[1]
    friction = speed + 6 if n_friction else 0
    return 2 * (state + speed + 6 * int(blocks) + friction + 2 * 6)


def test_the_command_prints_tables_adds_a_line_to_the_log_and_draws(file, capsys):
    options = [*OPTIONS, "--trained", file]
    assert main([*options, "--all", "--picture", "chip.html", "--steps", "steps.parquet"]) == 0
    printed = capsys.readouterr().out
    for words in ("(chosen)", "spikes between cores", "rescaled"):
        assert words in printed
    for resource in (limits.SYNAPSE_BITS, limits.HOST_SPIKES, limits.CURRENT):
        assert resource.resource in printed
    assert printed.startswith("The controller of gen3 fits the chip: it takes ")
    assert main([*options, "--host-spikes", "1"]) == BREACH
    printed = " ".join(capsys.readouterr().out.split())
    assert "does not fit the chip" in printed and "breaks 1 limit (spikes from the host" in printed
    assert limits.INPUT.resource not in printed  # far from its limit
    fits, breaks = map(json.loads, Path("log.jsonl").read_text().splitlines())
    assert (fits["ok"], breaks["ok"]) == (True, False)
    assert fits["arm"] == "gen3"
    assert fits["versions"]["nengo-loihi"]
    assert sum(fits["cores_per_chip"]) >= 3
    rows = {row["resource"]: row for row in breaks["resources"]}
    assert rows[limits.HOST_SPIKES.resource]["limit"] == 1
    assert {error["array"] for error in fits["quantisation"]} >= {"weights", "thresholds"}
    assert [one["allocator"] for one in fits["allocations"]] == list(ALLOCATORS)
    steps = pq.read_table("steps.parquet")
    assert steps.num_rows == 120
    assert set(steps["controller"].to_pylist()) == {"loihi"}
    assert sum(steps["synaptic_events"].to_pylist()) > 0
    page = Path("chip.html").read_text()
    assert "spikes per step" in page


def stages_of(trained: TrainedController, mapping: MappingConfig = MappingConfig()) -> Stages:
    found = deploy_controller(load_arm("gen3"), trained, DRIVE, BoardConfig(), mapping)
    assert found.stages is not None
    assert found.stages.deployment.report is found.report
    return found.stages


def test_the_command_reports_the_stages_of_the_pipeline(file):
    assert main([*OPTIONS, "--trained", file, "--allocator", "traffic", "--rescale"]) == 0
    entry = json.loads(Path("log.jsonl").read_text())
    arm = load_arm("gen3")
    trained = TrainedController.load(Path(file))
    controller = loihi_controller(
        arm.model, trained, DRIVE, partial(RecordedSimulation, rescaled=True)
    )
    with controller:
        drive_arm(arm, controller, DRIVE)
        assert isinstance(controller.simulation, RecordedSimulation)
        found = pipeline.deploy(controller.simulation, BoardConfig(), "traffic")
    assert entry["resources"] == [asdict(row) for row in found.report.rows]
    assert entry["rescaled"] == [asdict(error) for error in found.errors]
    plain = pipeline.quantisation_errors(found.floats, pipeline.quantise(found.floats))
    assert entry["quantisation"] == [asdict(error) for error in plain] != entry["rescaled"]
    assert entry["cores_per_chip"] == list(found.placement.cores_per_chip)
    (chosen,) = (one for one in entry["allocations"] if one["allocator"] == "traffic")
    between = found.traffic.between
    assert chosen["between_cores"] == pytest.approx(between.sum() - between.trace())


def test_a_remedy_names_the_option_that_changes_the_limit(file, capsys):
    assert main([*OPTIONS, "--trained", file, "--host-spikes", "1"]) == BREACH
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert said.count("Option:") == 1
    assert "Option: --host-spikes." in said


def test_the_chosen_allocator_assigns_the_cores(trained):
    def sets(allocator: AllocatorName) -> list[str]:
        found = stages_of(trained, MappingConfig(allocator))
        cores = found.deployment.placement.cores
        (chosen,) = [one for one in found.allocations if one.allocator == allocator]
        sent = found.deployment.traffic.between
        assert chosen.between_cores == pytest.approx(sent.sum() - sent.trace())
        assert sum(chosen.cores_per_chip) == len(cores)
        return [core.name for core in cores]

    greedy, ours = sets("greedy"), sets("traffic")
    assert sorted(", ".join(ours).split(", ")) == sorted(", ".join(greedy).split(", "))


def test_a_rescaled_run_has_thresholds_by_neuron_and_says_what_they_bring_back(trained, capsys):
    runs = [stages_of(trained, MappingConfig(rescale=rescale)) for rescale in (False, True)]
    used = []
    for run in runs:
        assert run.rescaling == runs[0].rescaling
        rows = {row.resource: row.used for row in run.deployment.report.rows}
        used.append(rows[limits.THRESHOLD_CONFIGS.resource])
    assert used[0] == 1 < used[1] <= limits.THRESHOLD_CONFIGS.most
    for run, how in zip(runs, ("With --rescale", "Rescaled"), strict=True):
        said = losses(run.rescaling, in_use=run is runs[1])
        assert re.search(rf"More than 5% .* code.*{how}, at most [0-4]\.\d%", said)


def test_a_split_network_is_run_again_and_takes_the_time_that_the_search_foresaw(file, capsys):
    assert main([*OPTIONS, "--trained", file, "--split"]) == 0
    whole, *_, best = (entry := json.loads(Path("log.jsonl").read_text()))["splits"]
    assert entry["mapping"]["split"] is True
    assert best["cores"] == sum(entry["cores_per_chip"]) > whole["cores"]
    assert best["mean"] < (1 - WORTH_A_CORE) * whole["mean"]
    # A block's weights round on a scale of their own, so spikes may differ a little.
    assert entry["step_time"]["mean"] == pytest.approx(best["mean"], rel=0.05)
    said = capsys.readouterr().out
    assert "Layers split over more cores" in said
    assert f"the price is {best['cores'] - whole['cores']} core" in said


def test_a_split_is_for_allocators_that_keep_blocks_apart():
    with pytest.raises(SpikearmError, match="allocator greedy"):
        MappingConfig("traffic", split=True)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--trained", "missing.npz"],
        ["--split", "--backend", "board"],
        ["--picture", "chip.png"],
        ["--steps", "s.csv"],
        ["--radius", "-1"],
        ["--chips", "0"],
    ],
)
def test_wrong_options_are_refused_and_leave_nothing(wrong, file, capsys):
    assert main([*OPTIONS, *wrong]) == BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert {path.name for path in Path().iterdir()} == {file}


def test_every_core_is_drawn_in_the_colour_of_its_use_and_every_flow_with_its_spikes(trained):
    deployed = stages_of(trained).deployment
    figure = chip_figure(deployed, "a chip")
    cores = [trace for trace in figure.data if trace.hovertext is not None and trace.text]
    (drawn,) = cores
    at = np.column_stack([drawn.x, drawn.y])
    tiles = np.array([tile_of(core.number) for core in deployed.placement.cores])
    same = (tiles[:, None] == tiles[None, :]).all(axis=2)
    apart = np.abs(at[:, None] - at[None, :]).max(axis=2)
    assert (apart[same] <= 1).all() and (apart[~same] > 1).all()
    assert [list(trace.marker.color) for trace in cores] == [
        [core.utilisation for core in deployed.placement.cores]
    ]
    said = [trace.hovertext for trace in figure.data if trace.hoverinfo == "text"]
    flows = [float(match[1]) for text in said if (match := re.match(r"([\d.]+) spikes", str(text)))]
    everything = np.concatenate([deployed.traffic.between.ravel(), deployed.traffic.from_host])
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
