"""``spikearm stress``: controllers under growing perturbations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from spikearm.arm_models import Arm
from spikearm.arm_models.errors import check_count
from spikearm.experiments.console.conducting import conduct
from spikearm.experiments.controllers import choose_controllers
from spikearm.experiments.options.compared import (
    NEEDS_OF_COMPARED,
    compared_names,
    for_reaches_alone,
)
from spikearm.experiments.options.experiment_options import PerturbedOptions
from spikearm.experiments.perturbations.level import all_levels
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.seen.options import SeenOptions
from spikearm.experiments.studies.robustness.stress import MOST_ROUNDS, StressPlan
from spikearm.experiments.studies.robustness.study import StressStudy
from spikearm.experiments.unset import Unset


@dataclass(frozen=True)
class StressCommand(PerturbedOptions):
    """Stress controllers by growing perturbations until they break.

    Every controller makes the reaches of the benchmark under one perturbation after the other,
    from the weakest to the strongest. It breaks at the first at which not every reach of every
    seed ends within 10 mm of its target, wider than the 2 mm of the benchmark's success.
    Results and a picture appear in one new folder. Ctrl-C keeps what is finished.

    On two free cores, all perturbations take, estimated from single reaches of gen3, two minutes
    per seed with loihi, five with --adaptive, and six once with analytic.

    With --task seen, the arm reaches for a target that jumps and that it knows only from what
    cameras see, and sight is perturbed: flashes, occlusion, dead-pixels, black-lens, event-noise.

    Examples:
        spikearm stress --controllers analytic loihi --seeds 3 --out runs/stress
        spikearm stress --task workspace --perturbations payload silenced=20
        spikearm stress --task seen --perturbations flashes black-lens=500
        spikearm stress --controllers loihi --adaptive --perturbations silenced=20

    Attributes:
        kind: Task that is perturbed: reaches from home and back (centre-out), motions between
            random poses across the workspace (workspace), or targets that cameras see (seen).
        seen: Scenes and sights of the task seen.
        controllers: Controllers that are put to the test; your own as package.module:factory. With
            the task seen, loihi if none is named.
        adaptive: Test each with an adaptive network that learns beside it, too.
        perturbations: Names, each alone for all its strengths, or as name=strength in the unit of
            the tables, such as payload=2 or friction=5. Default: all but gravity, or all of sight.
        rounds: Number of times that the targets are gone through under each; the last one counts.
    """

    NEEDS: ClassVar = (
        *NEEDS_OF_COMPARED,
        for_reaches_alone("task", "adaptive", "rounds"),
    )

    seen: SeenOptions = field(default_factory=lambda: SeenOptions(sights=("eye",)))
    controllers: tuple[str, ...] = ("analytic", "loihi")
    adaptive: bool = False
    perturbations: Unset[tuple[str, ...]] = None
    rounds: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self.rounds, "rounds", MOST_ROUNDS)

    @property
    def names(self) -> Sequence[str]:
        """Names of the controllers; those of the task seen if no others are named."""
        return compared_names(self.kind, self.controllers, StressCommand.controllers)

    @property
    def learns_beside(self) -> bool:
        """True if an adaptive network learns beside each controller."""
        return self.adaptive

    def execute(self) -> None:
        """Measure, print the tables and write the folder."""
        if self.kind == "seen":
            self._perturb_sight()
            return
        arm = self.plant.load()
        plan = self.plan(arm)
        folder = self.new_folder("stress")
        conduct(StressStudy(plan), self.config("stress", arm, folder, plan.controllers), folder)

    def _perturb_sight(self) -> None:
        """Perturb sight, in place of the reaches."""
        from spikearm.experiments.console.seen_task import conduct_seen, plan_seen
        from spikearm.experiments.seen.loop.sight_level import SightLevel, sight_levels

        levels = [SightLevel(), *sight_levels(self.perturbations or ())]
        arm = self.plant.load()
        plan = plan_seen(self, self.seen, arm, self.names, self.seeds.all, ("jumping",), levels)
        conduct_seen(self, plan, "stress", self.new_folder("stress"))

    def check(self) -> None:
        """Refuse names of controllers and perturbations that are none, before any work is done.

        Raises:
            SpikearmError: There is no controller or perturbation of one of them.
        """
        choose_controllers(self.controllers, self.adaptive, self.backend)
        all_levels(self.perturbations or ())

    def plan(self, arm: Arm, unperturbed: bool = True) -> StressPlan:
        """Plan the perturbations of an arm.

        Args:
            arm: Arm that is perturbed.
            unperturbed: True if every controller is measured without a perturbation, too.

        Raises:
            SpikearmError: There is no controller of one of the names, or no trained weights fit.
        """
        levels = all_levels(self.perturbations or known_gravity())
        return StressPlan(
            arm, self.reaching, self.choose(arm, self.controllers, self.adaptive), self.seeds.all,
            self.setup(arm, self.controllers), self.jobs, levels=levels, safety=self.safety,
            weightless=self.weightless(arm, self.controllers, levels),
            rounds=self.rounds, unperturbed=unperturbed,
        )  # fmt: skip

    def experiment(self) -> StressStudy:
        """Load the arm and build the study of the named perturbations, and of no others.

        Raises:
            SpikearmError: Arm or controllers cannot be loaded.
        """
        return StressStudy(self.plan(self.plant.load(), unperturbed=False))


def known_gravity() -> list[str]:
    """List the perturbations that take no controller that was trained without gravity."""
    return [name for name, one in PERTURBATIONS.items() if one.gravity_known]
