"""Energies in the README and in docs/energy.md, against the account of a whole reach."""

import re
from pathlib import Path

import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.energy_units import energy_range, ratio_range
from spikearm.experiments.studies.deployment.drive import DriveConfig
from spikearm.experiments.studies.energy.jobs import ARM, CPU, DENSE, HOST, LAW, LEAN, SPIKES
from spikearm.experiments.studies.energy.report import EnergyReport, energy_report

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def report() -> EnergyReport:
    drive = DriveConfig(speed_limits=False)
    return energy_report(load_arm("gen3"), shipped("gen3"), drive, Path("nowhere"))


@pytest.mark.slow
def test_the_readmes_energies_are_those_of_the_account(report):
    text = " ".join((ROOT / "README.md").read_text("utf-8").split())
    law = report.account(ARM, LAW).dynamic
    found = re.search(r"takes (\d+) times what the control law takes on an ARM processor", text)
    assert found is not None
    assert int(found[1]) == round(report.sharing.per_arm(1).least / law)
    found = re.search(
        r"Its dynamic energy alone is ([\d.]+) to ([\d.]+) times less than that, by two lists of "
        r"prices, and ([\d.]+) to ([\d.]+) times less than a lean program of the law", text
    )  # fmt: skip
    assert found is not None
    lean = report.account(ARM, LEAN).dynamic
    exact = [other / one for other in (law, lean) for one in report.dynamic[::-1]]
    assert [*found.groups()] == [f"{one:.1f}" for one in exact]


@pytest.mark.slow
def test_the_pages_energies_are_those_of_the_account(report):
    text = " ".join((ROOT / "docs" / "energy.md").read_text("utf-8").split())
    least, calibrated = report.dynamic
    assert f"| **{1e9 * least:.0f} nJ** | | **{1e9 * calibrated:.0f} nJ** |" in text
    assert f"| network, spikes alone | {energy_range(report.dynamic)} |" in text
    for job in (DENSE, SPIKES):
        ratios = [report.account(CPU, job).dynamic / one for one in report.dynamic]
        assert f"| {ratio_range(ratios)} |" in text
    law, host = (report.account(ARM, job).dynamic for job in (LAW, HOST))
    assert f"| {ratio_range([law / one for one in report.dynamic])} |" in text
    assert f"| {ratio_range([law / (one + host) for one in report.dynamic])} |" in text
    for n_arms in (1, 7, 14):
        assert f"| {energy_range(report.sharing.per_arm(n_arms))} |" in text
    assert f"| gen3 | {1e6 * report.reach.times.mean:.1f} |" in " ".join(
        (ROOT / "docs" / "latency.md").read_text("utf-8").split()
    )
