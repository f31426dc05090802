"""A polynomial regression of the control law, without neurons."""

import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.controller import FeedbackController
from spikearm.controller.references.reference import Reference


class PolynomialController(FeedbackController):
    """Controller that computes the law's torque as a polynomial of state and command.

    The simplest function that a network has to be better than: ``u = C f(q, dq, w)`` with the terms
    of :func:`polynomial_terms`, fitted to samples of the law.

    Args:
        model: The arm's nominal dynamics.
        coefficients: ``C``, shape (n_joints, n_terms) [N m].
        gains: Gains of the law.
        feedforward: Part of the reference's motion that the law feeds forward.
    """

    def __init__(
        self,
        model: RigidBodyModel,
        coefficients: np.ndarray,
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
    ) -> None:
        self.gains = gains
        self.feedforward: Feedforward = feedforward
        self._home = model.chain.home
        self._coefficients = coefficients
        self._inertia = HomeInertia.of_arm(model)
        self._step: ControlStep | None = None

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        self._step = step = ControlStep(state, reference, self.gains, self.feedforward)
        terms = polynomial_terms(state.q[None] - self._home, state.dq[None], step.command[None])
        return self._coefficients @ terms[0]

    @property
    def feedback(self) -> np.ndarray:
        """Joint torques of the last step's errors alone, shape (n_joints,) [N m].

        Zeros before the first step.
        """
        if self._step is None:
            return np.zeros(len(self._home))
        return self._inertia.feedback(self._step)


def polynomial_terms(off_home: np.ndarray, dq: np.ndarray, command: np.ndarray) -> np.ndarray:
    """Compute the terms of the polynomial.

    With ``s`` the sines, the cosines less 1 and the velocities of the joints: 1, ``s``, ``w``, all
    products of two of ``s``, and each sine times each of ``w``. Seven joints have 301 terms.

    Args:
        off_home: Joint positions less those at home, shape (n_samples, n_joints) [rad].
        dq: Joint velocities, shape (n_samples, n_joints) [rad/s].
        command: Commanded accelerations of the hand, shape (n_samples, 6) [m/s^2, rad/s^2].

    Returns:
        Shape (n_samples, n_terms).
    """
    sines = np.sin(off_home)
    s = np.hstack([sines, np.cos(off_home) - 1.0, dq])
    first, second = np.triu_indices(s.shape[1])
    mapped = (sines[:, :, None] * command[:, None, :]).reshape(len(s), -1)
    return np.hstack([np.ones((len(s), 1)), s, command, s[:, first] * s[:, second], mapped])
