"""The joint motion that belongs to a motion of the hand."""

import numpy as np

from spikearm.arm_models import Dynamics, RigidBodyModel
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.reference import Reference

CLOSED_LOOP_GAIN = 20.0  # 1/s, pulls the joint reference back onto the hand reference
REACH_TIMESTEP = 0.01  # s; kinematics alone allow a coarse step
MIN_REACH_STEPS = 50  # in a motion; a fast one takes shorter steps, not to step over its speed
REACH_TOLERANCE = 1e-3  # m and rad
LIMIT_CLEARANCE = 0.02  # rad
MIN_SINGULAR_VALUE = 0.02  # of the Jacobian; closer to singular, torques explode
MAX_JOINT_SPEED = 3.0  # rad/s; estimate: the fastest of the shipped arms' joints turn at pi (UR5e)
POSTURE_GAIN = 2.0  # 1/s, pulls the redundant joints towards the home pose
DAMPING = 1e-3  # m or rad; bounds joint speed near singular poses


class JointReference:
    """A reference in joint space that follows one of the hand, by resolved rates.

    ``dq_ref = J* (dx_ref + k e) + (I - J* J) k_0 (q_home - q_ref)`` with the damped inverse
    ``J* = J^T (J J^T + d^2 I)^-1`` and the reference's own hand error ``e`` (Siciliano et al.
    2009, eq. 3.72), integrated once per step and kept inside the joint limits. The state of the
    real arm does not enter.

    Args:
        model: The arm's nominal dynamics.
        timestep: Time between two calls of :meth:`advance` [s]; the control period when
            left out.
        posture: Joint positions that the null space is pulled to, shape (n_joints,) [rad]; home
            when left out.
        start: Joint positions to start from, shape (n_joints,) [rad]; home when left out.

    Attributes:
        q: Joint positions, shape (n_joints,) [rad].
        dq: Joint velocities, shape (n_joints,) [rad/s].
    """

    def __init__(
        self,
        model: RigidBodyModel,
        timestep: float | None = None,
        posture: np.ndarray | None = None,
        start: np.ndarray | None = None,
    ) -> None:
        self._model = model
        self._posture = model.chain.home if posture is None else posture
        self._timestep = model.timestep if timestep is None else timestep
        self.q = (model.chain.home if start is None else start).copy()
        self.dq = np.zeros_like(self.q)

    def advance(self, reference: Reference) -> None:
        """Advance one step along the hand reference."""
        here = self._model.dynamics(self.q)
        rate = reference.velocity + CLOSED_LOOP_GAIN * pose_error(reference.pose, here.hand)
        posture = POSTURE_GAIN * (self._posture - self.q)
        wanted = self.q + self._timestep * resolved_rate(here, rate, posture)
        q = self._model.chain.clip(wanted)
        self.q, self.dq = q, (q - self.q) / self._timestep


def resolved_rate(here: Dynamics, hand_rate: np.ndarray, posture_rate: np.ndarray) -> np.ndarray:
    """Compute the joint rates that give a hand rate and, in the null space, a posture rate.

    Args:
        here: Dynamics at the present configuration.
        hand_rate: Velocity of the hand, shape (6,) [m/s, rad/s].
        posture_rate: Joint velocities towards the posture, shape (n_joints,) [rad/s].

    Returns:
        Shape (n_joints,) [rad/s].
    """
    J = here.jacobian
    inverse = np.linalg.solve(J @ J.T + DAMPING**2 * np.eye(6), J).T
    return posture_rate + inverse @ (hand_rate - J @ posture_rate)


def reaches(model: RigidBodyModel, motion: MinimumJerk, start: np.ndarray | None = None) -> bool:
    """Check whether the arm can follow a motion to its end (:func:`end_joints`)."""
    return end_joints(model, motion, start) is not None


def end_joints(
    model: RigidBodyModel,
    motion: MinimumJerk,
    start: np.ndarray | None = None,
    settling: float = 0.5,
) -> np.ndarray | None:
    """Compute the joint positions that a motion ends in, by the arm's kinematics.

    Close to singular poses a slow hand needs fast joints, faster than arms are.

    Args:
        model: The arm's nominal dynamics.
        motion: The hand's motion.
        start: Joint positions whose hand pose the motion starts in, shape (n_joints,) [rad];
            home when left out.
        settling: Time to come to rest at the goal [s].

    Returns:
        Shape (n_joints,) [rad]; None unless the hand ends within ``REACH_TOLERANCE``, clear of
        joint limits and singular poses, with no joint faster than ``MAX_JOINT_SPEED`` on the way.
    """
    timestep = min(REACH_TIMESTEP, motion.duration / MIN_REACH_STEPS)
    reference = JointReference(model, timestep, start=start)
    for moment in motion.sample(np.arange(0.0, motion.duration + settling, timestep)):
        reference.advance(moment)
        if np.abs(reference.dq).max() > MAX_JOINT_SPEED:
            return None
    here = model.dynamics(reference.q)
    error = pose_error(motion.goal, here.hand)
    chain = model.chain
    clearance = np.minimum(reference.q - chain.lower, chain.upper - reference.q).min()
    reached = (
        np.linalg.norm(error[:3]) < REACH_TOLERANCE
        and np.linalg.norm(error[3:]) < REACH_TOLERANCE
        and clearance > LIMIT_CLEARANCE
        and np.linalg.svd(here.jacobian, compute_uv=False)[-1] > MIN_SINGULAR_VALUE
    )
    return reference.q if reached else None
