"""Task "seen" as a study: every sight, motion and perturbation with every seed."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import plotly.graph_objects as go
from rich.console import RenderableType

from spikearm.experiments.controllers import ChosenController
from spikearm.experiments.seen.sight.sights import find_sight
from spikearm.experiments.seen.study.figure import seen_figure
from spikearm.experiments.seen.study.points import summarise
from spikearm.experiments.seen.study.seen_plan import SeenCondition, SeenOutcome, SeenPlan
from spikearm.experiments.seen.study.table import explanations, seen_tables
from spikearm.experiments.seen.study.verdict import seen_verdict
from spikearm.experiments.studies.study import Batch, Measure, Study
from spikearm.neural.processes.raised import Problem


@dataclass(frozen=True)
class SeenStudy(Study[SeenOutcome]):
    """Arms that reach for what they see.

    Attributes:
        plan: Arm, controllers, sights, motions, perturbations and seeds.
    """

    details_file = "reaches.parquet"
    picture_file = "seen.html"

    plan: SeenPlan

    def batches(self) -> Iterator[Batch[SeenOutcome]]:
        """List a batch per seed and controller."""
        for seed in self.plan.seeds:
            for controller in self.plan.controllers:
                yield self._batch(controller, seed)

    def rows(self, outcomes: Sequence[SeenOutcome]) -> list[dict[str, Any]]:
        """Return a row per controller, sight, motion and perturbation."""
        return [asdict(point) for point in summarise(outcomes)]

    def problem(self, outcome: SeenOutcome) -> Problem | None:
        """Return the reason why a run ended early, or None."""
        return outcome.problem

    def details(self, outcomes: Sequence[SeenOutcome]) -> list[dict[str, Any]]:
        """Return a row per place or circle."""
        return [
            _identity(outcome.condition) | asdict(reach)
            for outcome in outcomes
            for reach in outcome.reaches
        ]

    def verdict(self, outcomes: Sequence[SeenOutcome]) -> str:
        """Write a sentence per sight or perturbation."""
        return seen_verdict(summarise(outcomes))

    def tables(self, outcomes: Sequence[SeenOutcome]) -> list[RenderableType]:
        """Return a table per motion, and the meanings of its lines."""
        return [*seen_tables(summarise(outcomes)), explanations()]

    def figure(self, outcomes: Sequence[SeenOutcome]) -> go.Figure:
        """Draw how many hands ended how close."""
        return seen_figure(outcomes, f"{self.plan.arm.name}: reaching for what is seen")

    def _batch(self, controller: ChosenController, seed: int) -> Batch[SeenOutcome]:
        conditions = self.plan.conditions(controller, seed)

        @contextmanager
        def prepare() -> Iterator[Measure[SeenOutcome]]:
            with ExitStack() as stack:
                made = {
                    on_chip: self.plan.make(controller, seed, on_chip)
                    for on_chip in self.plan.places_of_eyes
                }
                for one in made.values():
                    stack.enter_context(one.controller)

                def measure(number: int) -> SeenOutcome:
                    on_chip = find_sight(conditions[number].sight).on_chip
                    return self.plan.outcome(made[on_chip], conditions[number])

                yield measure

        title = f"{controller.label}, seed {seed}"
        return Batch(title, len(conditions), prepare, self.plan.jobs)


def _identity(condition: SeenCondition) -> dict[str, Any]:
    return {
        "controller": condition.controller.label,
        "seed": condition.seed,
        "sight": condition.sight,
        "scene": condition.scene,
        "perturbation": condition.level.name,
        "strength": condition.level.strength,
    }
