"""Compensation of dry friction as a function of joint velocities and command."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import dry_friction_torque, task_inertia


@dataclass(frozen=True)
class DryFriction:
    """Torque that compensates dry friction along the desired joint velocity.

    ``f tanh((dq + Jbar w / kv) / v)`` with the inverse ``Jbar`` at home: the law's own term (see
    :class:`~spikearm.controller.classical.osc.OperationalSpaceController`) but for that, which
    makes it a function of one number for each joint.

    Attributes:
        torque: Dry friction, shape (n_joints,) [N m].
        wanted: Map from a command to its part of the desired joint velocity, shape (n_joints, 6).
    """

    torque: np.ndarray
    wanted: np.ndarray

    @classmethod
    def of(cls, model: RigidBodyModel, gains: Gains = Gains()) -> "DryFriction":
        """Read the friction of a model."""
        home = model.dynamics(model.chain.home)
        return cls(np.asarray(model.friction), task_inertia(home)[1] / gains.kv)

    def compensate(self, velocities: np.ndarray, commands: np.ndarray) -> np.ndarray:
        """Compute the torque that compensates dry friction.

        Args:
            velocities: Joint velocities, shape (n_samples, n_joints) [rad/s].
            commands: Command in each state, shape (n_samples, 6) [m/s^2, rad/s^2].

        Returns:
            Shape (n_samples, n_joints) [N m].
        """
        return dry_friction_torque(self.torque, velocities + commands @ self.wanted.T)
