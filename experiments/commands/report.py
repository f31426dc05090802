"""``spikearm report``: compare runs in a report."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from spikearm.arm_models import SpikearmError
from spikearm.experiments.console.console import console
from spikearm.experiments.records.records import read_run
from spikearm.experiments.report.report import write_report


@dataclass(frozen=True)
class ReportCommand:
    """Write one HTML report that compares runs.

    Examples:
        spikearm report runs/gen3 runs/panda --out comparison.html

    Attributes:
        runs: Folders that "spikearm run" or "spikearm bench" wrote.
        out: The file to write.
        overwrite: Replace the file if it exists.
    """

    runs: Annotated[tuple[Path, ...], tyro.conf.Positional]
    out: Path = Path("report.html")
    overwrite: bool = False

    def execute(self) -> None:
        """Read the runs and write the report."""
        if not self.runs:
            raise SpikearmError("Which runs? Name one or more run folders.")
        if self.out.exists() and not self.overwrite:
            raise SpikearmError(f"'{self.out}' exists. Name another file, or give --overwrite.")
        with console.status("Writing the report"):
            write_report([read_run(folder) for folder in self.runs], self.out)
        console.print(f"Report: {self.out}")
