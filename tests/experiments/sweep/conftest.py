"""What the tests of sweeps share: small grids."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spikearm.experiments.commands.sweep import SWEPT
from spikearm.experiments.sweep.sweep_file import read_sweep
from spikearm.experiments.sweep.task import SweepTask

REACH = {"targets": 1, "radius": 0.01, "duration": 0.1, "hold": 0.01, "speed_limits": False}
SMALL = "\n".join(f"{name} = {str(value).lower()}" for name, value in REACH.items())


@pytest.fixture
def sweep_file(tmp_path, monkeypatch) -> Callable[..., Path]:
    """Work in an empty folder, and write files of sweeps into it."""
    monkeypatch.chdir(tmp_path)

    def write(grid: str, options: str = "", command: str = "bench") -> Path:
        path = Path("grid.toml")
        path.write_text(f'command = "{command}"\n[options]\n{options}\n{SMALL}\n[grid]\n{grid}\n')
        return path

    return write


@pytest.fixture
def tasks_of(sweep_file) -> Callable[..., list[SweepTask]]:
    """Read the tasks of a small sweep."""
    return lambda *text: read_sweep(sweep_file(*text), SWEPT)
