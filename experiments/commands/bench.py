"""``spikearm bench``: measure controllers side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from spikearm.arm_models import Arm
from spikearm.experiments.console.console import console
from spikearm.experiments.console.running import measure
from spikearm.experiments.controllers import choose_controllers
from spikearm.experiments.flags import turned_off
from spikearm.experiments.options.compared import (
    NEEDS_OF_COMPARED,
    compared_names,
    for_reaches_alone,
)
from spikearm.experiments.options.experiment_options import (
    ExperimentOptions,
    Seeds,
)
from spikearm.experiments.proof.submission import SUBMISSION, submit, write_submission
from spikearm.experiments.records.records import read_run
from spikearm.experiments.seen.options import SeenOptions
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.benchmark.study import BenchmarkExperiment


@dataclass(frozen=True)
class BenchCommand(ExperimentOptions):
    """Measure controllers side by side.

    Every controller makes the same reaches with the same gains; the analytic controller always
    runs too, because it is the baseline. Results, trajectories and a report appear in one new
    folder. Ctrl-C keeps the reaches that are finished.

    With --task seen, the arm reaches for a target that stands, jumps or moves, and that it knows
    only from what cameras see (docs/seen.md).

    Examples:
        spikearm bench --controllers spiking loihi --seeds 5 --out runs/gen3
        spikearm bench --task workspace --controllers analytic polynomial-2 loihi
        spikearm bench --task seen --scenes 8 --seeds 3
        spikearm bench --arm panda --controllers pd pid --variant sphere --submit
        spikearm bench --controllers my_lab:HandPD my_lab:network

    Attributes:
        kind: Task: reaches from home and back (centre-out); motions between random poses across
            the arm's workspace, each from where the last one ended (workspace); or reaches for a
            target that cameras see (seen).
        seen: Scenes and sights of the task seen.
        controllers: Controllers to measure; with the task seen, loihi if none is named. Your own is
            package.module:factory, of a controller or of a Nengo network, which is measured as
            @spiking and as @loihi.
        adaptive: Measure each with an adaptive network beside it, too.
        seeds: Seeds of task and networks.
        report: Write a report of the results, report.html.
        spikes: Record the spikes of networks, in spikes.parquet; the report then has rasters.
        video: Film the last controller with the first seed and put the film into the report.
        submit: Write submission.json, which others can verify with `spikearm verify`.
    """

    NEEDS: ClassVar = (
        *NEEDS_OF_COMPARED,
        for_reaches_alone("task", "adaptive", "report", "spikes", "video", "submit"),
    )

    seen: SeenOptions = field(default_factory=SeenOptions)
    controllers: tuple[str, ...] = ("analytic", "spiking", "loihi")
    adaptive: bool = False
    seeds: Seeds = field(default_factory=Seeds)
    report: Annotated[bool, turned_off("Leave out the report, report.html.")] = True
    spikes: bool = False
    video: bool = False
    submit: bool = False

    @property
    def names(self) -> Sequence[str]:
        """Names of the controllers; those of the task seen if no others are named."""
        return compared_names(self.kind, self.controllers, BenchCommand.controllers)

    @property
    def learns_beside(self) -> bool:
        """True if an adaptive network learns beside each controller."""
        return self.adaptive

    def execute(self) -> None:
        """Run the benchmark, write its folder and print its table."""
        if self.kind == "seen":
            self._reach_for_what_is_seen()
            return
        arm = self.plant.load()
        plan = self.plan(arm)
        folder = self.new_folder("bench")
        config = self.config("bench", arm, folder, plan.controllers)
        measure(plan, config, folder, film=self.video, report=self.report)
        if self.submit:
            write_submission(submit(read_run(folder), self), folder / SUBMISSION)
            console.print(f"Submission: {folder / SUBMISSION}", markup=False, soft_wrap=True)

    def _reach_for_what_is_seen(self) -> None:
        """Measure sights with every controller, in place of the reaches."""
        from spikearm.experiments.console.seen_task import conduct_seen, plan_seen
        from spikearm.experiments.seen.course.layout import MOTIONS

        arm = self.plant.load()
        plan = plan_seen(self, self.seen, arm, self.names, self.seeds.all, MOTIONS)
        conduct_seen(self, plan, "bench", self.new_folder("bench"))

    def check(self) -> None:
        """Refuse names of controllers that are none, before any work is done.

        Raises:
            SpikearmError: There is no controller of one of them.
        """
        choose_controllers(self.controllers, self.adaptive, self.backend)

    def plan(self, arm: Arm) -> BenchmarkPlan:
        """Plan the benchmark of an arm.

        Raises:
            SpikearmError: There is no controller of one of the names, or no trained weights fit.
        """
        controllers = self.choose(arm, self.controllers, self.adaptive)
        setup = self.setup(arm, self.controllers)
        return BenchmarkPlan(
            arm, self.reaching, controllers, self.seeds.all, setup, self.jobs, self.safety,
            spikes=self.spikes,
        )  # fmt: skip

    def experiment(self) -> BenchmarkExperiment:
        """Load the arm and build the benchmark, for a program that runs it without a folder.

        Raises:
            SpikearmError: Arm or controllers cannot be loaded.
        """
        return BenchmarkExperiment(self.plan(self.plant.load()))
