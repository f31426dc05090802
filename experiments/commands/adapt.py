"""``spikearm adapt``: learn a plant that the controllers were not told of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import tyro

from spikearm.experiments.console.conducting import conduct
from spikearm.experiments.needs import Need
from spikearm.experiments.options.experiment_options import PerturbedOptions
from spikearm.experiments.perturbations.level import default_level
from spikearm.experiments.studies.adaptation.study import AdaptationStudy
from spikearm.experiments.studies.adaptation.trials import AdaptationPlan, Trials
from spikearm.experiments.tasks.reaching import ReachingName


@dataclass(frozen=True)
class AdaptCommand(PerturbedOptions):
    """Learn what a controller was not told: a load, friction, gravity.

    Every controller makes the same reach again and again: once as it is and once perturbed, then
    with an adaptive network beside it. Afterwards the perturbation goes; and, from what was
    learned, another comes in its place, then the first again. Controllers that learn by themselves,
    kept-integral and adaptive-load, have no network beside them. Table, picture, a row for every
    trial (learning.parquet) and its trajectory, thinned (trajectories.parquet), are in one new
    folder. A curve of the default length takes about a minute of one core. Ctrl-C keeps those that
    are finished.

    Examples:
        spikearm adapt --controllers analytic loihi --perturbations payload=1.5
        spikearm adapt --perturbations payload friction noise=0.3 --seeds 5
        spikearm adapt --controllers loihi kept-integral adaptive-load --trials 20

    Attributes:
        controllers: Controllers that learn; your own as package.module:factory.
        perturbations: Names, each alone or as name=strength in the unit of the tables, such as
            payload=2 or friction=5.
        second: Perturbation that later takes the place of the first.
        trials: Target and number of trials.
    """

    NEEDS: ClassVar = (Need(("second",), lambda one: one.trials.probes > 0, "without --probes 0"),)

    kind: Annotated[ReachingName, tyro.conf.arg(name="task")] = "centre-out"
    controllers: tuple[str, ...] = ("analytic", "loihi")
    perturbations: tuple[str, ...] = ("payload",)
    second: str = "force-field"
    trials: Trials = field(default_factory=Trials)

    @property
    def names(self) -> Sequence[str]:
        """Names of the controllers."""
        return self.controllers

    @property
    def learns_beside(self) -> bool:
        """True: one learns beside each controller that does not learn by itself."""
        return True

    def execute(self) -> None:
        """Measure, print the table and write the folder."""
        arm = self.plant.load()
        controllers = self.choose(arm, self.controllers)
        folder = self.new_folder("adapt")
        levels = [default_level(word) for word in self.perturbations]
        plan = AdaptationPlan(
            arm, self.reaching, controllers, self.seeds.all, self.setup(arm, self.controllers),
            self.jobs, levels=levels, safety=self.safety,
            weightless=self.weightless(arm, self.controllers, levels),
            trials=self.trials, second=default_level(self.second),
        )  # fmt: skip
        conduct(AdaptationStudy(plan), self.config("adapt", arm, folder, controllers), folder)
