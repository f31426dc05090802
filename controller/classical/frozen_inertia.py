"""The control law with an inertia that is frozen at home."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.classical.osc import posture_acceleration


@dataclass(frozen=True)
class FrozenInertiaLaw:
    """Law whose task map and null space are those at home, with the exact bias force.

    ``u = (J^T L)_home w + b(q, dq) + (M (I - J^+ J))_home ddq_posture + u_friction``: what state
    and command ask for beyond gravity and velocity torque is one constant matrix.

    Attributes:
        model: The arm's nominal dynamics.
        inertia: Maps at home.
        friction: Dry friction of the arm.
        gains: Gains of the posture.
    """

    model: RigidBodyModel
    inertia: HomeInertia
    friction: DryFriction
    gains: Gains

    @classmethod
    def of(cls, model: RigidBodyModel, gains: Gains = Gains()) -> "FrozenInertiaLaw":
        """Compute the maps of an arm."""
        return cls(model, HomeInertia.of_arm(model), DryFriction.of(model, gains), gains)

    def torque(self, step: ControlStep) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        state = step.state
        pull = posture_acceleration(self.model.chain, state.q, state.dq, self.gains)
        null_space = self.inertia.posture_map @ pull
        bias = self.model.dynamics(state.q, state.dq).bias_force
        friction = self.friction.compensate(state.dq, step.command)
        friction += self.model.damping * state.dq
        return self.inertia.task_map @ step.command + null_space + bias + friction
