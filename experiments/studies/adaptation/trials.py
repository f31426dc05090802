"""Learning over trials: one reach again and again, with a plant that nobody told of."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.adaptation.adaptive_controller import AdaptiveController
from spikearm.controller.controller import Controller
from spikearm.controller.spiking.trained import TrainedController
from spikearm.experiments.controllers import (
    BASELINE,
    Backend,
    ChosenController,
    ControllerSetup,
)
from spikearm.experiments.perturbations.plant import Perturbation
from spikearm.experiments.studies.adaptation.curve import Curve, Learned, Phase, Trial
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.tasks.centre_out import CentreOut, Reaches, plan_reaches
from spikearm.experiments.tasks.episode import run_episode

JOINT_SPACE = ("pd", "pid")


@dataclass(frozen=True)
class Trials:
    """What is done again and again.

    Attributes:
        target: Which of the task's targets, from 0.
        trials: How often the hand reaches out to it and comes back while a perturbation is learned.
        probes: How often in each of what follows: the perturbation is gone; and, again from what
            was learned, a second one comes in its place, then the first again. 0 leaves them out.
    """

    target: int = 2
    trials: int = 50
    probes: int = 10

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise SpikearmError(f"{self.trials} trials are too few: give 1 or more.")
        if self.probes < 0:
            raise SpikearmError(f"--probes {self.probes} is not possible: give 0 or more.")


@dataclass(frozen=True)
class TrialPlan:
    """What is measured.

    Attributes:
        arm: The plant.
        task: Reaches, one of which is done again and again.
        trials: Which, and how often.
        second: The perturbation that comes second.
        setup: Parameters of the controllers; the seed is replaced.
        weightless: Weights trained without gravity; needed where gravity is to be learned.
        backend: Backend of a chip's network.
    """

    arm: Arm
    task: CentreOut
    trials: Trials
    second: Perturbation
    setup: ControllerSetup
    weightless: TrainedController | None = None
    backend: Backend = "engine"

    def __post_init__(self) -> None:
        if not 0 <= self.trials.target < self.task.targets:
            raise SpikearmError(
                f"There is no target {self.trials.target}: give 0 to {self.task.targets - 1}."
            )

    def curve(self, controller: str, perturbation: Perturbation, seed: int) -> Curve:
        """Measure one controller with one seed: as it is, perturbed, and learning.

        Raises:
            SpikearmError: The arm does not bear the perturbation, or the target is out of its
                reach.
        """
        reaches = plan_reaches(self.arm.model, self.task, seed)
        measure = _Measurement(self, perturbation, seed, reaches)
        plain = measure.once(controller, Perturbation())
        if plain is None:
            raise SpikearmError(
                f"Controller {controller} loses this arm even unperturbed: give another."
            )
        perturbed = measure.once(controller, perturbation)
        baseline = perturbed
        if controller not in JOINT_SPACE:
            baseline = measure.once(BASELINE, perturbation)
        if baseline is None:
            raise SpikearmError(
                f"This arm does not bear {perturbation.label}, not even with the analytic "
                "controller: give less of it."
            )
        return Curve(
            controller, perturbation, seed, plain, perturbed, baseline, measure.learn(controller)
        )


@dataclass(frozen=True)
class _Measurement:
    """Trials of one perturbation with one seed."""

    plan: TrialPlan
    perturbation: Perturbation
    seed: int
    reaches: Reaches

    def once(self, controller: str, perturbation: Perturbation) -> Trial | None:
        """Try a controller that does not learn; None if it loses the arm."""
        with self._make(controller, perturbation.gravity_known) as made:
            perturbation.apply(self.plan.arm)
            try:
                return self._try(made)
            except SpikearmError:
                return None

    def learn(self, controller: str) -> Learned:
        """Let a controller learn until it has done all phases, or lost the arm."""
        trials: dict[Phase, list[Trial]] = {}
        share, problem = 0.0, None
        with self._make(controller, self.perturbation.gravity_known, adaptive=True) as made:
            assert isinstance(made, AdaptiveController)
            learned = made.learned
            try:
                for phase, perturbation, n_trials in self._phases():
                    if phase == "second":
                        made.restore(learned)
                    perturbation.apply(self.plan.arm)
                    trials[phase] = []
                    for _ in range(n_trials):
                        trials[phase].append(self._try(made))
                    if phase == "learning":
                        learned, share = made.learned, made.simulation.learned_share
            except SpikearmError as error:
                problem = str(error)
            phases: dict[Phase, tuple[Trial, ...]] = {p: tuple(done) for p, done in trials.items()}
            return Learned(phases, dict(made.overflow_counts), share, problem)

    def _phases(self) -> Iterator[tuple[Phase, Perturbation, int]]:
        """List what is done. Gravity does not go, and what is not there neither."""
        trials, plain = self.plan.trials, Perturbation()
        yield "learning", self.perturbation, trials.trials
        if not trials.probes or not self.perturbation.gravity_known or self.perturbation == plain:
            return
        yield "after", plain, trials.probes
        if self.perturbation != self.plan.second:
            yield "second", self.plan.second, trials.probes
            yield "again", self.perturbation, trials.probes

    def _make(self, name: str, gravity_known: bool, adaptive: bool = False) -> Controller:
        plan = self.plan
        setup = replace(plan.setup, seed=self.seed)
        if not gravity_known:
            model = setup.model.without_gravity()
            setup = replace(setup, model=model, trained=plan.weightless)
        return ChosenController(name, adaptive, plan.backend).make(setup)

    def _try(self, controller: Controller) -> Trial:
        target = self.reaches.targets[self.plan.trials.target]
        motions = list(run_episode(self.plan.arm, controller, self.reaches, target))
        paths = [motion.trajectory for motion in motions]
        simulated = sum(float(path.time[-1]) for path in paths)
        gap = paths[0].hand_position - paths[0].reference_position
        return Trial(
            position_rmse=float(np.mean([metrics.position_rmse(path) for path in paths])),
            endpoint_error=max(metrics.endpoint_error(path) for path in paths),
            displacement=gap.mean(axis=0),
            realtime_factor=simulated / sum(motion.wall_time for motion in motions),
        )
