"""The account of a reach: what stands beside the chip, its tables, its log and its meter."""

import json
from pathlib import Path

import pytest
from unwrapped import assert_unwrapped

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import TrainedController, shipped
from spikearm.experiments import energy_units as units
from spikearm.experiments.cli import BAD_INPUT, main
from spikearm.experiments.commands import energy as command
from spikearm.experiments.studies.deployment.drive import DriveConfig
from spikearm.experiments.studies.energy import table as energy_table
from spikearm.experiments.studies.energy.comparison import HARD, PUBLISHED
from spikearm.experiments.studies.energy.dense_network import DenseNetwork
from spikearm.experiments.studies.energy.jobs import DENSE, HOST, LAW, SPIKES
from spikearm.experiments.studies.energy.report import EnergyReport, energy_report
from spikearm.experiments.studies.energy.sharing import Sharing
from spikearm.loihi_deploy.energy import rapl
from spikearm.loihi_deploy.energy.account import BARE, THIS_MACHINE, LoihiEnergy

DRIVE = DriveConfig(radius=0.03, duration=0.12, speed_limits=False)
OPTIONS = [
    "energy", "--radius", "0.03", "--duration", "0.12", "--no-speed-limits", "--log",
    "log.jsonl",
]  # fmt: skip
PERIOD = 1e-3


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder, on a machine without a meter."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(command, "POWERCAP", tmp_path / "nowhere")


@pytest.fixture(scope="module")
def report(trained: TrainedController) -> EnergyReport:
    return energy_report(load_arm("gen3"), trained, DRIVE)


@pytest.fixture
def file(trained: TrainedController) -> str:
    with Path("controller.npz").open("wb") as file:
        trained.save(file)
    return "controller.npz"


def test_the_network_of_gen3_takes_a_hundred_times_less_on_loihi_than_on_a_cpu():
    report = energy_report(load_arm("gen3"), shipped("gen3"), DRIVE)
    for job in (SPIKES, DENSE):
        assert report.account("CPU", job).dynamic > 100 * report.dynamic.calibrated
    # And what flatters less: with static power it takes more than the law on a processor.
    assert report.account("Loihi", SPIKES).total > report.account("ARM", LAW).dynamic


def test_loihi_takes_its_prices_for_the_work_and_one_chips_leakage(report):
    work = report.reach.chip.work
    expected = (
        23.6 * work.stored_events + 81 * work.neuron_updates + 1.7 * work.messages
        + 3 * work.east_west + 4 * work.north_south
    )  # fmt: skip
    assert report.dynamic.least == pytest.approx(1e-12 * expected)
    assert work.indexed_events > 0 == work.shared_events
    expected = (
        35.5 * work.synaptic_events + 33.6 * work.indexed_events + 72.8 * work.neuron_updates
        + 69.3 * work.spikes + 111 * work.messages + 3 * work.east_west + 4.2 * work.north_south
    )  # fmt: skip
    assert report.dynamic.calibrated == pytest.approx(1e-12 * expected)
    assert report.static == pytest.approx(0.104375 * PERIOD)


def test_programs_go_over_no_weights_of_zero(report):
    counts, work = report.reach.counts, report.reach.chip.work
    assert counts.synaptic_events < work.stored_events
    updates = work.neuron_updates
    cpu, spinnaker = (report.account(name, SPIKES).dynamic for name in ("CPU", "SpiNNaker 2"))
    assert cpu == pytest.approx((counts.synaptic_events + updates) * 8.6e-9)
    assert spinnaker == pytest.approx(counts.synaptic_events * 450e-12 + updates * 2.19e-9)


def test_without_spikes_every_weight_is_an_operation_in_every_step(report, trained):
    dense = DenseNetwork(trained.weights, PERIOD)
    operations = dense.multiply_adds + dense.n_neurons
    for device, price in (("CPU", 8.6e-9), ("GPU", 0.3e-9), ("ARM", 0.9e-9)):
        account = report.account(device, DENSE)
        assert account.dynamic == pytest.approx(operations * price)
        assert account.static is None


