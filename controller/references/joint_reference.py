"""The joint motion that belongs to a motion of the hand."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Chain, Dynamics, Pose, RigidBodyModel
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.reference import Reference

CLOSED_LOOP_GAIN = 20.0  # 1/s, pulls the joint reference back onto the hand reference
REACH_TIMESTEP = 0.01  # s; kinematics alone allow a coarse step
MIN_REACH_STEPS = 50  # in a motion; a fast one takes shorter steps, not to step over its speed
REACH_TOLERANCE = 1e-3  # m and rad
LIMIT_CLEARANCE = 0.02  # rad
MIN_SINGULAR_VALUE = 0.02  # of the Jacobian; closer to singular, torques explode
SINGULAR_SPEED = 3.0  # rad/s or m/s; estimate: a reach that needs more passes a singular pose
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


@dataclass(frozen=True)
class MotionEnd:
    """End of a motion that the arm's kinematics follow as far as they can.

    Attributes:
        joints: Joint positions, shape (n_joints,) [rad].
        speeds: Largest speed of each joint on the way, shape (n_joints,) [rad/s].
        obstacle: Reason why the arm cannot follow, in words, or None if it can.
    """

    joints: np.ndarray
    speeds: np.ndarray
    obstacle: str | None


def reaches(model: RigidBodyModel, motion: MinimumJerk, start: np.ndarray | None = None) -> bool:
    """Check whether the arm can follow a motion to its end (:func:`follow_joints`)."""
    return follow_joints(model, motion, start).obstacle is None


def end_joints(
    model: RigidBodyModel,
    motion: MinimumJerk,
    start: np.ndarray | None = None,
    settling: float = 0.5,
) -> np.ndarray | None:
    """Compute the joint positions that a motion ends in, or None if the arm cannot follow it.

    Args:
        model: The arm's nominal dynamics.
        motion: The hand's motion.
        start: See :func:`follow_joints`.
        settling: See :func:`follow_joints`.
    """
    end = follow_joints(model, motion, start, settling)
    return end.joints if end.obstacle is None else None


def follow_joints(
    model: RigidBodyModel,
    motion: MinimumJerk,
    start: np.ndarray | None = None,
    settling: float = 0.5,
) -> MotionEnd:
    """Follow a motion by the arm's kinematics.

    The arm can follow it if the hand ends within ``REACH_TOLERANCE``, clear of joint limits and
    singular poses, with no joint faster than ``SINGULAR_SPEED`` on the way. Close to singular
    poses a slow hand needs fast joints, faster than arms are.

    Args:
        model: The arm's nominal dynamics.
        motion: The hand's motion.
        start: Joint positions whose hand pose the motion starts in, shape (n_joints,) [rad];
            home when left out.
        settling: Time to come to rest at the goal [s].
    """
    timestep = min(REACH_TIMESTEP, motion.duration / MIN_REACH_STEPS)
    reference = JointReference(model, timestep, start=start)
    speeds = np.zeros(model.chain.n_joints)
    for moment in motion.sample(np.arange(0.0, motion.duration + settling, timestep)):
        reference.advance(moment)
        speeds = np.maximum(speeds, np.abs(reference.dq))
        if speeds.max() > SINGULAR_SPEED:
            return MotionEnd(reference.q, speeds, _describe_speed(model.chain, reference.dq))
    return MotionEnd(reference.q, speeds, _obstacle(model, motion.goal, reference.q))


def _describe_speed(chain: Chain, dq: np.ndarray) -> str:
    fastest = int(np.argmax(np.abs(dq)))
    return (
        f"joint '{chain.joints[fastest]}' would turn at {abs(dq[fastest]):.3g} rad/s, too fast "
        f"beyond {SINGULAR_SPEED:g} rad/s"
    )


def _obstacle(model: RigidBodyModel, goal: Pose, q: np.ndarray) -> str | None:
    """Return the reason why joint positions do not bring the hand to a goal, or None."""
    chain, here = model.chain, model.dynamics(q)
    clearance = np.minimum(q - chain.lower, chain.upper - q)
    if clearance.min() <= LIMIT_CLEARANCE:
        joint = int(np.argmin(clearance))
        return f"joint '{chain.joints[joint]}' comes to its limit, at {q[joint]:.3f} rad"
    if np.linalg.svd(here.jacobian, compute_uv=False)[-1] <= MIN_SINGULAR_VALUE:
        return "the arm is singular there, stretched or folded or with two axes in line"
    error = pose_error(goal, here.hand)
    distance, turn = np.linalg.norm(error[:3]), np.linalg.norm(error[3:])
    if distance < REACH_TOLERANCE and turn < REACH_TOLERANCE:
        return None
    return f"the hand stays {1e3 * distance:.3g} mm and {np.degrees(turn):.2g} degrees off"
