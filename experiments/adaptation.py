"""Learning over trials: one reach again and again, with a load that nobody told of."""

from dataclasses import dataclass

import numpy as np

from arm_models import Arm, SpikearmError
from controller.adaptive import AdaptiveController
from controller.command import Feedforward
from controller.controller import Controller
from controller.trained import TrainedController
from experiments import metrics
from experiments.centre_out import CentreOut, Reaches, plan_reaches
from experiments.episode import run_episode
from experiments.stages import ADAPTIVE, Adaptation, Backend, Recipe, find_stage

YARDSTICK, JOINT_SPACE = "analytic", ("pd", "pid")


@dataclass(frozen=True)
class Trials:
    """What is done again and again, and under what load.

    Attributes:
        target: Which of the task's targets, from 0.
        trials: How often the hand reaches out to it and comes back.
        payload: Mass of the ball that is fixed to the hand [kg].
        payload_offset: Its centre in the hand's frame [m].
    """

    target: int = 2
    trials: int = 20
    payload: float = 2.0
    payload_offset: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise SpikearmError(f"{self.trials} trials are too few: give 1 or more.")


@dataclass(frozen=True)
class Trial:
    """One time out and back.

    Attributes:
        position_rmse: Mean of both ways [m].
        endpoint_error: The larger of both ways [m].
        realtime_factor: Simulated over wall time of the whole loop.
    """

    position_rmse: float
    endpoint_error: float
    realtime_factor: float


@dataclass(frozen=True)
class Curve:
    """What one controller learned with one seed.

    Attributes:
        controller: Which.
        seed: Seed of its networks.
        unloaded: Position rmse of the controller that does not learn, without the load [m].
        loaded: The same with it; None if it lost the arm.
        yardstick: ``loaded`` of the analytic controller [m].
        trials: What happened while it learned; fewer than were asked for if it lost the arm.
        notices: In how many steps a number was cut or overflowed, by what it was.
        problem: How it lost the arm, if it did.
    """

    controller: str
    seed: int
    unloaded: float
    loaded: float | None
    yardstick: float
    trials: tuple[Trial, ...]
    notices: dict[str, int]
    problem: str | None = None

    @property
    def errors(self) -> np.ndarray:
        """Position rmse of each trial, shape (n_trials,) [m]."""
        return np.array([trial.position_rmse for trial in self.trials])

    @property
    def excess(self) -> np.ndarray:
        """Deviation beyond that of the controller that does not learn and is not loaded."""
        return self.errors / self.unloaded - 1.0

    @property
    def normalised(self) -> np.ndarray:
        """What is left of the load's effect, after DeWolf et al. (2020), shape (n_trials,).

        1 where it is as on the controller that does not learn: on the analytic one for those in
        neurons, which do not bear all that the analytic one bears, so that theirs would flatter.
        """
        return (self.errors - self.unloaded) / (self.yardstick - self.unloaded)


@dataclass(frozen=True)
class TrialPlan:
    """What is measured.

    Attributes:
        arm: The plant.
        task: Reaches, one of which is done again and again.
        trials: Which, how often, and under what load.
        reference: What the law feeds forward.
        adaptation: What is learned.
        backend: What runs a chip's network.
        trained: The arm's trained controller; only neural stages need it.
    """

    arm: Arm
    task: CentreOut
    trials: Trials
    reference: Feedforward
    adaptation: Adaptation
    backend: Backend
    trained: TrainedController | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.trials.target < self.task.targets:
            raise SpikearmError(
                f"There is no target {self.trials.target}: give 0 to {self.task.targets - 1}."
            )

    def curve(self, controller: str, seed: int) -> Curve:
        """Measure one controller with one seed: without the load, with it, and learning.

        Raises:
            SpikearmError: The arm does not bear the load, or the target is out of its reach.
        """
        reaches = plan_reaches(self.arm.model, self.task, seed)
        unloaded, loaded = self._unlearned(controller, seed, reaches)
        yardstick = loaded
        if controller not in JOINT_SPACE:
            _, yardstick = self._unlearned(YARDSTICK, seed, reaches)
        if yardstick is None:
            raise SpikearmError(
                f"A load of {self.trials.payload:g} kg is more than this arm bears: give a smaller "
                "--payload."
            )
        return Curve(
            controller, seed, unloaded, loaded, yardstick, *self._learn(controller, seed, reaches)
        )

    def _unlearned(
        self, controller: str, seed: int, reaches: Reaches
    ) -> tuple[float, float | None]:
        """Measure a controller that does not learn, without and with the load [m]."""
        with self._make(controller, seed) as made:
            self.arm.attach_payload(0.0)
            unloaded = self._try(made, reaches).position_rmse
            self._load()
            try:
                return unloaded, self._try(made, reaches).position_rmse
            except SpikearmError:
                return unloaded, None

    def _learn(
        self, controller: str, seed: int, reaches: Reaches
    ) -> tuple[tuple[Trial, ...], dict[str, int], str | None]:
        """Let a controller learn: give its trials, what was cut, and what ended them early."""
        self._load()
        trials: list[Trial] = []
        problem = None
        with self._make(controller + ADAPTIVE, seed) as made:
            assert isinstance(made, AdaptiveController)
            try:
                for _ in range(self.trials.trials):
                    trials.append(self._try(made, reaches))
            except SpikearmError as error:
                problem = str(error)
            return tuple(trials), dict(made.notices), problem

    def _load(self) -> None:
        self.arm.attach_payload(self.trials.payload, self.trials.payload_offset)

    def _make(self, controller: str, seed: int) -> Controller:
        recipe = Recipe(self.arm.model, self.trained, self.reference, seed, self.adaptation)
        return find_stage(controller, self.backend).make(recipe)

    def _try(self, controller: Controller, reaches: Reaches) -> Trial:
        target = reaches.targets[self.trials.target]
        motions = list(run_episode(self.arm, controller, reaches, target))
        paths = [motion.trajectory for motion in motions]
        simulated = sum(float(path.time[-1]) for path in paths)
        return Trial(
            position_rmse=float(np.mean([metrics.position_rmse(path) for path in paths])),
            endpoint_error=max(metrics.endpoint_error(path) for path in paths),
            realtime_factor=simulated / sum(motion.wall_time for motion in motions),
        )
