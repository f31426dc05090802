"""Task-space command: the desired acceleration of the hand."""

from typing import Literal

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.gains import Gains
from spikearm.controller.references.pose_error import plain_pose_error
from spikearm.controller.references.reference import Reference

Feedforward = Literal["acceleration", "velocity"]


def task_command(
    state: ArmState, reference: Reference, gains: Gains, feedforward: Feedforward
) -> np.ndarray:
    """Compute ``w = ddx_ref + Kp e + Kv (dx_ref - dx)`` (Khatib 1987, eq. 31).

    Args:
        state: Sensed state of the arm.
        reference: Reference of the hand.
        gains: Gains of the law, of which ``kp``, ``ko`` and ``kv`` are used.
        feedforward: Derivative that is fed forward: ``velocity`` leaves the reference's
            acceleration out.

    Returns:
        Desired acceleration of the hand, linear then angular, shape (6,) [m/s^2, rad/s^2].
    """
    kp, ko, kv = gains.kp, gains.ko, gains.kv
    terms = zip(
        (kp, kp, kp, ko, ko, ko),
        plain_pose_error(reference.pose, state.hand),
        reference.velocity.tolist(),
        state.hand_velocity.tolist(),
        strict=True,
    )
    # Plain numbers: for six of them, arrays take longer, and this runs in every step.
    command = np.array([k * e + kv * (dx_ref - dx) for k, e, dx_ref, dx in terms])
    return command + reference.acceleration if feedforward == "acceleration" else command


def correction(command: np.ndarray, reference: Reference, feedforward: Feedforward) -> np.ndarray:
    """Compute the part of a command that errors ask for: ``Kp e + Kv (dx_ref - dx)``.

    Args:
        command: Result of :func:`task_command`, shape (6,) [m/s^2, rad/s^2].
        reference: Reference of the command.
        feedforward: Derivative that the command fed forward.

    Returns:
        Shape (6,) [m/s^2, rad/s^2].
    """
    return command - reference.acceleration if feedforward == "acceleration" else command