def test_the_analytic_controller_and_the_host_are_their_operations(report):
    parts = report.operations
    law = parts["dynamics"] + parts["law"] + parts["command"]
    assert report.account("ARM", LAW).dynamic == pytest.approx(law.fused * 0.9e-9)
    bare = 3.7e-12 * (law.multiplications + law.others) + 0.9e-12 * law.additions
    assert report.account(BARE, LAW).dynamic == pytest.approx(bare)
    assert report.account("CPU", HOST).dynamic == pytest.approx(parts["host"].fused * 8.6e-9)
    assert 0 < parts["host"].total < law.total


def test_metrics_are_those_of_the_run(report):
    reach = report.reach
    assert report.metrics["effective_acs"] == reach.counts.synaptic_events
    assert report.metrics["dense"] == reach.footprint.dense
    assert 0.8 < report.metrics["activation_sparsity"] < 1


def test_comparisons_are_ratios_of_accounts_and_one_of_each_way_flatters_least(report):
    assert {one.way for one in report.comparisons} == {PUBLISHED, HARD}
    found = {(one.other, one.chip): one for one in report.comparisons}
    assert len(found) == len(report.comparisons)
    hard = found[f"{LAW}, on ARM", "dynamic and static"]
    law, host = (report.account("ARM", job).dynamic for job in (LAW, HOST))
    totals = [one + report.static for one in report.dynamic]
    assert hard.ratios == pytest.approx([law / total for total in totals])
    assert max(hard.ratios) < 1
    hosted = found[f"{LAW}, on ARM", "dynamic, and its host on an ARM"]
    assert hosted.chip_energy == pytest.approx([one + host for one in report.dynamic])
    assert not any(THIS_MACHINE in one.other for one in report.comparisons)


def test_all_devices_parts_and_labels_are_in_the_tables(report):
    network = energy_table.network_tables(report)
    columns = [c for table in (*network, energy_table.other_table(report)) for c in table.columns]
    cells = {" ".join(str(x).split()) for c in columns for x in (c.header, *c.cells)}
    for word in ("Loihi", "SpiNNaker", "SpiNNaker 2", "CPU", "GPU", "ARM", BARE, DENSE, LAW, HOST):
        assert word in cells, word
    assert {"estimated", "modelled"} <= cells
    by_row: dict[str, list[str]] = {}
    for table in network:
        names, *devices = (list(column.cells) for column in table.columns)
        for name, values in zip(names, zip(*devices, strict=True), strict=True):
            by_row.setdefault(str(name), []).extend(map(str, values))
    assert by_row["static"] == ["104 µJ", "104 µJ", "-", "-", "-", "-", "-"]
    assert by_row["reach, static"][0] == "12.5 mJ"  # 120 steps


def test_no_cell_of_any_table_is_wrapped_at_80_columns(report):
    assert_unwrapped([*energy_table.short_tables(report), *energy_table.long_tables(report)])


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "-"), (0.0, "0"), (6.29e-7, "629 nJ"), (1.0437e-4, "104 µJ"), (3.43, "3.43 J"),
     (1.2e-13, "0.12 pJ"), (9.996e-7, "1 µJ"), (1e-9, "1 nJ")],
)  # fmt: skip
def test_energies_have_three_digits_and_a_unit(value, written):
    assert units.energy(value) == written


@pytest.mark.parametrize(
    ("values", "written"),
    [((6.82e-7, 8.7e-7), "682 to 870 nJ"), ((8.7e-7, 1.04e-6), "870 nJ to 1.04 µJ"),
     ((2e-9, 1e-9), "1 to 2 nJ"), ((1e-9, 1.0001e-9), "1 nJ"), (None, "not published")],
)  # fmt: skip
def test_a_range_of_energies_has_its_unit_once_where_both_have_the_same(values, written):
    assert units.energy_range(values) == written


def test_arms_that_share_a_chip_share_its_leakage_alone():
    sharing = Sharing(LoihiEnergy(0.5e-6, 0.8e-6), static=104e-6, most_arms=25)
    assert sharing.per_arm(1) == pytest.approx((104.5e-6, 104.8e-6))
    assert sharing.per_arm(25) == pytest.approx((4.66e-6, 4.96e-6))
    assert sharing.break_even(5.44e-6) == 23  # 104 / 4.64 = 22.4
    assert sharing.break_even(4.9e-6) is None  # from 26 arms on, and 25 fill a chip
    assert sharing.break_even(0.7e-6) is None


