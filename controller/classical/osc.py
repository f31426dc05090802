"""Analytic operational space control, the baseline."""

import numpy as np

from spikearm.arm_models import ArmState, Chain, Dynamics, RigidBodyModel
from spikearm.controller.classical.command import Feedforward, correction, task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.controller import FeedbackController
from spikearm.controller.references.reference import Reference

FRICTION_SPEED = 0.05  # rad/s; wanted joint speed at which most dry friction is cancelled
MIN_EIGENVALUE = 1e-4  # of the scaled inverse inertia, and of J J^T; guards against singular poses


class OperationalSpaceController(FeedbackController):
    """Controller of the hand's position and orientation with the arm's full model.

    ``u = J^T L (w - dJ dq) + b + M (I - J* J) ddq_posture + u_friction`` (Khatib 1987,
    eq. 50 to 52, with another null space: see :func:`null_space_torque`), with ``w`` from
    :func:`~spikearm.controller.classical.command.task_command`, the task-space inertia ``L`` and
    the bias force ``b`` (gravity, Coriolis, centrifugal). ``u_friction`` cancels the joint friction
    that the model knows: viscous friction at the sensed speed, dry friction along the wanted one.

    Args:
        model: The arm's nominal dynamics.
        gains: Gains of the law.
        feedforward: Derivative of the reference that is fed forward.
    """

    def __init__(
        self,
        model: RigidBodyModel,
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
    ) -> None:
        self.model = model
        self.gains = gains
        self.feedforward: Feedforward = feedforward
        self._asked = np.zeros((6, model.chain.n_joints)), np.zeros((6, 6)), np.zeros(6)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        dynamics = self.model.dynamics(state.q, state.dq)
        J = dynamics.jacobian
        L, Jbar = task_inertia(dynamics)
        w = task_command(state, reference, self.gains, self.feedforward)
        u_task = J.T @ (L @ (w - dynamics.bias_acceleration))
        pull = posture_acceleration(self.model.chain, state.q, state.dq, self.gains)
        u_null = null_space_torque(dynamics, pull)
        u_friction = self._friction_torque(state, Jbar @ self._wanted_velocity(state, w))
        self._asked = J, L, correction(w, reference, self.feedforward)
        return u_task + dynamics.bias_force + u_null + u_friction

    @property
    def feedback(self) -> np.ndarray:
        """Joint torques of the last step's errors alone, shape (n_joints,) [N m].

        ``J^T L (Kp e + Kv (dx_ref - dx))``; zeros before the first step.
        """
        return self.task_torque(self._asked[2])

    @property
    def jacobian(self) -> np.ndarray:
        """Jacobian of the hand in the last step, shape (6, n_joints)."""
        return self._asked[0]

    def task_torque(self, acceleration: np.ndarray) -> np.ndarray:
        """Compute the joint torques of a hand acceleration, in the state of the last step.

        Args:
            acceleration: Acceleration of the hand, shape (6,) [m/s^2, rad/s^2].

        Returns:
            ``J^T L a``, shape (n_joints,) [N m]; zeros before the first step.
        """
        J, L, _ = self._asked
        return J.T @ (L @ acceleration)

    def _wanted_velocity(self, state: ArmState, command: np.ndarray) -> np.ndarray:
        # The speed at which the command would vanish: dx + w / kv = dx_ref + (kp / kv) e.
        return state.hand_velocity + command / self.gains.kv

    def _friction_torque(self, state: ArmState, wanted_speed: np.ndarray) -> np.ndarray:
        return self.model.damping * state.dq + dry_friction_torque(
            self.model.friction, wanted_speed
        )


def posture_acceleration(chain: Chain, q: np.ndarray, dq: np.ndarray, gains: Gains) -> np.ndarray:
    """Compute the joint acceleration towards home and off joint limits, (n_joints,) [rad/s^2]."""
    acceleration = gains.posture_kp * (chain.home - q) - gains.posture_kv * dq
    below = np.clip(chain.lower + gains.limit_margin - q, 0.0, None)
    above = np.clip(q - chain.upper + gains.limit_margin, 0.0, None)
    return acceleration + gains.limit_kp * (below - above)


