"""Dry friction of an arm's joints."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import mujoco
import numpy as np

from spikearm.arm_models.errors import SpikearmError

# MuJoCo's solimpfriction: with its default of 0.9, an arm that friction holds creeps.
STIFF = (0.9999, 0.9999, 0.001, 0.5, 2.0)
# MuJoCo's solreffriction: its default lets speed fade with 10 ms, however strong a brake is.
GRIP = (0.002, 1.0)  # s, twice the period, which is the shortest that MuJoCo advises; damping


@dataclass(frozen=True)
class JointFriction:
    """Dry friction of every joint, and how MuJoCo's solver is to take it.

    Attributes:
        torque: Friction torque, shape (n_joints,) [N m].
        solimp: MuJoCo's ``solimpfriction``, shape (n_joints, 5).
        solref: MuJoCo's ``solreffriction``, shape (n_joints, 2).
    """

    torque: np.ndarray
    solimp: np.ndarray
    solref: np.ndarray

    @classmethod
    def of(cls, spec: mujoco.MjSpec, joints: Sequence[str]) -> "JointFriction":
        """Read the present friction of joints."""
        found = [spec.joint(name) for name in joints]
        return cls(
            np.array([joint.frictionloss for joint in found]),
            np.array([joint.solimp_friction for joint in found]),
            np.array([joint.solref_friction for joint in found]),
        )

    def holding(self, friction: np.ndarray | float) -> "JointFriction":
        """Return other friction in its place, which holds a joint still.

        Args:
            friction: Friction torque, shape (n_joints,) or one number for all [N m].

        Raises:
            SpikearmError: A number is negative or missing.
        """
        torque, n_joints = np.asarray(friction, dtype=float), len(self.torque)
        if torque.shape not in ((), (n_joints,)) or not (torque >= 0).all():
            raise SpikearmError(
                f"Friction {friction} N m does not fit: give one number of 0 N m or more, or one "
                f"for each of {n_joints} joints."
            )
        return replace(
            self, torque=np.broadcast_to(torque, n_joints), solimp=np.tile(STIFF, (n_joints, 1))
        )

    def with_brakes(self, torque: np.ndarray) -> "JointFriction":
        """Add closed holding brakes, of a torque each, shape (n_joints,) [N m]."""
        n_joints = len(self.torque)
        return JointFriction(
            self.torque + torque, np.tile(STIFF, (n_joints, 1)), np.tile(GRIP, (n_joints, 1))
        )

    def write(self, spec: mujoco.MjSpec, joints: Sequence[str]) -> None:
        """Write it to joints."""
        columns = zip(joints, self.torque, self.solimp, self.solref, strict=True)
        for name, torque, solimp, solref in columns:
            joint = spec.joint(name)
            joint.frictionloss, joint.solimp_friction, joint.solref_friction = (
                torque, solimp, solref,
            )  # fmt: skip
