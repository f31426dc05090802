"""The closed loop: sense, control, act, once per step."""

from collections.abc import Callable
from time import perf_counter

import numpy as np

from arm_models import Arm, ArmState
from controller.controller import Controller
from controller.reference import MinimumJerk, Reference
from controller.trajectory import Trajectory

Observer = Callable[[Arm, ArmState, Reference], None]


def follow(
    arm: Arm,
    controller: Controller,
    motion: MinimumJerk,
    duration: float,
    observe: Observer | None = None,
) -> Trajectory:
    """Move the arm along a motion, from where it is now.

    Args:
        arm: The plant.
        controller: What drives it.
        motion: The hand's ideal motion, its time starting now.
        duration: Simulated time [s]; beyond the motion's own length the goal is held.
        observe: Called after every step, for a viewer, a video or a progress bar.

    Returns:
        Everything that happened, one row per step.
    """
    n_steps = round(duration / arm.timestep)
    times = arm.timestep * np.arange(n_steps + 1)
    references = motion.sample(times)
    log = Trajectory.empty(n_steps, arm.chain.n_joints)
    log.plan(times[1:], references[1:])
    state, reference = arm.state, references[0]
    for step in range(n_steps):
        began = perf_counter()
        torque = controller.torque(state, reference)
        latency = perf_counter() - began
        state, reference = arm.step(torque), references[step + 1]
        log.write(step, state, arm.applied_torque, latency, controller.counts)
        if observe is not None:
            observe(arm, state, reference)
    return log
