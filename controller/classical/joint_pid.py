"""PD and PID control in joint space: the classic baselines."""

import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel
from spikearm.controller.classical.gains import Gains
from spikearm.controller.controller import FeedbackController
from spikearm.controller.references.joint_reference import JointReference
from spikearm.controller.references.reference import Reference


class JointPIDController(FeedbackController):
    """PID controller of every joint on its reference; a PD controller with ``ki = 0``.

    ``u = D (kp e + kv de + ki int e) [+ g(q)]`` with ``D`` the diagonal of the mass matrix
    at home, so that one set of gains serves every joint of every arm.

    Args:
        model: The arm's nominal dynamics.
        gains: Gains of the law, of which ``kp`` and ``kv`` are used.
        ki: Integral gain [1/s^3].
        gravity_compensation: Add the model's gravity torque.
        integral_limit: Bound on the integral's share of the joint acceleration, against
            wind-up [rad/s^2].
        keep_integral: Keep the integral at a start, so that it carries over from one motion to
            the next, as learned weights do.
    """

    def __init__(
        self,
        model: RigidBodyModel,
        gains: Gains = Gains(),
        ki: float = 0.0,
        gravity_compensation: bool = True,
        integral_limit: float = 100.0,
        keep_integral: bool = False,
    ) -> None:
        self.model = model
        self.gains = gains
        self.ki = ki
        self.gravity_compensation = gravity_compensation
        self.integral_limit = integral_limit
        self.keep_integral = keep_integral
        self._inertia = np.diag(model.dynamics(model.chain.home).mass_matrix).copy()
        self._reference = JointReference(model)
        self._integral = np.zeros(model.chain.n_joints)
        self._feedback = np.zeros(model.chain.n_joints)

    def start(self, state: ArmState) -> None:
        """Start again from where the arm is; the integral is emptied unless it is kept."""
        self._reference = JointReference(self.model, start=state.q)
        if not self.keep_integral:
            self._integral = np.zeros(self.model.chain.n_joints)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        self._reference.advance(reference)
        error = self._reference.q - state.q
        self._integral = np.clip(
            self._integral + self.ki * error * self.model.timestep,
            -self.integral_limit,
            self.integral_limit,
        )
        command = self.gains.kp * error + self.gains.kv * (self._reference.dq - state.dq)
        self._feedback = self._inertia * command
        torque = self._inertia * (command + self._integral)
        if self.gravity_compensation:
            torque = torque + self.model.dynamics(state.q).bias_force
        return torque

    @property
    def feedback(self) -> np.ndarray:
        """Joint torques of errors alone: ``D (kp e + kv de)``, shape (n_joints,) [N m]."""
        return self._feedback
