"""A closed loop to perturb."""

from collections.abc import Callable

import numpy as np
import pytest
from at_any_speed import at_any_speed

from spikearm.arm_models import Arm, ArmState, load_arm
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import exact, follow
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.task import Task

Moved = Callable[..., Trajectory]


class Recorded(OperationalSpaceController):
    """The analytic law, which keeps what it was given and what it gave."""

    def __init__(self, arm: Arm) -> None:
        super().__init__(arm.model)
        self.given: list[tuple[ArmState, Reference]] = []
        self.gave: list[np.ndarray] = []

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        self.given.append((state, reference))
        self.gave.append(super().torque(state, reference))
        return self.gave[-1]


@pytest.fixture(scope="session")
def arm() -> Arm:
    return load_arm("gen3")


@pytest.fixture(scope="session")
def task(arm) -> Task:
    return plan_task(
        arm.model, CentreOut(targets=2, radius=0.05, duration=0.2, hold=0.06, speed_limits=False), 0
    )


@pytest.fixture
def law(arm) -> Recorded:
    return Recorded(arm)


@pytest.fixture
def move(arm, task) -> Moved:
    """Make the first reach with a controller."""

    def moved(controller: Controller, sensors=exact, observe=None) -> Trajectory:
        controller.start(arm.reset(task.start_joints))
        motion = MinimumJerk(task.start, task.targets[0], task.duration)
        length = task.duration + task.hold
        return follow(
            arm, controller, motion, length, observe, sensors=sensors, safety=at_any_speed(arm)
        )

    return moved
