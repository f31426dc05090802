"""Targets of centre-out reaching, drawn one at a time."""

from typing import Literal

import numpy as np

from spikearm.arm_models import Pose, RigidBodyModel, SpikearmError
from spikearm.controller.references.joint_reference import reaches
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.tasks.centre_out import (
    CentreOut,
    forward_axis,
    frontal_plane,
    plan_task,
)

N_TRIES = 100  # targets drawn until the arm reaches one


class TargetDraw:
    """Source of targets at one distance from home, of the orientation at home.

    Args:
        model: The arm's nominal dynamics.
        variant: Place of the targets: anywhere on a circle in the frontal plane, or on a sphere.
        radius: Distance [m]; the largest that the benchmark reaches on the circle when left out.
        duration: Length of a motion [s]; longer where joints are too slow for the benchmark's.
        hold: Time that the hand then holds still [s].

    Attributes:
        task: The benchmark's task, of which start, radius and times hold for every target.

    Raises:
        SpikearmError: The arm does not reach so far.
    """

    def __init__(
        self,
        model: RigidBodyModel,
        variant: Literal["circle", "sphere"],
        radius: float | None,
        duration: float,
        hold: float,
    ) -> None:
        if variant not in ("circle", "sphere"):
            raise SpikearmError(f"There is no variant '{variant}'. Variants: circle, sphere.")
        circle = CentreOut(radius=radius, duration=duration, hold=hold)
        self.task = plan_task(model, circle, seed=0)
        self._model = model
        self._span = frontal_plane(forward_axis(model)) if variant == "circle" else np.eye(3)

    def draw(self, rng: np.random.Generator) -> Pose:
        """Draw a target that the arm reaches.

        Raises:
            SpikearmError: It reached none of many.
        """
        start = self.task.start
        for _ in range(N_TRIES):
            direction = rng.normal(size=len(self._span)) @ self._span
            offset = self.task.radius * direction / np.linalg.norm(direction)
            goal = Pose(start.position + offset, start.quaternion)
            if reaches(self._model, MinimumJerk(start, goal, self.task.duration)):
                return goal
        raise SpikearmError(
            f"The arm reached none of {N_TRIES} targets, {self.task.radius} m from home. Give a "
            "smaller radius."
        )
