"""The closed loop: sense, control, act, once per step."""

from collections.abc import Callable

import numpy as np

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.loop.pace import FreePace, Pace
from spikearm.controller.loop.sensor_guard import SensorGuard
from spikearm.controller.loop.step_times import Stopwatch
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference

Observer = Callable[[Arm, ArmState, Reference], None]
Sensors = Callable[[ArmState], ArmState]


def exact(state: ArmState) -> ArmState:
    """Sense a state as it is."""
    return state


def follow(
    arm: Arm,
    controller: Controller,
    motion: MinimumJerk,
    duration: float,
    observe: Observer | None = None,
    pace: Callable[[float], Pace] = FreePace,
    sensors: Sensors = exact,
    guard: SensorGuard | None = None,
) -> Trajectory:
    """Move the arm along a motion, from where it is now.

    Args:
        arm: The plant.
        controller: What drives it.
        motion: The hand's ideal motion, its time starting now.
        duration: Simulated time [s]; beyond the motion's own length the goal is held.
        observe: Called after every step, for a viewer, a video or a progress bar.
        pace: Tells steps when to begin, given the control period [s].
        sensors: What is sensed of the arm's state, which the log has as it is.
        guard: Watches the sensors; one of its own when left out.

    Returns:
        Everything that happened, one row per step.

    Raises:
        SensorsLostError: Sensors failed for too long, and the arm was stopped.
    """
    n_steps = round(duration / arm.timestep)
    times = arm.timestep * np.arange(n_steps + 1)
    references = motion.sample(times)
    log = Trajectory.empty(n_steps, arm.chain.n_joints)
    log.plan(times[1:], references[1:])
    guard = guard or SensorGuard(arm)
    stopwatch, beats = Stopwatch(arm, controller), pace(arm.timestep)
    state = stopwatch.sense()
    for step in range(n_steps):
        log.late_s[step], log.skipped_periods[step] = beats.wait()
        sensed = sensors(state)
        if guard.admits(sensed, references[step]):
            counts = stopwatch.control(sensed, references[step])
        else:
            counts = stopwatch.hold()
            log.held[step] = 1
        arm.advance()
        state = stopwatch.sense()
        log.write(step, state, arm.applied_torque, counts)
        if observe is not None:
            observe(arm, state, references[step + 1])
    log.time_steps(stopwatch.times)
    return log
