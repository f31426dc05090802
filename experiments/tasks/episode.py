"""One episode: from the start to a target and back, on one arm with one controller."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from spikearm.arm_models import Arm, Pose
from spikearm.controller.controller import Controller
from spikearm.controller.loop.closed_loop import Observer, Sensors, exact, follow
from spikearm.controller.loop.pace import FreePace, Pace
from spikearm.controller.loop.sensor_guard import SensorGuard
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.experiments.tasks.centre_out import Reaches

LEGS_PER_EPISODE = 2


@dataclass(frozen=True)
class Motion:
    """One leg of an episode as it happened.

    Attributes:
        leg: ``out`` or ``back``.
        trajectory: What happened.
        wall_time: Wall time of the loop, physics included [s].
        saturated_share: Share of joint torques that were cut at their limit [1].
    """

    leg: str
    trajectory: Trajectory
    wall_time: float
    saturated_share: float


def run_episode(
    arm: Arm,
    controller: Controller,
    reaches: Reaches,
    target: Pose,
    observe: Observer | None = None,
    pace: Callable[[float], Pace] = FreePace,
    sensors: Sensors = exact,
    guard: SensorGuard | None = None,
) -> Iterator[Motion]:
    """Reach out to a target and come back, from rest where reaches start.

    Yields:
        The motion out, then the motion back, each as soon as it is over.
    """
    controller.start(arm.reset(reaches.start_joints))
    for leg, start, goal in (("out", reaches.start, target), ("back", target, reaches.start)):
        arm.place_marker("target", goal)
        cut_before = int(arm.saturated_steps.sum())
        began = perf_counter()
        motion = MinimumJerk(start, goal, reaches.duration)
        length = reaches.duration + reaches.hold
        trajectory = follow(arm, controller, motion, length, observe, pace, sensors, guard)
        wall_time = perf_counter() - began
        cut = int(arm.saturated_steps.sum()) - cut_before
        yield Motion(leg, trajectory, wall_time, cut / trajectory.torque.size)
