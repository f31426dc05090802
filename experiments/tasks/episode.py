"""Episode: from the start to a target and back, on one arm with one controller."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from spikearm.arm_models import Arm, ArmState, Pose
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import Observer, Sensors, exact, follow
from spikearm.controller.loop.pace import FreePace, Pace
from spikearm.controller.loop.safety.limits import SafetyLimits, limits_of_task
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference
from spikearm.experiments.tasks.task import Task
from spikearm.neural.processes.worker import heed_stop

REACHES_PER_EPISODE = 2


@dataclass(frozen=True)
class Reach:
    """Motion to a target, as it happened.

    Attributes:
        direction: ``out`` to the target or ``back`` to the start.
        trajectory: Recorded states, references and torques.
        wall_time: Wall time of the loop, physics included [s].
        saturated_share: Share of joint torques that were cut at their limit [1].
    """

    direction: str
    trajectory: Trajectory
    wall_time: float
    saturated_share: float


def run_episode(
    arm: Arm,
    controller: Controller,
    task: Task,
    target: Pose,
    observe: Observer | None = None,
    pace: Callable[[float], Pace] = FreePace,
    sensors: Sensors = exact,
    safety: SafetyLimits = SafetyLimits(),
) -> Iterator[Reach]:
    """Reach out to a target and come back, from rest at the start of the task.

    Yields:
        The reach out, then the reach back, each as soon as it is over.

    Raises:
        StoppedError: This is a worker that was asked to stop.
    """
    observe = _heeding_stop(observe)
    controller.start(arm.reset(task.start_joints))
    layer = Safety(arm, limits_of_task(safety, task.speed_limits))
    for direction, start, goal in (("out", task.start, target), ("back", target, task.start)):
        arm.place_marker("target", goal)
        cut_before = int(arm.saturated_steps.sum())
        began = perf_counter()
        motion = MinimumJerk(start, goal, task.duration)
        trajectory = follow(
            arm, controller, motion, task.motion_time, observe, pace, sensors, layer
        )
        wall_time = perf_counter() - began
        cut = int(arm.saturated_steps.sum()) - cut_before
        yield Reach(direction, trajectory, wall_time, cut / trajectory.torque.size)


def _heeding_stop(observe: Observer | None) -> Observer:
    """Return an observer that also leaves the loop when this worker is asked to stop."""

    def look(arm: Arm, state: ArmState, reference: Reference) -> None:
        heed_stop()
        if observe is not None:
            observe(arm, state, reference)

    return look
