"""Folders that commands wrote, for all tests of reports."""

from pathlib import Path

import pytest

from spikearm.experiments.cli import main

REACH = [
    "--radius", "0.03", "--duration", "0.12", "--hold", "0.03", "--jobs", "1",
    "--no-speed-limits",
]  # fmt: skip
COMMANDS = {
    "ran": ["run", "--controller", "pd", "--targets", "1", "--no-report"],
    "learned": ["adapt", "--controllers", "pd", "--trials", "2", "--probes", "1"],
    "stressed": ["stress", "--controllers", "analytic", "--targets", "1",
                 "--perturbations", "delay"],
}  # fmt: skip


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> Path:
    """Write a folder of each kind, named after what was done."""
    place = tmp_path_factory.mktemp("written")
    for name, words in COMMANDS.items():
        assert main([*words, *REACH, "--out", str(place / name)]) == 0
    return place
