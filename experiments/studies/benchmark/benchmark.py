"""The benchmark: controllers and seeds side by side on one arm and task."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np

from spikearm.arm_models import Arm, ArmState, SpikearmError
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.controller import Controller, NeuralController, unwrap
from spikearm.controller.loop.pace import FreePace, RealtimePace
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.samples import Spread
from spikearm.experiments.controllers import BASELINE, ChosenController, ControllerSetup
from spikearm.experiments.records.records import RecordedReach
from spikearm.experiments.studies.benchmark.metrics_row import Measured, make_row
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episode import Reach
from spikearm.experiments.tasks.episodes import Episode, run_episodes
from spikearm.experiments.tasks.task import Task


@dataclass(frozen=True)
class BenchmarkPlan:
    """Arm, task, controllers and seeds of a benchmark.

    Attributes:
        arm: Plant.
        task: Reaches of every controller.
        controllers: Controllers in the order they run; the analytic one runs first in any case,
            because the others are compared with it. A controller that learns makes its reaches
            one after the other and keeps what it has learned.
        seeds: Seeds of task and networks.
        setup: Parameters of the controllers; the seed is replaced.
        jobs: Number of reaches that run at a time; the number of cores when left out.
        realtime: True if the last controller is paced on the wall clock.
    """

    arm: Arm
    task: CentreOut
    controllers: Sequence[ChosenController]
    seeds: Sequence[int]
    setup: ControllerSetup
    jobs: int | None = None
    realtime: bool = False

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise SpikearmError(f"{self.jobs} reaches at a time are too few: give 1 or more.")
        for controller in self.controllers:
            controller.check()

    @property
    def ordered_controllers(self) -> list[ChosenController]:
        """Controllers, the baseline first, none twice."""
        baseline = ChosenController(BASELINE)
        return list({one.label: one for one in (baseline, *self.controllers)}.values())

    def paces(self, controller: ChosenController) -> bool:
        """Return True for a controller that is paced on the wall clock."""
        return self.realtime and controller == self.ordered_controllers[-1]


@dataclass
class Benchmark:
    """A benchmark that grows as it runs, so that nothing finished is ever lost.

    Attributes:
        rows: Rows of the controllers and seeds that have at least one finished reach.
        reaches: Every finished reach.
        status: ``complete``, ``interrupted`` by Ctrl-C, or ``failed``.
        failure: Error that ended it, if there was one.
        learned: Weights of the last adaptive controller.
        overflow_counts: In how many of its steps a number was cut or overflowed, by what it was.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    reaches: list[RecordedReach] = field(default_factory=list)
    status: str = "complete"
    failure: SpikearmError | None = None
    learned: LearnedWeights | None = None
    overflow_counts: Counter[str] = field(default_factory=Counter)


class Watcher:
    """Observer of a benchmark; this one ignores everything."""

    def building(self, controller: str, seed: int) -> None:
        """Note that a controller is about to be built."""

    def running(self, controller: str, seed: int) -> None:
        """Note that a controller is about to move the arm."""

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """Observe a control step, where reaches run one at a time."""

    def reached(self, n_reaches: int) -> None:
        """Note the number of the controller's finished episodes."""

    def notice(self, text: str) -> None:
        """Show a remark."""


def run_benchmark(plan: BenchmarkPlan, watcher: Watcher) -> Benchmark:
    """Run every controller with every seed.

    Ctrl-C or a failing controller ends it; what is finished is kept.
    """
    benchmark = Benchmark()
    try:
        for seed in plan.seeds:
            reaches = plan_task(plan.arm.model, plan.task, seed)
            if plan.setup.trained is not None:
                _notice_what_is_outside(plan.setup.trained.workspace, plan.task, reaches, watcher)
            for chosen in plan.ordered_controllers:
                _run_controller(plan, benchmark, watcher, chosen, seed, reaches)
    except KeyboardInterrupt:
        benchmark.status = "interrupted"
    except SpikearmError as failure:
        benchmark.status, benchmark.failure = "failed", failure
    return benchmark


def _notice_what_is_outside(
    trained_for: Workspace, task: CentreOut, reaches: Task, watcher: Watcher
) -> None:
    farthest, fastest = max(reaches.radius, task.offset), Spread().durations[0]
    if farthest > trained_for.radius or task.turn > trained_for.tilt or reaches.duration < fastest:
        watcher.notice(
            f"Reaches of {reaches.duration:.2f} s to targets {reaches.radius:.2f} m from home, "
            f"with turns of {np.degrees(task.turn):.0f} degrees and starts {task.offset:.2f} m off "
            f"home, are beyond the {trained_for.radius:.2f} m, "
            f"{np.degrees(trained_for.tilt):.0f} degrees and {fastest:.2f} s that the neural "
            "controller was trained for: it may deviate far, or lose the arm. `spikearm train` "
            "takes --radius and --tilt."
        )


def _run_controller(
    plan: BenchmarkPlan,
    benchmark: Benchmark,
    watcher: Watcher,
    chosen: ChosenController,
    seed: int,
    reaches: Task,
) -> None:
    watcher.building(chosen.label, seed)
    began = perf_counter()
    with chosen.make(replace(plan.setup, seed=seed)) as controller:
        build_time = perf_counter() - began
        watcher.running(chosen.label, seed)
        motions: list[Reach] = []
        recorded: list[RecordedReach] = []
        pace = RealtimePace if plan.paces(chosen) else FreePace
        episodes = [
            Episode(plan.arm, controller, reaches, target, pace)
            for target in range(len(reaches.targets))
        ]
        jobs = 1 if chosen.on_board or chosen.learns else plan.jobs
        try:
            for index, outcome in enumerate(run_episodes(episodes, jobs, watcher.step)):
                motions += outcome.motions
                recorded += [
                    RecordedReach(
                        chosen.name, chosen.adaptive, seed, index, m.direction, m.trajectory
                    )
                    for m in outcome.motions
                ]
                if outcome.problem is not None:
                    raise outcome.problem
                watcher.reached(index + 1)
        finally:
            _keep(plan, benchmark, chosen, reaches, motions, recorded, controller, build_time)


def _keep(
    plan: BenchmarkPlan,
    benchmark: Benchmark,
    chosen: ChosenController,
    reaches: Task,
    motions: list[Reach],
    recorded: list[RecordedReach],
    controller: Controller,
    build_time: float,
) -> None:
    """Add what a controller finished with a seed, if it is anything."""
    if not recorded:
        return
    benchmark.reaches += recorded
    learner, neural = unwrap(controller, AdaptiveController), unwrap(controller, NeuralController)
    if learner is not None:
        benchmark.learned, benchmark.overflow_counts = learner.learned, learner.overflow_counts
    seed = recorded[0].seed
    analytic = [
        reach for reach in benchmark.reaches if reach.label == BASELINE and reach.seed == seed
    ]
    identity = {
        "arm": plan.arm.name,
        "task": plan.task.variant,
        "feedforward": plan.setup.feedforward,
        "controller": chosen.name,
        "adaptive": chosen.adaptive,
        "backend": ", ".join(chosen.backends),
        "seed": seed,
        "radius_m": reaches.radius,
        "duration_s": reaches.duration,
        "offset_m": plan.task.offset,
        "realtime": plan.paces(chosen),
    }
    measured = Measured(
        identity=identity,
        reaches=recorded,
        wall_time=sum(motion.wall_time for motion in motions),
        build_time=build_time,
        footprint=neural.simulation.footprint if neural else None,
        saturated_share=sum(motion.saturated_share for motion in motions) / len(motions),
    )
    benchmark.rows.append(make_row(measured, analytic))
