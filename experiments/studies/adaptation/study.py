"""Learning as a study: every controller learns every perturbation with every seed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from rich.console import RenderableType
from rich.text import Text

from spikearm.experiments.perturbations.sensor_failure import without_outage_warnings
from spikearm.experiments.studies.adaptation.curve import Curve
from spikearm.experiments.studies.adaptation.figure import draw_learning
from spikearm.experiments.studies.adaptation.paths import PATHS, PathFile
from spikearm.experiments.studies.adaptation.record import curve_row, trial_rows
from spikearm.experiments.studies.adaptation.table import curve_tables, describe_overflows
from spikearm.experiments.studies.adaptation.trials import AdaptationPlan
from spikearm.experiments.studies.adaptation.verdict import learning_verdict
from spikearm.experiments.studies.study import Batch, Measure, Study
from spikearm.neural.processes.raised import Problem


@dataclass(frozen=True)
class AdaptationStudy(Study[Curve]):
    """Learning curves of controllers, perturbations and seeds.

    Attributes:
        plan: Arm, task, controllers, perturbations and seeds, and the trials of a curve.
    """

    details_file = "learning.parquet"
    picture_file = "learning.html"

    plan: AdaptationPlan

    def batches(self) -> Iterator[Batch[Curve]]:
        """Return all curves as one batch."""
        conditions = self.plan.conditions

        @contextmanager
        def prepare() -> Iterator[Measure[Curve]]:
            with without_outage_warnings():
                yield lambda number: self.plan.curve(conditions[number])

        yield Batch("learning", len(conditions), prepare, self.plan.jobs)

    def rows(self, outcomes: Sequence[Curve]) -> list[dict[str, Any]]:
        """Return a row per curve."""
        return [curve_row(curve) for curve in outcomes]

    def problem(self, outcome: Curve) -> Problem | None:
        """Return the reason why a curve ended with all of the study, or None."""
        return outcome.learned.ended_by

    def details(self, outcomes: Sequence[Curve]) -> list[dict[str, Any]]:
        """Return a row per trial."""
        return [row for curve in outcomes for row in trial_rows(curve)]

    def write_more(self, outcomes: Sequence[Curve], folder: Path) -> None:
        """Write the paths of all trials."""
        PathFile(folder / PATHS).write(outcomes)

    def verdict(self, outcomes: Sequence[Curve]) -> str:
        """Write a verdict on the curves."""
        return learning_verdict(outcomes)

    def tables(self, outcomes: Sequence[Curve]) -> list[RenderableType]:
        """Return the table, and sentences on what went wrong."""
        return learning_tables(outcomes)

    def figure(self, outcomes: Sequence[Curve]) -> go.Figure:
        """Draw the curves."""
        return draw_learning(outcomes, f"{self.plan.arm.name}: learning, trial by trial")


def learning_tables(curves: Sequence[Curve]) -> list[RenderableType]:
    """Return the table of curves, and sentences on what went wrong."""
    counts = sum((Counter(curve.learned.overflow_counts) for curve in curves), Counter())
    return [*curve_tables(curves), describe_overflows(counts), *map(Text, problems(curves))]


def problems(curves: Sequence[Curve]) -> list[str]:
    """List the reasons why curves ended early."""
    return [
        f"{curve.controller}, {curve.level.label}, seed {curve.seed}: {curve.learned.problem}"
        for curve in curves
        if curve.learned.problem is not None
    ]
