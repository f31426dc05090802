"""The closed loop: sense, control, act, once per step."""

from collections.abc import Callable

import numpy as np

from arm_models import Arm, ArmState
from controller.controller import Controller
from controller.pace import FreePace, Pace
from controller.reference import MinimumJerk, Reference
from controller.step_times import Stopwatch
from controller.trajectory import Trajectory

Observer = Callable[[Arm, ArmState, Reference], None]


def follow(
    arm: Arm,
    controller: Controller,
    motion: MinimumJerk,
    duration: float,
    observe: Observer | None = None,
    pace: Callable[[float], Pace] = FreePace,
) -> Trajectory:
    """Move the arm along a motion, from where it is now.

    Args:
        arm: The plant.
        controller: What drives it.
        motion: The hand's ideal motion, its time starting now.
        duration: Simulated time [s]; beyond the motion's own length the goal is held.
        observe: Called after every step, for a viewer, a video or a progress bar.
        pace: Tells steps when to begin, given the control period [s].

    Returns:
        Everything that happened, one row per step.
    """
    n_steps = round(duration / arm.timestep)
    times = arm.timestep * np.arange(n_steps + 1)
    references = motion.sample(times)
    log = Trajectory.empty(n_steps, arm.chain.n_joints)
    log.plan(times[1:], references[1:])
    stopwatch, beats = Stopwatch(arm, controller), pace(arm.timestep)
    state = stopwatch.sense()
    for step in range(n_steps):
        log.late_s[step], log.skipped_periods[step] = beats.wait()
        stopwatch.control(state, references[step])
        arm.advance()
        state = stopwatch.sense()
        log.write(step, state, arm.applied_torque, controller.counts)
        if observe is not None:
            observe(arm, state, references[step + 1])
    log.time_steps(stopwatch.times)
    return log
