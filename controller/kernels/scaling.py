"""Scaling of a control step's values to a network's [-1, 1]."""

import math

from spikearm.controller.kernels.jit import jit


@jit
def write_scaled(q, dq, command, middle, center, half_range, inputs):
    """Scale joint positions, joint velocities and a command.

    Args:
        q, dq: Joint positions and velocities, shape (n_joints,) [rad, rad/s].
        command: Commanded acceleration of the hand, shape (6,).
        middle: Joint positions in the middle of their range, shape (n_joints,) [rad].
        center, half_range: Sines, cosines, velocities and commands that map to 0, and their
            distances from those that map to 1, shape (3 * n_joints + 6,).
        inputs: Scaled inputs, in the same order and shape; written.
    """
    n = len(middle)
    size = 3 * n + 6
    if (
        len(q) != n or len(dq) != n or len(command) != 6
        or len(inputs) != size or len(center) != size or len(half_range) != size
    ):  # fmt: skip
        raise ValueError("States or commands have another shape than their scaling.")
    for i in range(n):
        angle = q[i] - middle[i]
        inputs[i], inputs[n + i], inputs[2 * n + i] = math.sin(angle), math.cos(angle), dq[i]
    for i in range(6):
        inputs[3 * n + i] = command[i]
    for i in range(len(inputs)):
        value = (inputs[i] - center[i]) / half_range[i]
        if value > 1.0:
            value = 1.0
        elif value < -1.0:  # what is no number stays it
            value = -1.0
        inputs[i] = value
