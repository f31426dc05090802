"""Reproductions as studies: nothing that was measured is lost."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import plotly.graph_objects as go
from rich.console import RenderableType

from spikearm.arm_models.errors import check_processes
from spikearm.experiments.studies.reproductions.measurement import Measurement
from spikearm.experiments.studies.reproductions.part import Part
from spikearm.experiments.studies.reproductions.reproduction import Reproduction
from spikearm.experiments.studies.reproductions.table import findings_list
from spikearm.experiments.studies.reproductions.verdict import findings_verdict
from spikearm.experiments.studies.study import Batch, Measure, Study


@dataclass(frozen=True)
class ReproductionStudy(Study[Measurement]):
    """Measurements of a work's experiment.

    Attributes:
        reproduction: The experiment.
        quick: True for small sizes and few seeds.
        jobs: Number of conditions that are measured at a time; the number of cores if None.

    Raises:
        SpikearmError: There are fewer than one of these jobs.
    """

    details_file = "measurements.parquet"
    picture_file = "figure.html"

    reproduction: Reproduction
    quick: bool = False
    jobs: int | None = None

    def __post_init__(self) -> None:
        check_processes(self.jobs)

    def batches(self) -> Iterator[Batch[Measurement]]:
        """List a batch per part."""
        for part in self.reproduction.parts(self.quick):
            jobs = self.jobs if part.jobs is None else part.jobs
            yield Batch(part.name, len(part.pieces), lambda part=part: _prepared(part), jobs)

    def rows(self, outcomes: Sequence[Measurement]) -> list[dict[str, Any]]:
        """Return a row per finding."""
        return [
            asdict(finding) | {"verdict": finding.verdict}
            for finding in self.reproduction.findings(outcomes)
        ]

    def details(self, outcomes: Sequence[Measurement]) -> list[dict[str, Any]]:
        """Return a row per number that was measured."""
        return [
            {"part": one.part, "condition": one.condition, "seed": one.seed,
             "quantity": quantity, "value": float(value)}
            for one in outcomes
            for quantity, value in one.values.items()
        ]  # fmt: skip

    def verdict(self, outcomes: Sequence[Measurement]) -> str:
        """Write how many findings agree with the work, and which differ."""
        return findings_verdict(self.reproduction.findings(outcomes))

    def tables(self, outcomes: Sequence[Measurement]) -> list[RenderableType]:
        """Return the work and its claim, and the list of findings."""
        work = f"{self.reproduction.citation}. Its claim: {self.reproduction.summary}"
        return [work, *findings_list(self.reproduction.findings(outcomes))]

    def figure(self, outcomes: Sequence[Measurement]) -> go.Figure:
        """Draw the measurements."""
        return self.reproduction.figure(outcomes)


@contextmanager
def _prepared(part: Part) -> Iterator[Measure[Measurement]]:
    pieces = part.pieces

    def measure(number: int) -> Measurement:
        condition, seed = pieces[number]
        return Measurement(part.name, condition, seed, dict(part.measure(condition, seed)))

    yield measure