def test_the_command_prints_and_adds_a_line_to_the_log(file, capsys):
    assert main([*OPTIONS, "--trained", file]) == 0
    short = capsys.readouterr().out
    assert "Sources" not in short
    assert main([*OPTIONS, "--trained", file, "--all"]) == 0
    printed = capsys.readouterr().out
    for title in ("As papers state it", "The hard way", "NeuroBench's metrics", "Sources"):
        assert title in printed
    assert "Not measured: This machine shows no energy meter" in printed
    first, second = map(json.loads, Path("log.jsonl").read_text().splitlines())
    assert (first["n_steps"], first["period_s"], first["measurements"]) == (120, PERIOD, {})
    for name in ("counts", "chip", "step_time", "metrics", "operations", "accounts", "comparisons"):
        assert first[name] == second[name]
    labels = {part["label"] for one in first["accounts"] for part in one["parts"]}
    assert labels == {"estimated", "modelled", "not published"}
    static = [p for one in first["accounts"] for p in one["parts"] if p["name"] == "static"]
    assert all(part["energy"] != 0 for part in static)
    assert min(first["comparisons"][0]["ratios"]) > 100


def test_it_begins_with_two_sentences_and_fits_60_lines_of_80_columns(file, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*OPTIONS, "--trained", file]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 60
    tables = lines[: next(i for i, line in enumerate(lines) if line.startswith("A step on Loihi"))]
    assert max(map(len, lines[:-1])) <= 80  # the last is for a terminal to wrap
    verdict = " ".join(map(str.strip, tables))
    assert verdict.count(". ") == 1
    for word in ("dynamic energy", "µs at most", "leakage", "No chip was measured"):
        assert word in verdict


def make_meter(root: Path, monkeypatch: pytest.MonkeyPatch, work: int = 500_000) -> None:
    """Make a meter that shows 1 mJ more after idling, and as much as is given after work [uJ]."""
    folder = root / "intel-rapl:0"
    folder.mkdir(parents=True)
    (folder / "name").write_text("package-0")
    (folder / "max_energy_range_uj").write_text("262143328850")
    (folder / "energy_uj").write_text("0")
    steps = iter([0, *[0, 1_000, 0, work] * 2])
    shown = 0

    def read(domain: rapl.Domain) -> int:
        nonlocal shown
        shown += next(steps)
        return shown

    monkeypatch.setattr(command, "POWERCAP", root)
    monkeypatch.setattr(rapl.Domain, "read", read)


def test_where_there_is_a_meter_the_processor_is_measured(file, capsys, monkeypatch, tmp_path):
    make_meter(tmp_path / "powercap", monkeypatch)
    assert main([*OPTIONS, "--all", "--trained", file, "--measure-time", "0.02"]) == 0
    printed = capsys.readouterr().out
    assert f"Measured, {DENSE}:" in printed
    assert THIS_MACHINE in printed.split("The hard way: Loihi's dynamic and static")[1]
    line = json.loads(Path("log.jsonl").read_text())
    assert line["not_measured"] is None
    for job in (DENSE, LAW):
        one = line["measurements"][job]
        assert one["energy"] * one["calls"] == pytest.approx(0.5, rel=0.05)
        (account,) = (a for a in line["accounts"] if (a["device"], a["job"]) == (THIS_MACHINE, job))
        assert [part["label"] for part in account["parts"]] == ["measured", "measured"]
        assert account["parts"][1]["energy"] == pytest.approx(one["idle_power"] * PERIOD)


def test_where_other_programs_run_the_processor_is_modelled_and_the_command_says_why(
    file, capsys, monkeypatch, tmp_path
):
    make_meter(tmp_path / "powercap", monkeypatch, work=0)
    assert main([*OPTIONS, "--trained", file, "--measure-time", "0.02"]) == 0
    assert "Not measured: The machine takes no more power" in capsys.readouterr().out
    line = json.loads(Path("log.jsonl").read_text())
    assert line["measurements"] == {}
    assert "other programs run" in line["not_measured"]


@pytest.mark.parametrize(
    "wrong",
    [["--trained", "missing.npz"], ["--radius", "-1"], ["--measure-time", "0"],
     ["--measure-time", "nan"]],
)  # fmt: skip
def test_wrong_options_are_refused_and_leave_nothing(wrong, file, capsys):
    assert main([*OPTIONS, *wrong]) == BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert {path.name for path in Path().iterdir()} == {file}
