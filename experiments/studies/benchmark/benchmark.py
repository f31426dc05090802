"""The benchmark: stages and seeds side by side on one arm and task."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from spikearm.arm_models import Arm, ArmState, SpikearmError
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.adaptation.learned_weights import LearnedWeights
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.controller import Controller
from spikearm.controller.loop.pace import FreePace, RealtimePace
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.spiking.trained import TrainedController
from spikearm.controller.training.samples import Spread
from spikearm.experiments.controllers import Adaptation, Backend, Recipe, find_stage
from spikearm.experiments.records.records import Leg
from spikearm.experiments.studies.benchmark.metrics_row import Measured, make_row
from spikearm.experiments.tasks.centre_out import CentreOut, Reaches, plan_reaches
from spikearm.experiments.tasks.episode import Motion
from spikearm.experiments.tasks.episodes import Episode, run_episodes


@dataclass(frozen=True)
class BenchmarkPlan:
    """What is measured.

    Attributes:
        arm: The plant.
        task: The reaches.
        reference: What the law feeds forward.
        stages: Stages in the order they run; the analytic one runs first in any case,
            because the others are measured against it.
        seeds: Seeds of task and networks.
        backend: What runs stage ``loihi``.
        jobs: How many reaches run at a time; the number of cores when left out.
        trained: The arm's trained controller; only neural stages need it.
        realtime: Pace the last stage on the wall clock.
        adaptation: What adaptive stages learn. They make their reaches one after the other, and
            go on with what they have learned.
    """

    arm: Arm
    task: CentreOut
    reference: Feedforward
    stages: Sequence[str]
    seeds: Sequence[int]
    backend: Backend = "engine"
    jobs: int | None = None
    trained: TrainedController | None = None
    realtime: bool = False
    adaptation: Adaptation = Adaptation()

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise SpikearmError(f"{self.jobs} reaches at a time are too few: give 1 or more.")
        for stage in self.stages:
            find_stage(stage, self.backend).require()

    @property
    def ordered_stages(self) -> list[str]:
        """The stages, the baseline first, none twice."""
        return list(dict.fromkeys(["analytic", *self.stages]))

    def paces(self, stage: str) -> bool:
        """Tell whether a stage is paced on the wall clock."""
        return self.realtime and stage == self.ordered_stages[-1]


@dataclass
class Benchmark:
    """A benchmark that grows as it runs, so that nothing finished is ever lost.

    Attributes:
        rows: Rows of the stages and seeds that have at least one finished reach.
        legs: Every finished motion.
        status: ``complete``, ``interrupted`` by Ctrl-C, or ``failed``.
        failure: What went wrong, if something did.
        learned: What the last adaptive stage has learned.
        overflow_counts: In how many of its steps a number was cut or overflowed, by what it was.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    status: str = "complete"
    failure: SpikearmError | None = None
    learned: LearnedWeights | None = None
    overflow_counts: Counter[str] = field(default_factory=Counter)


class Watcher:
    """Is told how a benchmark proceeds; this one does nothing with it."""

    def building(self, stage: str, seed: int) -> None:
        """A controller is about to be built."""

    def running(self, stage: str, seed: int) -> None:
        """A stage is about to move the arm."""

    def step(self, arm: Arm, state: ArmState, reference: Reference) -> None:
        """One control step is done, where reaches run one at a time."""

    def reached(self, n_reaches: int) -> None:
        """So many reaches of the stage are done."""

    def notice(self, text: str) -> None:
        """There is something that the person should know."""


def run_benchmark(plan: BenchmarkPlan, watcher: Watcher) -> Benchmark:
    """Run every stage with every seed.

    Ctrl-C or a failing controller ends it; what is finished is kept.
    """
    benchmark = Benchmark()
    try:
        for seed in plan.seeds:
            reaches = plan_reaches(plan.arm.model, plan.task, seed)
            if plan.trained is not None:
                _notice_what_is_outside(plan.trained.workspace, plan.task, reaches, watcher)
            for stage in plan.ordered_stages:
                _run_stage(plan, benchmark, watcher, stage, seed, reaches)
    except KeyboardInterrupt:
        benchmark.status = "interrupted"
    except SpikearmError as failure:
        benchmark.status, benchmark.failure = "failed", failure
    return benchmark


def _notice_what_is_outside(
    trained_for: Workspace, task: CentreOut, reaches: Reaches, watcher: Watcher
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


def _run_stage(
    plan: BenchmarkPlan,
    benchmark: Benchmark,
    watcher: Watcher,
    stage: str,
    seed: int,
    reaches: Reaches,
) -> None:
    watcher.building(stage, seed)
    entry = find_stage(stage, plan.backend)
    recipe = Recipe(plan.arm.model, plan.trained, plan.reference, seed, plan.adaptation)
    began = perf_counter()
    with entry.make(recipe) as controller:
        build_time = perf_counter() - began
        watcher.running(stage, seed)
        motions: list[Motion] = []
        legs: list[Leg] = []
        pace = RealtimePace if plan.paces(stage) else FreePace
        episodes = [
            Episode(plan.arm, controller, reaches, target, pace)
            for target in range(len(reaches.targets))
        ]
        jobs = 1 if entry.on_board or entry.adaptive else plan.jobs
        try:
            for index, outcome in enumerate(run_episodes(episodes, jobs, watcher.step)):
                motions += outcome.motions
                legs += [Leg(stage, seed, index, m.leg, m.trajectory) for m in outcome.motions]
                if outcome.problem is not None:
                    raise outcome.problem
                watcher.reached(index + 1)
        finally:
            _keep(plan, benchmark, reaches, motions, legs, controller, build_time)


def _keep(
    plan: BenchmarkPlan,
    benchmark: Benchmark,
    reaches: Reaches,
    motions: list[Motion],
    legs: list[Leg],
    controller: Controller,
    build_time: float,
) -> None:
    """Add what a stage finished with a seed, if it is anything."""
    if not legs:
        return
    benchmark.legs += legs
    if isinstance(controller, AdaptiveController):
        benchmark.learned, benchmark.overflow_counts = (
            controller.learned,
            controller.overflow_counts,
        )
    stage, seed = legs[0].stage, legs[0].seed
    analytic = [leg for leg in benchmark.legs if leg.stage == "analytic" and leg.seed == seed]
    identity = {
        "arm": plan.arm.name,
        "task": plan.task.variant,
        "reference": plan.reference,
        "stage": stage,
        "backend": find_stage(stage, plan.backend).backend,
        "seed": seed,
        "radius_m": reaches.radius,
        "duration_s": reaches.duration,
        "offset_m": plan.task.offset,
        "realtime": plan.paces(stage),
    }
    measured = Measured(
        identity=identity,
        legs=legs,
        wall_time=sum(motion.wall_time for motion in motions),
        build_time=build_time,
        footprint=controller.footprint,
        saturated_share=sum(motion.saturated_share for motion in motions) / len(motions),
    )
    benchmark.rows.append(make_row(measured, analytic))
