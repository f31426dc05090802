"""Cost of checking the sensors in every step.

.venv/bin/python benchmarks/guard.py
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import tyro
from rich.console import Console

from spikearm.arm_models import Arm, ArmState, load_arm
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.sensor_guard import SensorGuard
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference
from spikearm.controller.spiking.trained import shipped
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.experiments.tasks.task import Task


@dataclass(frozen=True)
class Options:
    """Time the guard on the states of a reach, and a step of the whole loop.

    Attributes:
        arm: Arm to move.
        rounds: Number of timed rounds; the median counts.
    """

    arm: str = "gen3"
    rounds: int = 9


def main(options: Options) -> None:
    """Measure and print."""
    arm = load_arm(options.arm)
    task = plan_task(arm.model, CentreOut(), seed=0)
    setup = ControllerSetup(arm.model, shipped(options.arm))
    for name in ("analytic", "loihi"):
        with ChosenController(name).make(setup) as controller:
            seen, loop = reach(arm, controller, task, options.rounds)
        guard = timed(lambda seen=seen: look(arm, seen), options.rounds) / len(seen)
        Console().print(
            f"{name}: {1e6 * guard:.2f} us of {1e6 * loop:.0f} us per step, "
            f"{100 * guard / loop:.2f} %"
        )


def reach(
    arm: Arm, controller: Controller, task: Task, rounds: int
) -> tuple[list[tuple[ArmState, Reference]], float]:
    """Make reaches; return the sensed states of one, and the time of a step [s]."""
    motion = MinimumJerk(task.start, task.targets[0], task.duration)
    length = task.duration + task.hold

    def move(seen: list[tuple[ArmState, Reference]]) -> None:
        controller.start(arm.reset(task.start_joints))
        follow(arm, controller, motion, length, lambda _, *one: seen.append(one))

    seen: list[tuple[ArmState, Reference]] = []
    move(seen)
    return seen, timed(lambda: move([]), rounds) / len(seen)


def look(arm: Arm, seen: list[tuple[ArmState, Reference]]) -> None:
    """Check all sensed states with a guard."""
    guard = SensorGuard(arm)
    for state, reference in seen:
        guard.admits(state, reference)


def timed(work: Callable[[], None], rounds: int) -> float:
    """Measure the median CPU time of a function [s]."""
    times: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return median(times)


if __name__ == "__main__":
    main(tyro.cli(Options))
