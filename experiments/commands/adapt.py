"""``spikearm adapt``: what controllers learn of a plant that nobody told them of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from spikearm.arm_models import Arm
from spikearm.controller.adaptation.scaling import AdaptationConfig
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.gains import Gains
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
from spikearm.experiments.perturbations.level import default_level
from spikearm.experiments.records.records import check_new_folder
from spikearm.experiments.studies.adaptation.curve import Curve
from spikearm.experiments.studies.adaptation.record import PICTURE, write_curves
from spikearm.experiments.studies.adaptation.table import curve_table, describe_overflows
from spikearm.experiments.studies.adaptation.trials import TrialPlan, Trials
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.neural.parallel import parallel_map


@dataclass(frozen=True)
class AdaptCommand:
    """Let controllers learn what nobody told them of: a load, friction, a push, gravity.

    Every controller makes the same reach again and again: once as it is and once perturbed, then
    with an adaptive network beside it. Afterwards the perturbation goes; and, from what was
    learned, another comes in its place, then the first again. Table, picture and every trial are
    in one new folder. A curve of the default length takes about a minute of one core. Ctrl-C keeps
    those that are finished.

    Example: spikearm adapt --arm gen3 --controllers analytic loihi --perturbations payload=1.5
    Example: spikearm adapt --perturbations payload friction noise=0.3 --seeds 5

    Attributes:
        plant: Which arm.
        task: Which reaches.
        trials: Which of them, and how often.
        perturbations: Names, each alone or as name=strength in the unit of the tables, such as
            payload=2 or friction=5.
        second: Perturbation that comes in its place later.
        controllers: Controllers that learn.
        adaptation: The adaptive network.
        gains: Gains of the control law.
        ki: Integral gain of pid [1/s^3].
        feedforward: Part of the reference that is fed forward.
        seeds: How many seeds.
        first_seed: The first of them.
        out: New folder for the results. Default: a dated one in runs/.
        backend: Backend of a chip's network: the compiled engine, or nengo-loihi's emulator.
        trained: Trained controller for the neural stages. Default: the one that ships for the arm.
        trained_weightless: The one that leaves gravity to be learned, from `spikearm train
            --weightless`. Default: the one that ships for the arm.
        jobs: How many curves are measured at a time. Default: as many as there are cores.
    """

    plant: Annotated[ArmConfig, tyro.conf.arg(name="")] = field(default_factory=ArmConfig)
    task: Annotated[CentreOut, tyro.conf.arg(name="")] = field(default_factory=CentreOut)
    trials: Annotated[Trials, tyro.conf.arg(name="")] = field(default_factory=Trials)
    perturbations: tuple[str, ...] = ("payload",)
    second: str = "force-field"
    controllers: tuple[str, ...] = ("analytic", "loihi")
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
    trained_weightless: Path | None = None
    jobs: int | None = None

    def execute(self) -> None:
        """Measure, print the table and write the folder."""
        seeds = seed_range(self.first_seed, self.seeds)
        folder = self.out or default_folder(f"adapt-{Path(self.plant.name).stem}")
        check_new_folder(folder)
        choose_controllers(self.controllers)
        arm = self.plant.load()
        plan = self._plan(arm)
        levels = [default_level(word) for word in self.perturbations]
        work = [(c, level, seed) for level in levels for c in self.controllers for seed in seeds]
        curves: list[Curve] = []
        try:
            with progress_bar() as bar:
                measured = parallel_map(lambda n: plan.curve(*work[n]), len(work), self.jobs)
                for curve in bar.track(measured, total=len(work), description="learning"):
                    curves.append(curve)
        finally:
            if curves:
                _show(curves)
                config = resolved_config(self, "adapt", arm, folder)
                status = "complete" if len(curves) == len(work) else "interrupted"
                write_curves(curves, config, status, folder)
                console.print(f"Picture: {folder / PICTURE}", soft_wrap=True)

    def _plan(self, arm: Arm) -> TrialPlan:
        levels = [default_level(word) for word in self.perturbations]
        trained = find_trained(arm, self.trained, self.controllers)
        weightless = None
        if not all(level.perturbation.gravity_known for level in levels):
            weightless = find_trained(
                arm, self.trained_weightless, self.controllers, gravity_known=False
            )
        setup = ControllerSetup(
            arm.model, trained, self.gains, self.ki, self.feedforward,
            adaptation=Adaptation(self.adaptation),
        )  # fmt: skip
        return TrialPlan(
            arm, self.task, self.trials, default_level(self.second), setup, weightless,
            self.backend,
        )  # fmt: skip


def _show(curves: Sequence[Curve]) -> None:
    console.print(curve_table(curves))
    overflow_counts = sum((Counter(curve.learned.overflow_counts) for curve in curves), Counter())
    console.print(describe_overflows(overflow_counts))
    for curve in curves:
        if curve.learned.problem is not None:
            where = f"{curve.controller}, {curve.level.label}, seed {curve.seed}"
            console.print(f"{where}: {curve.learned.problem}", markup=False)
