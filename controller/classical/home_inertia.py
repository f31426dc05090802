"""Inertia of an arm at home, for torques in states whose inertia is not computed."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import RigidBodyModel
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.osc import task_inertia


@dataclass(frozen=True)
class HomeInertia:
    """Maps from accelerations to joint torques, in the home pose.

    Attributes:
        home: Joint positions at home, shape (n_joints,) [rad].
        task_map: ``J^T L``, from a command to its torque, shape (n_joints, 6).
        posture_map: ``M (I - J^+ J)``, from a joint acceleration to the torque of its part in the
            null space, shape (n_joints, n_joints).
    """

    home: np.ndarray
    task_map: np.ndarray
    posture_map: np.ndarray

    @classmethod
    def of_arm(cls, model: RigidBodyModel) -> "HomeInertia":
        """Compute the maps of an arm from its nominal dynamics."""
        at_home = model.dynamics(model.chain.home)
        J = at_home.jacobian
        return cls(
            home=model.chain.home,
            task_map=J.T @ task_inertia(at_home)[0],
            posture_map=at_home.mass_matrix
            @ (np.eye(len(model.chain.home)) - np.linalg.pinv(J) @ J),
        )

    def feedback(self, step: ControlStep) -> np.ndarray:
        """Compute the joint torques that errors of hand and posture ask for, (n_joints,) [N m].

        The posture belongs to it: what is learned from the hand's errors alone drifts in the null
        space, until the joints swing.
        """
        gains, state = step.gains, step.state
        pull = gains.posture_kp * (self.home - state.q) - gains.posture_kv * state.dq
        return self.task_map.dot(step.correction) + self.posture_map.dot(pull)
