"""Operational space control that adapts the parameters of a load (Slotine and Li 1987)."""

import numpy as np
from scipy.spatial.transform import Rotation

from spikearm.arm_models import ArmState
from spikearm.controller.adaptation.law_learner import LawLearner
from spikearm.controller.adaptation.load_regressor import N_PARAMETERS, load_regressor
from spikearm.controller.classical.osc import OperationalSpaceController, task_inertia
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.reference import Reference

STANDARD_GRAVITY = 9.81  # m/s^2
TYPICAL_TURN = 10.0  # rad/s^2; by which moments of inertia are excited


class AdaptiveLoadController(LawLearner):
    """Law with the torque of a rigid load whose parameters adapt.

    ``u = u_law + J^T W theta`` with ``d theta/dt = Gamma W^T s`` and the composite error
    ``s = (dx_ref - dx) + lambda e``, ``lambda = kp / kv``. ``W`` is the load's regressor at the
    wanted motion, whose acceleration is ``ddx_ref + lambda (dx_ref - dx)``. Feedback of the law is
    ``L kv s``, as in the original. Everything about the perturbation is known but ten numbers: its
    structure is.

    ``Gamma`` is diagonal, and such that a wrong mass, centre or inertia is learned with critical
    damping against feedback with the arm's own inertia at home.

    Args:
        law: Law that it is added to.
    """

    def __init__(self, law: OperationalSpaceController) -> None:
        super().__init__(law, N_PARAMETERS)
        model = law.model
        self._gravity = model.gravity
        home = np.diag(task_inertia(model.dynamics(model.chain.home))[0])
        rate = self.gains.kv**2 / 4
        linear, angular = rate * home[:3].mean(), rate * home[3:].mean()
        self._gamma = np.repeat(
            [
                linear / STANDARD_GRAVITY**2,
                angular / STANDARD_GRAVITY**2,
                angular / TYPICAL_TURN**2,
            ],
            [1, 3, 6],
        )

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        torque = self.law.torque(state, reference)
        slope = self.gains.kp / self.gains.kv
        error = pose_error(reference.pose, state.hand)
        lag = reference.velocity - state.hand_velocity
        wanted = reference.velocity + slope * error
        rotation = Rotation.from_quat(state.hand.quaternion, scalar_first=True).as_matrix()
        W = load_regressor(
            rotation, self._gravity, state.hand_velocity[3:], wanted[3:],
            reference.acceleration + slope * lag,
        )  # fmt: skip
        torque = torque + self.law.jacobian.T @ (W @ self._learned)
        change = self._gamma * (W.T @ (lag + slope * error))
        self._learned = self._learned + self.law.model.timestep * change
        return torque
