"""Dry friction of an arm's joints."""

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np

from arm_models.errors import SpikearmError

# MuJoCo's solimpfriction: with its default of 0.9, an arm that friction holds creeps.
STIFF = (0.9999, 0.9999, 0.001, 0.5, 2.0)


@dataclass(frozen=True)
class JointFriction:
    """Dry friction of every joint, and how MuJoCo's solver is to take it.

    Attributes:
        torque: Shape (n_joints,) [N m].
        solimp: MuJoCo's ``solimpfriction``, shape (n_joints, 5).
    """

    torque: np.ndarray
    solimp: np.ndarray

    @classmethod
    def of(cls, spec: mujoco.MjSpec, joints: Sequence[str]) -> "JointFriction":
        """Read what joints have now."""
        found = [spec.joint(name) for name in joints]
        return cls(
            np.array([joint.frictionloss for joint in found]),
            np.array([joint.solimp_friction for joint in found]),
        )

    @classmethod
    def holding(cls, friction: np.ndarray | float, n_joints: int) -> "JointFriction":
        """Make friction that holds a joint still.

        Args:
            friction: Shape (n_joints,) or one number for all [N m].
            n_joints: Number of joints.

        Raises:
            SpikearmError: A number is negative or missing.
        """
        torque = np.asarray(friction, dtype=float)
        if torque.shape not in ((), (n_joints,)) or not (torque >= 0).all():
            raise SpikearmError(
                f"Friction {friction} N m does not fit: give one number of 0 N m or more, or one "
                f"for each of {n_joints} joints."
            )
        return cls(np.broadcast_to(torque, n_joints), np.tile(STIFF, (n_joints, 1)))

    def write(self, spec: mujoco.MjSpec, joints: Sequence[str]) -> None:
        """Give it to joints."""
        for name, torque, solimp in zip(joints, self.torque, self.solimp, strict=True):
            joint = spec.joint(name)
            joint.frictionloss, joint.solimp_friction = torque, solimp