def null_space_torque(dynamics: Dynamics, acceleration: np.ndarray) -> np.ndarray:
    """Compute the torque of the null-space part of a joint acceleration, which spares the hand.

    ``M (I - J* J) ddq``, where all joints count alike, as in resolved rates. Khatib's projection,
    ``(I - J^T Jbar^T) M ddq``, leaves the hand alone too, but weighs joints by their inertia: there
    a light wrist swings far to spare a heavy elbow a little.

    Args:
        dynamics: Dynamics of the arm at the state.
        acceleration: Desired joint acceleration, shape (n_joints,) [rad/s^2].

    Returns:
        Shape (n_joints,) [N m].
    """
    J = dynamics.jacobian
    values, vectors = np.linalg.eigh(J @ J.T)
    moved = (vectors * damped_inverse(values)) @ (vectors.T @ (J @ acceleration))
    return dynamics.mass_matrix @ (acceleration - J.T @ moved)


def drift_torque(
    model: RigidBodyModel, dynamics: Dynamics, q: np.ndarray, dq: np.ndarray, gains: Gains
) -> np.ndarray:
    """Compute the part of the law that no command drives, dry friction apart.

    ``u - J^T L w = b - J^T L dJ dq + M (I - J* J) ddq_posture + u_viscous``.

    Args:
        model: The arm's nominal dynamics.
        dynamics: Dynamics of the model at the state.
        q: Joint positions, shape (n_joints,) [rad].
        dq: Joint velocities, shape (n_joints,) [rad/s].
        gains: Gains of the posture.

    Returns:
        Shape (n_joints,) [N m].
    """
    J = dynamics.jacobian
    L = task_inertia(dynamics)[0]
    u_null = null_space_torque(dynamics, posture_acceleration(model.chain, q, dq, gains))
    centrifugal = J.T @ (L @ dynamics.bias_acceleration)
    return dynamics.bias_force - centrifugal + u_null + model.damping * dq


def dry_friction_torque(friction: np.ndarray, wanted_speed: np.ndarray) -> np.ndarray:
    """Compute the torque that overcomes dry friction along the desired motion.

    Args:
        friction: Dry friction of each joint, shape (n_joints,) [N m].
        wanted_speed: Desired joint velocities, shape (..., n_joints) [rad/s].

    Returns:
        Shape (..., n_joints) [N m].
    """
    return friction * np.tanh(wanted_speed / FRICTION_SPEED)


def task_inertia(dynamics: Dynamics) -> tuple[np.ndarray, np.ndarray]:
    """Compute the task-space inertia and the dynamically consistent inverse.

    The position rows (1/kg) and the orientation rows (1/(kg m^2)) of ``J M^-1 J^T`` differ by
    orders of magnitude, so each kind is scaled to a mean diagonal of one before the matrix is
    inverted: a cut-off on the raw one would drop directions that matter.

    Returns:
        ``L``, shape (6, 6), and ``Jbar = M^-1 J^T L``, shape (n_joints, 6).
    """
    J = dynamics.jacobian
    Minv_Jt = np.linalg.solve(dynamics.mass_matrix, J.T)
    A = J @ Minv_Jt
    size = np.diag(A).reshape(2, 3).mean(axis=1)  # of the position, of the orientation rows
    scale = np.repeat(1.0 / np.sqrt(size), 3)
    values, vectors = np.linalg.eigh(A * np.outer(scale, scale))
    inverse = (vectors * damped_inverse(values)) @ vectors.T
    L = inverse * np.outer(scale, scale)
    return L, Minv_Jt @ L


def damped_inverse(values: np.ndarray) -> np.ndarray:
    """Invert eigenvalues, letting those below ``MIN_EIGENVALUE`` fade to zero."""
    small = values < MIN_EIGENVALUE
    return np.where(
        small, np.clip(values, 0, None) / MIN_EIGENVALUE**2, 1.0 / np.where(small, 1.0, values)
    )
