"""The benchmark as an experiment: every controller makes the reaches of every seed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from time import perf_counter
from typing import Any

import numpy as np

from spikearm.arm_models import Chain, SpikearmError
from spikearm.controller.classical.dexterous_path import usual_duration
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
from spikearm.experiments.tasks.episodes import Episode, episode_runner
from spikearm.experiments.tasks.task import Task
from spikearm.neural.processes.raised import Caught, Problem

GAINS = ("kp", "ko", "kv")
"""Gains that a row tells: those that trained networks leave free."""


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
            task = self.plan.task.plan(self.plan.arm.model, seed)
            notice = self._notice(task)
            for controller in self.plan.ordered_controllers:
                yield self._batch(controller, seed, task, notice)
                notice = None

    def rows(self, outcomes: Sequence[EpisodeOutcome]) -> list[dict[str, Any]]:
        """Return a row per controller and seed that finished or lost a motion.

        The baseline's comes first, whichever ran first. There is none of motions that the baseline
        has not made, or not yet.
        """
        groups = [list(group) for _, group in groupby(outcomes, _title)]
        groups.sort(key=lambda group: (group[0].seed, group[0].controller.label != BASELINE))
        rows = (self._row(group, outcomes) for group in groups)
        return [row for row in rows if row is not None]

    def problem(self, outcome: EpisodeOutcome) -> Problem | None:
        """Return the reason why an episode ended early, or None.

        An arm that a controller loses is a result, unless the controller is the baseline.
        """
        lost = outcome.loss is not None and isinstance(outcome.problem, SpikearmError)
        return None if lost and outcome.controller.label != BASELINE else outcome.problem

    def goes_on(self, outcome: EpisodeOutcome) -> bool:
        """Return True for a mistake in a controller that is not the baseline."""
        return outcome.loss is not None and outcome.controller.label != BASELINE

    def _notice(self, task: Task) -> str | None:
        trained = self.plan.setup.trained
        if trained is None:
            return None
        return describe_beyond_training(
            trained.workspace, self.plan.task.region(task), task.duration, self.plan.arm.chain
        )

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
        n_steps = len(task.directions) * round(task.motion_time / self.plan.arm.timestep)
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
        losses = [outcome.loss for outcome in group if outcome.loss is not None]
        if not baseline or any((one.target, one.direction) not in made for one in reaches):
            return None
        if not reaches and not losses:
            return None
        motions = [motion for outcome in group for motion in outcome.motions]
        saturated = [motion.saturated_share for motion in motions]
        measured = Measured(
            identity=self._identity(first),
            reaches=reaches,
            losses=losses,
            wall_time=sum(motion.wall_time for motion in motions),
            build_time=first.build_time,
            footprint=next((one.footprint for one in group if one.footprint), None),
            saturated_share=sum(saturated) / max(len(saturated), 1),
            velocity_limits=self.plan.arm.chain.velocity_limits,
        )
        return make_row(measured, baseline)

    def _identity(self, outcome: EpisodeOutcome) -> dict[str, Any]:
        plan, chosen = self.plan, outcome.controller
        return {
            "arm": plan.arm.name,
            "task": plan.task.name,
            "feedforward": plan.setup.feedforward,
            "controller": chosen.name,
            "adaptive": chosen.adaptive,
            "backend": ", ".join(chosen.backends),
            "seed": outcome.seed,
            "radius_m": outcome.task.radius,
            "duration_s": outcome.task.duration,
            "offset_m": plan.task.offset,
            **{name: getattr(plan.setup.gains, name) for name in GAINS},
            "realtime": plan.paces(chosen),
        }


def batch_title(controller: ChosenController, seed: int) -> str:
    """Return the title of the batch of a controller and seed."""
    return f"{controller.label}, seed {seed}"


def _title(outcome: EpisodeOutcome) -> str:
    return batch_title(outcome.controller, outcome.seed)


def describe_beyond_training(
    trained_for: Workspace, region: Workspace, duration: float, chain: Chain
) -> str | None:
    """Describe motions beyond those that a neural controller was trained for, if they are.

    Args:
        trained_for: Region that it was trained for.
        region: Region that the motions take up.
        duration: Length of the motions [s].
        chain: Joints of the arm.
    """
    fastest = Spread().durations[0]
    if trained_for.between:
        fastest *= usual_duration(chain)
    if trained_for.holds(region) and duration >= fastest:
        return None
    return (
        f"These {_describe(region, f'{duration:.2f} s')}, are beyond those that the neural "
        f"controller was trained for, {_describe(trained_for, f'{fastest:.2f} s or more')}: it may "
        "deviate far, or lose the arm. `spikearm train` takes a task, a radius and a tilt."
    )


def _describe(region: Workspace, duration: str) -> str:
    motions = "motions from pose to pose" if region.between else "reaches from home"
    return (
        f"{motions}, of {duration}, up to {region.radius:.2f} m and "
        f"{np.degrees(region.tilt):.0f} degrees away"
    )
