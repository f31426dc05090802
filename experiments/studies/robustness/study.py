"""Robustness as a study: every controller under every perturbation with every seed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import plotly.graph_objects as go
from rich.console import RenderableType

from spikearm.experiments.perturbations.sensor_failure import without_outage_warnings
from spikearm.experiments.studies.condition import Condition
from spikearm.experiments.studies.robustness.figure import stress_figure
from spikearm.experiments.studies.robustness.stress import StressOutcome, StressPlan
from spikearm.experiments.studies.robustness.summary import Point, summarise
from spikearm.experiments.studies.robustness.table import (
    break_tables,
    explanations,
    stress_tables,
)
from spikearm.experiments.studies.robustness.verdict import stress_verdict
from spikearm.experiments.studies.study import Batch, Measure, Study
from spikearm.neural.processes.raised import Problem


@dataclass(frozen=True)
class StressStudy(Study[StressOutcome]):
    """Motions of controllers under growing perturbations.

    Attributes:
        plan: Arm, task, controllers, perturbations and seeds.
    """

    details_file = "reaches.parquet"
    picture_file = "stress.html"

    plan: StressPlan

    def batches(self) -> Iterator[Batch[StressOutcome]]:
        """List a batch per seed, controller, and what the controller is told of gravity."""
        for seed in self.plan.seeds:
            for controller in dict.fromkeys(self.plan.controllers):
                for conditions in by_gravity(self.plan.conditions(controller, seed)):
                    yield self._batch(conditions)

    def rows(self, outcomes: Sequence[StressOutcome]) -> list[dict[str, Any]]:
        """Return a row per controller, perturbation and strength."""
        return [asdict(point) | {"broken": point.broken} for point in summarise(outcomes)]

    def problem(self, outcome: StressOutcome) -> Problem | None:
        """Return the reason why a condition was measured in part, or None."""
        return outcome.problem

    def details(self, outcomes: Sequence[StressOutcome]) -> list[dict[str, Any]]:
        """Return a row per motion."""
        return [
            _identity(outcome.condition) | asdict(reach)
            for outcome in outcomes
            for reach in outcome.reaches
        ]

    def verdict(self, outcomes: Sequence[StressOutcome]) -> str:
        """Write a verdict on each controller."""
        return stress_verdict(summarise(outcomes))

    def tables(self, outcomes: Sequence[StressOutcome]) -> list[RenderableType]:
        """Return a table per perturbation, and one of all strengths at which controllers break."""
        return stress_tables_of(summarise(outcomes))

    def figure(self, outcomes: Sequence[StressOutcome]) -> go.Figure:
        """Draw the deviation over the strength of each perturbation."""
        title = f"{self.plan.arm.name}: position rmse under growing perturbations"
        return stress_figure(summarise(outcomes), title)

    def _batch(self, conditions: Sequence[Condition]) -> Batch[StressOutcome]:
        first = conditions[0]

        @contextmanager
        def prepare() -> Iterator[Measure[StressOutcome]]:
            known = first.level.perturbation.gravity_known
            with (
                self.plan.make(first.controller, first.seed, known) as controller,
                without_outage_warnings(),
            ):
                setup = self.plan.loop(controller, first.seed)
                yield lambda number: self.plan.outcome(setup, conditions[number])

        title = f"{first.controller.label}, seed {first.seed}"
        return Batch(title, len(conditions), prepare, self.plan.jobs)


def stress_tables_of(points: Sequence[Point]) -> list[RenderableType]:
    """Return a table per perturbation, and one of all strengths at which controllers break."""
    return [*stress_tables(points), *break_tables(points), explanations()]


def by_gravity(conditions: Sequence[Condition]) -> Iterator[list[Condition]]:
    """Group conditions by whether the controller is told of gravity."""
    for known in (True, False):
        group = [one for one in conditions if one.level.perturbation.gravity_known == known]
        if group:
            yield group


def _identity(condition: Condition) -> dict[str, Any]:
    return {
        "controller": condition.controller.label,
        "seed": condition.seed,
        "perturbation": condition.level.name,
        "strength": condition.level.strength,
    }
