"""Task-space command: the desired acceleration of the hand."""

from typing import Literal

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.gains import Gains
from spikearm.controller.kernels.command import write_command
from spikearm.controller.references.reference import Reference

Feedforward = Literal["acceleration", "velocity"]
NOTHING = np.empty(0)


def task_command(
    state: ArmState,
    reference: Reference,
    gains: Gains,
    feedforward: Feedforward,
    lead: float = 0.0,
) -> np.ndarray:
    """Compute ``w = ddx_ref + Kp e + Kv (dx_ref - dx)`` (Khatib 1987, eq. 31).

    What turns the command into torque may lag behind it. A command that leads by this lag is made
    for the time at which its torque acts: of the reference's acceleration at that time, and of the
    error of the pose that velocities leave until then, ``e + lead (dx_ref - dx)``. The error of the
    velocity is taken as it is, because nobody senses the hand's acceleration.

    Args:
        state: Sensed state of the arm.
        reference: Reference of the hand.
        gains: Gains of the law, of which ``kp``, ``ko`` and ``kv`` are used.
        feedforward: Derivative that is fed forward: ``velocity`` leaves the reference's
            acceleration out.
        lead: Time by which the command leads [s].

    Returns:
        Desired acceleration of the hand, linear then angular, shape (6,) [m/s^2, rad/s^2].
    """
    command = np.empty(6)
    fed_forward = NOTHING
    if feedforward == "acceleration":
        fed_forward = reference.acceleration_ahead(lead) if lead else reference.acceleration
    write_command(
        *reference.pose, reference.velocity, fed_forward,
        *state.hand, state.hand_velocity, gains.kp, gains.ko, gains.kv, lead, command,
    )  # fmt: skip
    return command


def correction(
    command: np.ndarray, reference: Reference, feedforward: Feedforward, lead: float = 0.0
) -> np.ndarray:
    """Compute the part of a command that errors ask for: ``Kp e + Kv (dx_ref - dx)``.

    Args:
        command: Result of :func:`task_command`, shape (6,) [m/s^2, rad/s^2].
        reference: Reference of the command.
        feedforward: Derivative that the command fed forward.
        lead: Time by which the command leads [s].

    Returns:
        Shape (6,) [m/s^2, rad/s^2].
    """
    if feedforward == "velocity":
        return command
    return command - (reference.acceleration_ahead(lead) if lead else reference.acceleration)
