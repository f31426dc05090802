"""``spikearm report``: compare runs in a report."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from spikearm.arm_models import SpikearmError
from spikearm.experiments.console.console import console
from spikearm.experiments.records.records import read_run
from spikearm.experiments.report.report import write_report
from spikearm.experiments.report.study_folder import read_study, study_command
from spikearm.experiments.report.study_report import write_study_report
from spikearm.experiments.studies.benchmark.verdict import benchmark_verdict


@dataclass(frozen=True)
class ReportCommand:
    """Write one HTML report that compares runs.

    Examples:
        spikearm report runs/gen3 runs/panda --out comparison.html

    Attributes:
        runs: Folders that "spikearm run" and "spikearm bench" wrote, or "spikearm adapt" and
            "spikearm stress".
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
        studies = [folder for folder in self.runs if study_command(folder) is not None]
        if studies and len(studies) < len(self.runs):
            raise SpikearmError(
                "Runs and studies do not share a report. Give folders of 'spikearm run' and "
                "'spikearm bench', or of 'spikearm adapt' and 'spikearm stress'."
            )
        with console.status("Writing the report"):
            verdicts = self._write_studies() if studies else self._write_runs()
        several = len(verdicts) > 1
        for name, verdict in verdicts:
            console.print(f"{name}: {verdict}" if several else verdict)
        console.print(f"Report: {self.out}", soft_wrap=True)

    def _write_studies(self) -> list[tuple[str, str]]:
        """Write the report of studies, and return their names and verdicts."""
        studies = [read_study(folder) for folder in self.runs]
        write_study_report(studies, self.out)
        return [(study.name, study.verdict) for study in studies]

    def _write_runs(self) -> list[tuple[str, str]]:
        """Write the report of runs, and return their names and verdicts."""
        runs = [read_run(folder) for folder in self.runs]
        write_report(runs, self.out)
        return [(run.config["name"], benchmark_verdict(run.rows, run.status)) for run in runs]
