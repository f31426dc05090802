"""Reach that is repeated until the integral of a controller has settled."""

from dataclasses import dataclass
from math import inf

import numpy as np

from spikearm.arm_models import Arm, SpikearmError
from spikearm.controller.classical.joint_pid import JointPIDController
from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.studies.benchmark.metrics import position_rmse
from spikearm.experiments.studies.integral_gain.setting import Setting
from spikearm.experiments.tasks.episode import run_episode
from spikearm.experiments.tasks.task import Task

SETTLED = 0.01  # change from trial to trial, relative


@dataclass(frozen=True)
class RepeatedReach:
    """Reach that is repeated.

    Attributes:
        arm: Plant.
        task: Start and targets.
        target: Number of the target, from 0.
        trials: Most trials until an integral that is kept has settled.
    """

    arm: Arm
    task: Task
    target: int
    trials: int

    def errors(self, setting: Setting, level: Level) -> list[float]:
        """Measure trial after trial until nothing changes any more [m]; inf if the arm is lost."""
        controller = setting.make(level.perturbation.known_model(self.arm.model))
        setup = level.apply(LoopSetup(self.arm, controller, self.task), seed=0)
        errors: list[float] = []
        for _ in range(self.trials if setting.keep else 1):
            errors.append(self._try(controller))
            if len(errors) > 1 and abs(errors[-1] - errors[-2]) < SETTLED * errors[-1]:
                break
        setup.restore()
        return errors

    def _try(self, controller: JointPIDController) -> float:
        try:
            ways = list(run_episode(self.arm, controller, self.task, self.target))
        except SpikearmError:
            return inf
        return float(np.mean([position_rmse(way.trajectory) for way in ways]))
