"""Cost of the safety layer in every step.

.venv/bin/python benchmarks/safety.py
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tyro
from rich.console import Console

from spikearm.arm_models import Arm, ArmState, load_arm
from spikearm.controller.controller import Controller, WrappedController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.task import Task


@dataclass(frozen=True)
class Options:
    """Time the safety layer on the states of a reach, and a step of the whole loop.

    Attributes:
        arm: Arm to move.
        rounds: Number of timed rounds; the fastest counts.
    """

    arm: str = "gen3"
    rounds: int = 15


class Seen(WrappedController):
    """Controller that keeps what it is given, and what it returns."""

    def __init__(self, inner: Controller) -> None:
        super().__init__(inner)
        self.steps: list[tuple[ArmState, Reference, np.ndarray]] = []

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques."""
        torque = self.inner.torque(state, reference)
        self.steps.append((state, reference, torque))
        return torque


def main(options: Options) -> None:
    """Measure and print."""
    arm = load_arm(options.arm)
    task = plan_task(arm.model, CentreOut(), 0)
    setup = ControllerSetup(arm.model, shipped(options.arm))
    for name in ("analytic", "loihi"):
        with ChosenController(name).make(setup) as controller:
            seen = Seen(controller)
            move(arm, seen, task)
            n_steps = len(seen.steps)
            loop = fastest(lambda seen=seen: move(arm, seen.inner, task), options.rounds) / n_steps
        safety = fastest(lambda seen=seen: look(arm, seen), options.rounds) / n_steps
        Console().print(
            f"{name}: {1e6 * safety:.1f} us of {1e6 * loop:.0f} us per step, "
            f"{100 * safety / loop:.1f} %"
        )


def move(arm: Arm, controller: Controller, task: Task) -> None:
    """Make a reach."""
    motion = MinimumJerk(task.start, task.targets[0], task.duration)
    controller.start(arm.reset(task.start_joints))
    follow(arm, controller, motion, task.duration + task.hold, safety=Safety(arm))


def look(arm: Arm, seen: Seen) -> None:
    """Check all states and limit all torques of a reach."""
    safety = Safety(arm)
    for state, reference, torque in seen.steps:
        safety.admits(state, reference)
        safety.limit(state, torque)


def fastest(work: Callable[[], None], rounds: int) -> float:
    """Measure the least CPU time of a function [s]."""
    times: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


if __name__ == "__main__":
    main(tyro.cli(Options))
