"""``spikearm stress``: how much controllers bear."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, get_args

import plotly.io
import pyarrow as pa
import pyarrow.parquet as pq
import tyro
from rich.progress import Progress

from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
from spikearm.controller.loop import sensor_guard
from spikearm.controller.loop.sensor_guard import GuardLimits
from spikearm.experiments.console.arm_config import ArmConfig
from spikearm.experiments.console.console import console, progress_bar
from spikearm.experiments.console.options import (
    default_folder,
    find_trained,
    resolved_config,
    seed_range,
)
from spikearm.experiments.controllers import (
    PID_INTEGRAL_GAIN,
    Adaptation,
    Backend,
    ControllerSetup,
    choose_controllers,
)
from spikearm.experiments.perturbations.registry import DisturbanceName
from spikearm.experiments.records.records import check_new_folder, whole_folder, write_account
from spikearm.experiments.studies.robustness.figure import stress_figure
from spikearm.experiments.studies.robustness.stress import Bout, StressPlan
from spikearm.experiments.studies.robustness.summary import Point, summarise
from spikearm.experiments.studies.robustness.table import HEADING, break_table, stress_tables
from spikearm.experiments.tasks.centre_out import CentreOut

REACHES, PICTURE = "reaches.parquet", "stress.html"


@dataclass(frozen=True)
class StressCommand:
    """Put controllers under growing disturbances, and see where they break.

    Every controller makes the reaches of the benchmark under one disturbance after the other, from
    the weakest to the strongest. It breaks at the first at which not every reach of every seed ends
    within 10 mm of its target. Results and a picture appear in one new folder. Ctrl-C keeps what is
    finished.

    On two free cores, all disturbances take, estimated from single reaches of gen3, a minute per
    seed with loihi, two with loihi and --adaptive, and four once with analytic.

    Example: spikearm stress --arm gen3 --controllers analytic loihi --seeds 3 --out runs/stress
    Example: spikearm stress --controllers loihi --adaptive --disturbances silenced --rounds 5

    Attributes:
        plant: Which arm.
        task: Which reaches.
        controllers: Controllers that are put to the test.
        adaptive: Test each with an adaptive network that learns beside it, too.
        disturbances: What they are put under. Default: everything.
        rounds: How often the targets are gone through under each; the last round counts.
        limits: How patient the loop is with its sensors.
        adaptation: The adaptive network.
        gains: Gains of the control law.
        ki: Integral gain of pid [1/s^3].
        feedforward: Part of the reference that is fed forward.
        seeds: How many seeds.
        first_seed: The first of them.
        out: New folder for the results. Default: a dated one in runs/.
        backend: Backend of a chip's network: the compiled engine, or nengo-loihi's emulator.
        trained: Trained controller for the neural stages. Default: the one that ships for the arm.
        jobs: How much is measured at a time. Default: as much as there are cores.
    """

    plant: Annotated[ArmConfig, tyro.conf.arg(name="")] = field(default_factory=ArmConfig)
    task: Annotated[CentreOut, tyro.conf.arg(name="")] = field(default_factory=CentreOut)
    controllers: tuple[str, ...] = ("analytic", "loihi")
    adaptive: bool = False
    disturbances: tuple[DisturbanceName, ...] = get_args(DisturbanceName)
    rounds: int = 1
    limits: Annotated[GuardLimits, tyro.conf.arg(name="")] = field(default_factory=GuardLimits)
    adaptation: Annotated[AdaptationConfig, tyro.conf.arg(name="")] = field(
        default_factory=AdaptationConfig
    )
    gains: Annotated[Gains, tyro.conf.arg(name="")] = field(default_factory=Gains)
    ki: float = PID_INTEGRAL_GAIN
    feedforward: Feedforward = "acceleration"
    seeds: int = 1
    first_seed: int = 0
    out: Path | None = None
    backend: Backend = "engine"
    trained: Path | None = None
    jobs: int | None = None

    def execute(self) -> None:
        """Measure, print the tables and write the folder."""
        seeds = seed_range(self.first_seed, self.seeds)
        folder = self.out or default_folder(f"stress-{Path(self.plant.name).stem}")
        check_new_folder(folder)
        controllers = choose_controllers(self.controllers, self.adaptive, self.backend)
        arm = self.plant.load()
        setup = ControllerSetup(
            arm.model, find_trained(arm, self.trained, self.controllers), self.gains, self.ki,
            self.feedforward, adaptation=Adaptation(self.adaptation),
        )  # fmt: skip
        plan = StressPlan(
            arm, self.task, controllers, self.disturbances, seeds, setup,
            self.rounds, self.limits, self.jobs,
        )  # fmt: skip
        config = resolved_config(self, "stress", arm, folder)
        bouts: list[Bout] = []
        status = "failed"
        try:
            with progress_bar() as bar, outages_unsaid():
                for bout in measure(plan, bar):
                    bouts.append(bout)
            status = "complete"
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            if bouts:
                show_and_write(bouts, config, status, folder)


@contextmanager
def outages_unsaid() -> Iterator[None]:
    """Let the loop say nothing of sensors that came back: they failed because it was asked for."""
    logger, level = sensor_guard.logger, sensor_guard.logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def measure(plan: StressPlan, bar: Progress) -> Iterator[Bout]:
    """Measure one controller and seed after the other, each with a bar."""
    for seed in plan.seeds:
        for chosen in dict.fromkeys(plan.controllers):
            cells = plan.cells(chosen, seed)
            if not cells:
                continue
            task = bar.add_task(f"{chosen.label}, seed {seed}: building", total=None)
            with (
                plan.make(chosen, seed) as controller,
                closing(plan.bouts(controller, cells)) as bouts,
            ):
                bar.update(task, description=f"{chosen.label}, seed {seed}", total=len(cells))
                for bout in bouts:
                    bar.advance(task)
                    yield bout


def show_and_write(
    bouts: Sequence[Bout], config: dict[str, Any], status: str, folder: Path
) -> None:
    """Print what was finished, and write it."""
    points = summarise(bouts)
    console.print(HEADING)
    for table in (*stress_tables(points), break_table(points)):
        console.print(table)
    with whole_folder(folder) as draft:
        write_results(bouts, points, config, status, draft)
    console.print(f"Results: {folder}", soft_wrap=True)


def write_results(
    bouts: Sequence[Bout],
    points: Sequence[Point],
    config: dict[str, Any],
    status: str,
    folder: Path,
) -> None:
    """Write the files of a folder: configuration, points, every motion, and the picture."""
    rows = [asdict(point) | {"broken": point.broken} for point in points]
    write_account(config, rows, status, folder)
    motions = [asdict(b.cell) | asdict(reach) for b in bouts for reach in b.reaches]
    pq.write_table(pa.Table.from_pylist(motions), folder / REACHES, write_page_checksum=True)
    title = f"{config['arm']}: position rmse under growing disturbances"
    page = plotly.io.to_html(stress_figure(points, title), config={"displaylogo": False})
    (folder / PICTURE).write_text(page)
