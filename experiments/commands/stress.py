"""``spikearm stress``: controllers under growing perturbations."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import plotly.io
import pyarrow as pa
import pyarrow.parquet as pq
from rich.progress import Progress

from spikearm.controller.loop import sensor_guard
from spikearm.controller.loop.sensor_guard import GuardLimits
from spikearm.experiments.console.console import console, progress_bar
from spikearm.experiments.console.experiment_options import PerturbedOptions
from spikearm.experiments.perturbations.level import all_levels
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.records.records import whole_folder, write_account
from spikearm.experiments.studies.condition import Condition
from spikearm.experiments.studies.robustness.figure import stress_figure
from spikearm.experiments.studies.robustness.stress import StressOutcome, StressPlan
from spikearm.experiments.studies.robustness.summary import Point, summarise
from spikearm.experiments.studies.robustness.table import HEADING, break_table, stress_tables

REACHES, PICTURE = "reaches.parquet", "stress.html"


@dataclass(frozen=True)
class StressCommand(PerturbedOptions):
    """Put controllers under growing perturbations until they break.

    Every controller makes the reaches of the benchmark under one perturbation after the other, from
    the weakest to the strongest. It breaks at the first at which not every reach of every seed ends
    within 10 mm of its target. Results and a picture appear in one new folder. Ctrl-C keeps what is
    finished.

    On two free cores, all perturbations take, estimated from single reaches of gen3, two minutes
    per seed with loihi, five with --adaptive, and six once with analytic.

    Examples:
        spikearm stress --controllers analytic loihi --seeds 3 --out runs/stress
        spikearm stress --controllers loihi --adaptive --perturbations silenced=20

    Attributes:
        controllers: Controllers that are put to the test.
        adaptive: Test each with an adaptive network that learns beside it, too.
        perturbations: Names, each alone for all its strengths, or as name=strength in the unit of
            the tables, such as payload=2 or friction=5. Default: all but gravity.
        rounds: Number of times that the targets are gone through under each; the last one counts.
        limits: Patience of the loop with its sensors.
    """

    controllers: tuple[str, ...] = ("analytic", "loihi")
    adaptive: bool = False
    perturbations: tuple[str, ...] = ()
    rounds: int = 1
    limits: GuardLimits = field(default_factory=GuardLimits)

    def execute(self) -> None:
        """Measure, print the tables and write the folder."""
        controllers = self.choose(self.controllers, self.adaptive)
        levels = all_levels(self.perturbations or known_gravity())
        folder = self.new_folder("stress")
        arm = self.plant.load()
        plan = StressPlan(
            arm, self.task, controllers, levels, self.seeds.all, self.setup(arm, self.controllers),
            self.weightless(arm, self.controllers, levels), self.rounds, self.limits, self.jobs,
        )  # fmt: skip
        config = self.config("stress", arm, folder)
        outcomes: list[StressOutcome] = []
        status = "failed"
        try:
            with progress_bar() as bar, outages_unsaid():
                for outcome in measure(plan, bar):
                    outcomes.append(outcome)
            status = "complete"
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            if outcomes:
                show_and_write(outcomes, config, status, folder)


def known_gravity() -> list[str]:
    """List the perturbations that take no controller that was trained without gravity."""
    return [name for name, one in PERTURBATIONS.items() if one.gravity_known]


@contextmanager
def outages_unsaid() -> Iterator[None]:
    """Let the loop say nothing of sensors that came back: they failed because it was asked for."""
    logger, level = sensor_guard.logger, sensor_guard.logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def measure(plan: StressPlan, bar: Progress) -> Iterator[StressOutcome]:
    """Measure one controller and seed after the other, each with a bar."""
    for seed in plan.seeds:
        for chosen in dict.fromkeys(plan.controllers):
            for known, conditions in by_gravity(plan.conditions(chosen, seed)):
                task = bar.add_task(f"{chosen.label}, seed {seed}: building", total=None)
                with (
                    plan.make(chosen, seed, known) as controller,
                    closing(plan.outcomes(controller, conditions)) as outcomes,
                ):
                    bar.update(
                        task, description=f"{chosen.label}, seed {seed}", total=len(conditions)
                    )
                    for outcome in outcomes:
                        bar.advance(task)
                        yield outcome


def by_gravity(conditions: Sequence[Condition]) -> Iterator[tuple[bool, list[Condition]]]:
    """Group conditions by whether the controller is told of gravity."""
    for known in (True, False):
        group = [one for one in conditions if one.level.perturbation.gravity_known == known]
        if group:
            yield known, group


def show_and_write(
    outcomes: Sequence[StressOutcome], config: dict[str, Any], status: str, folder: Path
) -> None:
    """Print what was finished, and write it."""
    points = summarise(outcomes)
    console.print(HEADING)
    for table in (*stress_tables(points), break_table(points)):
        console.print(table)
    with whole_folder(folder) as draft:
        write_results(outcomes, points, config, status, draft)
    console.print(f"Results: {folder}", soft_wrap=True)


def write_results(
    outcomes: Sequence[StressOutcome],
    points: Sequence[Point],
    config: dict[str, Any],
    status: str,
    folder: Path,
) -> None:
    """Write the files of a folder: configuration, points, every motion, and the picture."""
    rows = [asdict(point) | {"broken": point.broken} for point in points]
    write_account(config, rows, status, folder)
    motions = [_columns(one.condition) | asdict(r) for one in outcomes for r in one.reaches]
    pq.write_table(pa.Table.from_pylist(motions), folder / REACHES, write_page_checksum=True)
    title = f"{config['arm']}: position rmse under growing perturbations"
    page = plotly.io.to_html(stress_figure(points, title), config={"displaylogo": False})
    (folder / PICTURE).write_text(page)


def _columns(condition: Condition) -> dict[str, Any]:
    return {
        "controller": condition.controller.label,
        "seed": condition.seed,
        "perturbation": condition.level.name,
        "strength": condition.level.strength,
    }
