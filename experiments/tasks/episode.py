"""Episode: from a start to a target, and maybe back, on one arm with one controller."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import Observer, Sensors, exact, follow
from spikearm.controller.loop.pace import FreePace, Pace
from spikearm.controller.loop.safety.limits import SafetyLimits, limits_of_task
from spikearm.controller.loop.safety.safety import Safety
from spikearm.controller.loop.spike_recorder import spike_recorder
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.reference import Reference
from spikearm.experiments.tasks.task import Task
from spikearm.neural.processes.worker import heed_stop
from spikearm.neural.spikes import SpikeTrains


@dataclass(frozen=True)
class Reach:
    """Motion to a target, as it happened.

    Attributes:
        direction: ``out`` to the target or ``back`` to the start.
        trajectory: Recorded states, references and torques.
        wall_time: Wall time of the loop, physics included [s].
        saturated_share: Share of joint torques that were cut at their limit [1].
        spike_trains: Spikes of the controller's network, if they were recorded and it has any.
    """

    direction: str
    trajectory: Trajectory
    wall_time: float
    saturated_share: float
    spike_trains: SpikeTrains | None = None


def run_episode(
    arm: Arm,
    controller: Controller,
    task: Task,
    number: int,
    observe: Observer | None = None,
    pace: Callable[[float], Pace] = FreePace,
    sensors: Sensors = exact,
    safety: SafetyLimits = SafetyLimits(),
    spikes: bool = False,
) -> Iterator[Reach]:
    """Reach out to a target, and come back if the task says so, from rest at the start.

    Args:
        arm: Plant.
        controller: Controller that drives the arm.
        task: Starts and targets.
        number: Number of the episode, from 0.
        observe: Called after every control step.
        pace: Makes the pace of the control steps, given their period [s].
        sensors: What the controller is told of the arm's state.
        safety: Limits that the arm is held to.
        spikes: True to record the spikes of the controller's network.

    Yields:
        The reach out, then the reach back, each as soon as it is over.

    Raises:
        StoppedError: This is a worker that was asked to stop.
    """
    controller.start(arm.reset(task.starts[number].joints))
    layer = Safety(arm, limits_of_task(safety, task.speed_limits))
    for direction, motion in task.motions(number):
        arm.place_marker("target", motion.goal)
        cut_before = int(arm.saturated_steps.sum())
        began = perf_counter()
        recorder = spike_recorder(controller) if spikes else None
        trajectory = follow(
            arm, controller, motion, task.motion_time, _each(_heed_stop, observe, recorder),
            pace, sensors, layer,
        )  # fmt: skip
        wall_time = perf_counter() - began
        cut = int(arm.saturated_steps.sum()) - cut_before
        trains = recorder.finish(trajectory.held) if recorder else None
        yield Reach(direction, trajectory, wall_time, cut / trajectory.torque.size, trains)


def _each(*observers: Observer | None) -> Observer:
    """Return an observer that asks each of several."""
    present = [one for one in observers if one is not None]

    def look(arm: Arm, state: ArmState, reference: Reference) -> None:
        for one in present:
            one(arm, state, reference)

    return look


def _heed_stop(arm: Arm, state: ArmState, reference: Reference) -> None:
    """Leave the loop when this worker is asked to stop."""
    heed_stop()
