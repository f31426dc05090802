"""``spikearm adapt``: learn a plant that the controllers were not told of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from spikearm.experiments.console.console import console, progress_bar
from spikearm.experiments.console.experiment_options import PerturbedOptions
from spikearm.experiments.perturbations.level import default_level
from spikearm.experiments.studies.adaptation.curve import Curve
from spikearm.experiments.studies.adaptation.record import PICTURE, write_curves
from spikearm.experiments.studies.adaptation.table import curve_table, describe_overflows
from spikearm.experiments.studies.adaptation.trials import TrialPlan, Trials
from spikearm.neural.parallel import parallel_map


@dataclass(frozen=True)
class AdaptCommand(PerturbedOptions):
    """Let controllers learn an unknown load, friction, push or gravity.

    Every controller makes the same reach again and again: once as it is and once perturbed, then
    with an adaptive network beside it. Afterwards the perturbation goes; and, from what was
    learned, another comes in its place, then the first again. Table, picture and every trial are
    in one new folder. A curve of the default length takes about a minute of one core. Ctrl-C keeps
    those that are finished.

    Examples:
        spikearm adapt --controllers analytic loihi --perturbations payload=1.5
        spikearm adapt --perturbations payload friction noise=0.3 --seeds 5

    Attributes:
        controllers: Controllers that learn.
        perturbations: Names, each alone or as name=strength in the unit of the tables, such as
            payload=2 or friction=5.
        second: Perturbation that later takes the place of the first.
        trials: Target and number of trials.
    """

    controllers: tuple[str, ...] = ("analytic", "loihi")
    perturbations: tuple[str, ...] = ("payload",)
    second: str = "force-field"
    trials: Trials = field(default_factory=Trials)

    def execute(self) -> None:
        """Measure, print the table and write the folder."""
        self.choose(self.controllers)
        folder = self.new_folder("adapt")
        arm = self.plant.load()
        levels = [default_level(word) for word in self.perturbations]
        plan = TrialPlan(
            arm, self.task, self.trials, default_level(self.second),
            self.setup(arm, self.controllers), self.weightless(arm, self.controllers, levels),
            self.backend,
        )  # fmt: skip
        work = [
            (controller, level, seed)
            for level in levels
            for controller in self.controllers
            for seed in self.seeds.all
        ]
        curves: list[Curve] = []
        try:
            with progress_bar() as bar:
                measured = parallel_map(lambda n: plan.curve(*work[n]), len(work), self.jobs)
                for curve in bar.track(measured, total=len(work), description="learning"):
                    curves.append(curve)
        finally:
            if curves:
                _show(curves)
                config = self.config("adapt", arm, folder)
                status = "complete" if len(curves) == len(work) else "interrupted"
                write_curves(curves, config, status, folder)
                console.print(f"Picture: {folder / PICTURE}", soft_wrap=True)


def _show(curves: Sequence[Curve]) -> None:
    console.print(curve_table(curves))
    overflow_counts = sum((Counter(curve.learned.overflow_counts) for curve in curves), Counter())
    console.print(describe_overflows(overflow_counts))
    for curve in curves:
        if curve.learned.problem is not None:
            where = f"{curve.controller}, {curve.level.label}, seed {curve.seed}"
            console.print(f"{where}: {curve.learned.problem}", markup=False)
