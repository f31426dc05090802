"""The task-space command: what the hand should accelerate with."""

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
        state: What is sensed.
        reference: Where the hand should be.
        gains: ``kp``, ``ko`` and ``kv`` count here.
        feedforward: ``acceleration`` feeds the reference's acceleration forward,
            ``velocity`` leaves it out.

    Returns:
        Wanted acceleration of the hand, linear then angular, shape (6,) [m/s^2, rad/s^2].
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
    """Take from a command what errors alone asked for: ``Kp e + Kv (dx_ref - dx)``.

    Args:
        command: What :func:`task_command` gave, shape (6,) [m/s^2, rad/s^2].
        reference: What it was given.
        feedforward: The same.

    Returns:
        Shape (6,) [m/s^2, rad/s^2].
    """
    return command - reference.acceleration if feedforward == "acceleration" else command
