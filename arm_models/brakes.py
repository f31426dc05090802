"""The holding brakes of an arm's joints."""

import mujoco
import numpy as np

from arm_models.chain import Chain
from arm_models.joint_friction import STIFF

# MuJoCo's solreffriction: its default lets speed fade with 10 ms, however strong the brake is.
GRIP = (0.002, 1.0)  # s, twice the period, which is the shortest that MuJoCo advises; damping


class Brakes:
    """Dry friction on every joint, as large as its torque limit, on top of what it has anyway.

    They are part of the model's description: after a change it is to be compiled anew.

    Args:
        spec: The model's description, which is changed.
        chain: The joints.
    """

    def __init__(self, spec: mujoco.MjSpec, chain: Chain) -> None:
        self._joints = [spec.joint(name) for name in chain.joints]
        self._torques = chain.torque_limits
        self._without: list[tuple[float, np.ndarray, np.ndarray]] = []

    @property
    def closed(self) -> bool:
        """Whether they hold the arm."""
        return bool(self._without)

    def close(self) -> None:
        """Close them, if they are open."""
        if self.closed:
            return
        self._without = [
            (joint.frictionloss, joint.solimp_friction.copy(), joint.solref_friction.copy())
            for joint in self._joints
        ]
        for joint, torque in zip(self._joints, self._torques, strict=True):
            joint.frictionloss += torque
            joint.solimp_friction, joint.solref_friction = STIFF, GRIP

    def release(self) -> None:
        """Open them, if they are closed: joints have their own friction again."""
        for joint, without in zip(self._joints, self._without, strict=False):
            joint.frictionloss, joint.solimp_friction, joint.solref_friction = without
        self._without = []
