"""``spikearm run``: move one arm with one controller."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, ClassVar

import tyro

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_not_negative
from spikearm.controller.loop.safety.limits import limits_of_task
from spikearm.experiments.console.running import copy_film, measure
from spikearm.experiments.console.watching import WindowKind
from spikearm.experiments.flags import turned_off
from spikearm.experiments.needs import Need
from spikearm.experiments.options.experiment_options import ExperimentOptions
from spikearm.experiments.options.learning import Learning
from spikearm.experiments.options.new_paths import check_new_file
from spikearm.experiments.seed import check_seed
from spikearm.experiments.seen.options import SeenOptions
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.tasks.reaching import ReachingName
from spikearm.experiments.unset import Unset


@dataclass(frozen=True)
class RunCommand(ExperimentOptions):
    """Move one arm with one controller, and look at it.

    The analytic controller makes the same reaches first, because it is the baseline. Results,
    trajectories and a report appear in one new folder.

    Examples:
        spikearm run --arm panda --controller loihi --targets 4 --video reach.mp4
        spikearm run --controller loihi --payload 2 --adaptive
        spikearm run --task workspace --controller polynomial-2 --video across.mp4
        spikearm run --controller pid --kp 400 --ki 1000 --view
        spikearm run --controller loihi --interactive
        spikearm run --controller loihi --spikes --rerun
        spikearm run --controller loihi --eye --video seen.mp4
        spikearm run --eye --on-chip

    Attributes:
        controller: Controller that drives the arm: the analytic law, its neural stages (rate:
            rate neurons; spiking: spiking neurons; loihi: the chip's arithmetic), baselines without
            spikes (frozen-inertia, or fitted first, which takes half a minute: constant,
            polynomial-1, polynomial-2, polynomial-3, static-rate), baselines that learn without
            neurons (kept-integral, adaptive-load), pd or pid in joint space. Or your own, as
            package.module:factory (docs/own_controller.md). Default: spiking, with --on-chip loihi.
        learning: Learning beside the controller.
        payload: Mass of a ball that is fixed to the hand and unknown to the controller [kg].
        seed: Seed of task and networks.
        view: Show the arm in a window at real time, before the analytic controller moves; Enter
            stops it, with the brakes closed.
        rerun: Show the arm in Rerun's viewer while it moves, with torques, paths and the spikes of
            each motion (--spikes); takes pip install 'spikearm[record]'.
        interactive: Play with the arm in a window: drag its target, load it, push it. Nothing is
            measured and no folder is written.
        eye: Reach for a target that jumps from place to place, and that is known only from what an
            eye of spikes sees; the film shows both cameras, events and heat maps (docs/seen.md).
        on_chip: With --eye: put an eye for each camera into the network of the controller, on its
            chip, in place of eyes in floating point; only controller loihi has one.
        eye_weights: File of weights of an eye, from `spikearm train-eye`. Default: those that
            ship for the arm.
        realtime: Begin every control step when it is due on the wall clock, and count missed
            deadlines. Reaches then run one at a time.
        spikes: Record the spikes of networks, in spikes.parquet; the report then has rasters.
        video: Film the arm into this file.
        report: Write a report of the results, report.html.
    """

    NEEDS: ClassVar = (
        Need(("on_chip", "eye_weights"), lambda one: one.eye, "with --eye"),
        Need(
            ("kind", "task", "view", "rerun", "realtime", "learning", "spikes", "report"),
            lambda one: not one.eye,
            "without --eye, which has a target of its own and draws slower than real time",
        ),
        Need(
            (
                *(f"task.{name}" for name in ("variant", "targets", "radius", "duration", "hold")),
                "kind", "task.offset", "view", "rerun", "realtime", "payload", "video", "eye",
                "report", "spikes", "out", "jobs", "learning.keep_learned",
            ),
            lambda one: not one.interactive,
            "without --interactive, which measures nothing and has a window and keys of its own",
        ),
        Need(
            ("learning.adaptive",), lambda one: one.has(lambda spec: not spec.learns),
            "with a controller that does not learn by itself",
        ),
        Need(
            ("jobs",), lambda one: not (one.view or one.rerun or one.realtime),
            "without --view, --rerun and --realtime",
        ),
    )  # fmt: skip

    kind: Annotated[ReachingName, tyro.conf.arg(name="task")] = "centre-out"
    controller: Unset[str] = None
    learning: Learning = field(default_factory=Learning)
    payload: float = 0.0
    seed: int = 0
    view: bool = False
    rerun: bool = False
    interactive: bool = False
    eye: bool = False
    on_chip: bool = False
    eye_weights: Unset[Path] = None
    realtime: bool = False
    video: Unset[Path] = None
    report: Annotated[bool, turned_off("Leave out the report, report.html.")] = True
    spikes: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_not_negative(self, "payload")
        check_seed(self.seed)

    @property
    def names(self) -> Sequence[str]:
        """Names of the controllers: one, by default that whose network the eyes can be part of."""
        return (self.controller or ("loihi" if self.on_chip else "spiking"),)

    @property
    def learns_beside(self) -> bool:
        """True if an adaptive network learns beside the controller."""
        return self.learning.adaptive

    @property
    def windows(self) -> list[WindowKind]:
        """Windows that show the arm while it moves."""
        wanted: dict[WindowKind, bool] = {"view": self.view, "rerun": self.rerun}
        return [one for one, is_wanted in wanted.items() if is_wanted]

    def execute(self) -> None:
        """Run, write the folder and print the table."""
        if self.windows and self.realtime:
            raise SpikearmError(
                f"A window would disturb the pace of --realtime. Give --{self.windows[0]} or "
                "--realtime, and --video to see a paced run afterwards."
            )
        if self.interactive:
            self._play()
            return
        if self.eye:
            self._reach_for_what_is_seen()
            return
        arm = self.plant.load()
        controllers = self.choose(arm, self.names, self.learning.adaptive)
        folder = self.new_folder("run")
        if self.video is not None:
            check_new_file(self.video, ".mp4")
        arm.attach_payload(self.payload)
        setup = self.setup(arm, self.names, self.learning.adaptation(self.adaptation))
        plan = BenchmarkPlan(
            arm, self.reaching, controllers, [self.seed], setup, self.jobs, self.safety,
            realtime=self.realtime, nominal=not self.payload, spikes=self.spikes,
        )  # fmt: skip
        try:
            measure(
                plan, self.config("run", arm, folder, controllers), folder,
                shown_in=self.windows, film=self.video is not None, report=self.report,
                keep_learned=self.learning.keep_learned,
            )  # fmt: skip
        finally:
            if self.video is not None:
                copy_film(folder, self.video)

    def _reach_for_what_is_seen(self) -> None:
        """Reach for a target that an eye sees, and film it."""
        from spikearm.experiments.console.seen_task import conduct_seen, film_seen, plan_seen

        arm, film = self.plant.load(), self.video
        if film is not None:
            check_new_file(film, ".mp4")
        arm.attach_payload(self.payload)
        sight = "eye-chip" if self.on_chip else "eye"
        seen = SeenOptions(sights=(sight,), scenes=1, eye_weights=self.eye_weights)
        plan = plan_seen(
            self, seen, arm, self.names, [self.seed], ("jumping",),
            keep_frames=film is not None,
        )  # fmt: skip
        (outcome,) = conduct_seen(self, plan, "run", self.new_folder("run"))
        if film is not None:
            film_seen(plan, outcome, film)

    def _play(self) -> None:
        """Open a window to play with the arm in; nothing is measured."""
        from spikearm.experiments.interactive.play import play

        arm = self.plant.load()
        chosen = self.choose(arm, self.names, self.learning.adaptive)[-1]
        chosen.check()
        setup = self.setup(arm, self.names, self.learning.adaptation(self.adaptation))
        limits = limits_of_task(self.safety, self.task.speed_limits)
        with chosen.make(replace(setup, seed=self.seed)) as controller:
            play(arm, controller, chosen.label, limits)
