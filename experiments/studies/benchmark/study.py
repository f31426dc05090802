"""The benchmark as an experiment: every controller makes the reaches of every seed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from time import perf_counter
from typing import Any

import numpy as np

from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import Observer
from spikearm.controller.loop.pace import FreePace, RealtimePace
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.samples import Spread
from spikearm.experiments.controllers import BASELINE, ChosenController
from spikearm.experiments.studies.benchmark.episode_outcome import (
    EpisodeOutcome,
    footprint_of,
    learning_of,
    recorded_reaches,
)
from spikearm.experiments.studies.benchmark.metrics_row import Measured, make_row
from spikearm.experiments.studies.benchmark.plan import BenchmarkPlan
from spikearm.experiments.studies.study import Batch, Experiment, Measure
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.episode import REACHES_PER_EPISODE
from spikearm.experiments.tasks.episodes import Episode, episode_runner
from spikearm.experiments.tasks.task import Task
from spikearm.neural.processes.raised import Caught, Problem


@dataclass(frozen=True)
class BenchmarkExperiment(Experiment[EpisodeOutcome]):
    """Episodes of controllers and seeds: a condition is a target, out and back.

    Attributes:
        plan: Arm, task, controllers and seeds.
        observe: Called after every control step of this process.
    """

    plan: BenchmarkPlan
    observe: Observer | None = None

    def batches(self) -> Iterator[Batch[EpisodeOutcome]]:
        """List a batch per seed and controller, the baseline first."""
        for seed in self.plan.seeds:
            task = plan_task(self.plan.arm.model, self.plan.task, seed)
            notice = self._notice(task)
            for controller in self.plan.ordered_controllers:
                yield self._batch(controller, seed, task, notice)
                notice = None

    def rows(self, outcomes: Sequence[EpisodeOutcome]) -> list[dict[str, Any]]:
        """Return a row per controller and seed that finished a reach that the baseline made too.

        The baseline's comes first, whichever ran first.
        """
        groups = [list(group) for _, group in groupby(outcomes, _title)]
        groups.sort(key=lambda group: (group[0].seed, group[0].controller.label != BASELINE))
        rows = (self._row(group, outcomes) for group in groups)
        return [row for row in rows if row is not None]

    def problem(self, outcome: EpisodeOutcome) -> Problem | None:
        """Return the reason why an episode ended early, or None."""
        return outcome.problem

    def _notice(self, task: Task) -> str | None:
        trained = self.plan.setup.trained
        if trained is None:
            return None
        return describe_beyond_training(trained.workspace, self.plan.task, task)

    def _batch(
        self, chosen: ChosenController, seed: int, task: Task, notice: str | None
    ) -> Batch[EpisodeOutcome]:
        @contextmanager
        def prepare() -> Iterator[Measure[EpisodeOutcome]]:
            began = perf_counter()
            with chosen.make(replace(self.plan.setup, seed=seed)) as controller:
                build_time = perf_counter() - began
                yield self._measure(chosen, seed, task, controller, build_time)

        # What learns goes on with what it has learned; a board is there once.
        jobs = 1 if chosen.on_board or chosen.learns else self.plan.jobs
        n_steps = REACHES_PER_EPISODE * round(task.motion_time / self.plan.arm.timestep)
        title = batch_title(chosen, seed)
        return Batch(title, len(task.targets), prepare, jobs, notice, n_steps)

    def _measure(
        self,
        chosen: ChosenController,
        seed: int,
        task: Task,
        controller: Controller,
        build_time: float,
    ) -> Measure[EpisodeOutcome]:
        run, footprint_once = episode_runner(self.observe), cache(footprint_of)
        pace = RealtimePace if self.plan.paces(chosen) else FreePace

        def measure(target: int) -> EpisodeOutcome:
            plan = self.plan
            done = run(Episode(plan.arm, controller, task, target, pace, plan.safety, plan.spikes))
            footprint, learning = None, None
            with Caught() as caught:  # whatever is raised, the reaches are kept
                if done.motions:
                    footprint = footprint_once(controller)
                    learning = learning_of(controller)  # which a board does not tell
            return EpisodeOutcome(
                chosen, seed, task, target, done.motions, build_time, footprint,
                learning, done.problem or caught.problem,
            )  # fmt: skip

        return measure

    def _row(
        self, group: Sequence[EpisodeOutcome], outcomes: Sequence[EpisodeOutcome]
    ) -> dict[str, Any] | None:
        """Return the row of the outcomes of one controller and seed; None without a baseline."""
        first = group[0]
        baseline = recorded_reaches(
            [one for one in outcomes if one.controller.label == BASELINE and one.seed == first.seed]
        )
        made = {(reach.target, reach.direction) for reach in baseline}
        reaches = recorded_reaches(group)
        if not reaches or any((one.target, one.direction) not in made for one in reaches):
            return None
        motions = [motion for outcome in group for motion in outcome.motions]
        measured = Measured(
            identity=self._identity(first),
            reaches=reaches,
            wall_time=sum(motion.wall_time for motion in motions),
            build_time=first.build_time,
            footprint=first.footprint,
            saturated_share=sum(motion.saturated_share for motion in motions) / len(motions),
            velocity_limits=self.plan.arm.chain.velocity_limits,
        )
        return make_row(measured, baseline)

    def _identity(self, outcome: EpisodeOutcome) -> dict[str, Any]:
        plan, chosen = self.plan, outcome.controller
        return {
            "arm": plan.arm.name,
            "task": plan.task.variant,
            "feedforward": plan.setup.feedforward,
            "controller": chosen.name,
            "adaptive": chosen.adaptive,
            "backend": ", ".join(chosen.backends),
            "seed": outcome.seed,
            "radius_m": outcome.task.radius,
            "duration_s": outcome.task.duration,
            "offset_m": plan.task.offset,
            "realtime": plan.paces(chosen),
        }


def batch_title(controller: ChosenController, seed: int) -> str:
    """Return the title of the batch of a controller and seed."""
    return f"{controller.label}, seed {seed}"


def _title(outcome: EpisodeOutcome) -> str:
    return batch_title(outcome.controller, outcome.seed)


def describe_beyond_training(trained_for: Workspace, motions: CentreOut, task: Task) -> str | None:
    """Describe reaches beyond those that a neural controller was trained for, if they are."""
    farthest, fastest = max(task.radius, motions.offset), Spread().durations[0]
    if (
        farthest <= trained_for.radius
        and motions.turn <= trained_for.tilt
        and task.duration >= fastest
    ):
        return None
    return (
        f"Reaches of {task.duration:.2f} s to targets {task.radius:.2f} m from home, "
        f"with turns of {np.degrees(motions.turn):.0f} degrees and starts {motions.offset:.2f} m "
        f"off home, are beyond the {trained_for.radius:.2f} m, "
        f"{np.degrees(trained_for.tilt):.0f} degrees and {fastest:.2f} s that the neural "
        "controller was trained for: it may deviate far, or lose the arm. `spikearm train` "
        "takes a radius and a tilt."
    )
