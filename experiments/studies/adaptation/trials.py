"""Learning over trials: one reach again and again, under a perturbation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count
from spikearm.controller.adaptation.learning_controller import LearningController
from spikearm.controller.controller import Controller
from spikearm.experiments.controllers import BASELINE, ChosenController
from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.perturbations.loop_setup import LoopSetup, Schedule
from spikearm.experiments.studies.adaptation.curve import Curve, Learned, Phase, Trial
from spikearm.experiments.studies.adaptation.paths import thin
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.studies.condition import Condition, applies
from spikearm.experiments.studies.plan import PerturbedPlan
from spikearm.experiments.tasks.episode import run_episode
from spikearm.experiments.tasks.reaching import MOST_TARGETS
from spikearm.experiments.tasks.task import Task
from spikearm.neural.processes.raised import Caught, describe

JOINT_SPACE = ("pd", "pid")
MOST_STEPS = 10_000  # between two rows: ten seconds
MOST_TRIALS = 10_000  # two hundred times the default, which takes about a minute


@dataclass(frozen=True)
class Trials:
    """Number and target of the trials.

    Attributes:
        target: Number of the target, from 0.
        trials: Number of reaches out and back while a perturbation is learned.
        probes: Number of trials in each later phase: the perturbation is gone; and, again from what
            was learned, a second one comes in its place, then the first again. 0 leaves them out.
        record_every: Control steps between two rows of a trial in trajectories.parquet, which takes
            about 20 kB for each trial of 3 s with the default; 0 leaves the file out.
    """

    target: int = 2
    trials: int = 50
    probes: int = 10
    record_every: int = 10

    def __post_init__(self) -> None:
        check_count(self.trials, "trials", MOST_TRIALS)
        check_count(self.probes, "probes", MOST_TRIALS, least=0)
        check_count(self.record_every, "steps between two rows", MOST_STEPS, least=0)
        if not 0 <= self.target < MOST_TARGETS:
            raise SpikearmError(f"There is no target {self.target}: give 0 to {MOST_TARGETS - 1}.")


@dataclass(frozen=True, kw_only=True)
class AdaptationPlan(PerturbedPlan):
    """Plan of learning curves.

    Attributes:
        trials: Number and target of the trials.
        second: Perturbation that comes second.

    Raises:
        SpikearmError: There is no such target, or a controller has nothing that could be perturbed
            so.
    """

    trials: Trials
    second: Level

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.trials.target < self.task.targets:
            raise SpikearmError(
                f"There is no target {self.trials.target}: give 0 to {self.task.targets - 1}."
            )
        for condition in self.conditions:
            check(condition)

    @property
    def conditions(self) -> list[Condition]:
        """Controller, perturbation and seed of every curve."""
        return [
            Condition(controller, seed, level)
            for level in self.levels
            for controller in self.controllers
            for seed in self.seeds
        ]

    def curve(self, condition: Condition) -> Curve:
        """Measure a controller with one seed: as it is, perturbed, and learning.

        Raises:
            SpikearmError: The arm does not bear the perturbation, the controller has nothing that
                could be perturbed so, or the target is out of its reach.
        """
        check(condition)
        controller, level, seed = condition.controller, condition.level, condition.seed
        task = self.task.plan(self.arm.model, seed)
        measure = _Measurement(self, level, seed, task)
        unlearned = replace(controller, name=controller.spec.base or controller.name)
        plain = measure.once(unlearned, Level())
        if plain is None:
            raise SpikearmError(
                f"Controller {controller.name} loses this arm even unperturbed: give another."
            )
        perturbed = measure.once(unlearned, level)
        law = replace(controller, name=BASELINE)
        baseline = perturbed
        if controller.name not in JOINT_SPACE and applies(level.perturbation, law):
            baseline = measure.once(law, level)
        if baseline is None:
            raise SpikearmError(
                f"This arm does not bear {level.label}, not even without learning: give less of it."
            )
        learned = measure.learn(controller)
        return Curve(controller.name, level, seed, plain, perturbed, baseline, learned)


def check(condition: Condition) -> None:
    """Refuse a controller that has nothing that could be perturbed so.

    Raises:
        SpikearmError: It lacks neurons, or a chip.
    """
    controller, level = condition.controller, condition.level
    if not applies(level.perturbation, controller):
        raise SpikearmError(
            f"Controller {controller.name} has nothing that '{level.name}' could perturb: "
            f"it lacks {'a chip' if level.perturbation.needs == 'chip' else 'neurons'}."
        )


@dataclass(frozen=True)
class _Measurement:
    """Trials of one perturbation with one seed."""

    plan: AdaptationPlan
    level: Level
    seed: int
    task: Task

    def once(self, controller: ChosenController, level: Level) -> Trial | None:
        """Try a controller that does not learn; None if it loses the arm."""
        with self._make(controller, level) as made, self._perturbed(made, level) as setup:
            try:
                return self._try(setup)
            except SpikearmError:
                return None

    def learn(self, controller: ChosenController) -> Learned:
        """Measure a controller that learns, until all phases are done or the arm is lost.

        A controller that learns by itself has no neurons beside it.
        """
        chosen = replace(controller, adaptive=not controller.spec.learns)
        trials: dict[Phase, list[Trial]] = {}
        share = 0.0
        with self._make(chosen, self.level) as made:
            assert isinstance(made, LearningController)
            learned = made.learned
            with Caught() as caught:
                for phase, level, n_trials in self._phases():
                    if phase == "second":
                        made.restore(learned)
                    trials[phase] = []
                    with self._perturbed(made, level) as setup:
                        for _ in range(n_trials):
                            trials[phase].append(self._try(setup))
                    if phase == "learning":
                        learned, share = made.learned, made.learned_share
            counts = dict(made.overflow_counts)
        problem = caught.problem
        lost = isinstance(problem, SpikearmError)
        if problem is not None and not lost and not trials["learning"]:
            raise problem
        return Learned(
            {phase: tuple(done) for phase, done in trials.items()}, counts, share,
            None if problem is None else describe(problem), lost, None if lost else problem,
        )  # fmt: skip

    def _phases(self) -> Iterator[tuple[Phase, Level, int]]:
        """List what is done. Gravity does not go, and what is not there neither."""
        trials, plain = self.plan.trials, Level()
        yield "learning", self.level, trials.trials
        known = self.level.perturbation.gravity_known
        if not trials.probes or not known or self.level == plain:
            return
        yield "after", plain, trials.probes
        if self.level != self.plan.second:
            yield "second", self.plan.second, trials.probes
            yield "again", self.level, trials.probes

    def _make(self, controller: ChosenController, level: Level) -> Controller:
        return self.plan.make(controller, self.seed, level.perturbation.gravity_known)

    @contextmanager
    def _perturbed(self, controller: Controller, level: Level) -> Iterator[LoopSetup]:
        """Perturb the closed loop, and take that back."""
        setup = LoopSetup(self.plan.arm, controller, self.task)
        setup = level.apply(setup, self.seed)
        try:
            yield setup
        finally:
            setup.restore()

    def _try(self, setup: LoopSetup) -> Trial:
        schedule = Schedule(setup.events)
        schedule.begin()
        motions = list(
            run_episode(
                setup.arm,
                setup.controller,
                self.task,
                self.plan.trials.target,
                schedule,
                sensors=setup.sensors,
                safety=self.plan.safety,
            )
        )
        paths = [motion.trajectory for motion in motions]
        simulated = sum(float(path.time[-1]) for path in paths)
        gap = paths[0].hand_position - paths[0].reference_position
        return Trial(
            position_rmse=float(np.mean([metrics.position_rmse(path) for path in paths])),
            endpoint_error=max(metrics.endpoint_error(path) for path in paths),
            displacement=gap.mean(axis=0),
            realtime_factor=simulated / sum(motion.wall_time for motion in motions),
            path=thin(paths, self.plan.trials.record_every),
        )
