"""Values that host and network exchange, and their scaling."""

from dataclasses import dataclass

import numpy as np

from spikearm.controller.kernels.scaling import write_scaled
from spikearm.neural.host_io import HostInput, HostOutput


class HostNodes:
    """Values that host and network exchange in one step, all scaled to [-1, 1].

    A backend may read and write them directly, because the nodes compute nothing.

    Args:
        n_joints: Number of joints.
        n_outputs: Number of outputs.
        rectified: True if inputs of zero are to send no spike to a chip.

    Attributes:
        posture: Sines, then cosines of the joint angles, shape (2 * n_joints,).
        velocities: Joint velocities, shape (n_joints,).
        command: Commanded acceleration of the hand, shape (6,).
        inputs: Posture, velocities and command one after the other, in the same memory,
            shape (3 * n_joints + 6,).
        outputs: Outputs of the network, shape (n_outputs,): the joint torques, or the filtered
            activity of the neurons where it is recorded for training.
    """

    def __init__(self, n_joints: int, n_outputs: int, rectified: bool = False) -> None:
        self.posture = HostInput(2 * n_joints, rectified)
        self.velocities = HostInput(n_joints, rectified)
        self.command = HostInput(6, rectified)
        self.outputs = HostOutput(n_outputs)
        self.inputs = np.zeros(3 * n_joints + 6)
        self.posture.values = self.inputs[: 2 * n_joints]
        self.velocities.values = self.inputs[2 * n_joints : 3 * n_joints]
        self.command.values = self.inputs[3 * n_joints :]


@dataclass(frozen=True)
class Scaling:
    """Scaling of physical values to the network's [-1, 1].

    A joint angle is encoded as the sine and the cosine of its distance from the middle of its
    range, each less a centre and over a half range, so that both fill [-1, 1].

    Attributes:
        middle: Joint positions in the middle of their range, shape (n_joints,) [rad].
        center: Sines, cosines, velocities and commands that map to 0,
            shape (3 * n_joints + 6,).
        half_range: Distances from the center that map to 1, in the same order and shape.
        torque: Joint torque that an output of 1 stands for, shape (n_joints,) [N m].
    """

    middle: np.ndarray
    center: np.ndarray
    half_range: np.ndarray
    torque: np.ndarray

    def write(self, inputs: np.ndarray, q: np.ndarray, dq: np.ndarray, command: np.ndarray) -> None:
        """Scale joint positions, joint velocities and commands, for one step or for many.

        Args:
            inputs: Scaled inputs, overwritten, shape (..., 3 * n_joints + 6).
            q: Joint positions, shape (..., n_joints) [rad].
            dq: Joint velocities, shape (..., n_joints) [rad/s].
            command: Commanded acceleration of the hand, shape (..., 6) [m/s^2, rad/s^2].
        """
        if inputs.ndim == 1:
            write_scaled(q, dq, command, self.middle, self.center, self.half_range, inputs)
            return
        n = len(self.middle)
        angle = q - self.middle
        np.sin(angle, out=inputs[..., :n])
        np.cos(angle, out=inputs[..., n : 2 * n])
        inputs[..., 2 * n : 3 * n] = dq
        inputs[..., 3 * n :] = command
        inputs -= self.center
        inputs /= self.half_range
        np.minimum(inputs, 1.0, out=inputs)
        np.maximum(inputs, -1.0, out=inputs)
