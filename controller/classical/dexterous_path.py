"""Motions between poses of a region, on which the arm stays able to move its hand freely."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import ArmState, Chain, Dynamics, Pose, RigidBodyModel, SpikearmError
from spikearm.controller.classical.command import task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import posture_acceleration
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.workspace import Workspace

TIMESTEP = 0.03  # s; kinematics alone allow a coarse step
GAINS = Gains()  # of the law whose postures a path takes
SETTLING = 0.5  # s, in which the arm comes to rest at the goal
TOLERANCE = 1e-3  # m and rad, within which it ends there
LIMIT_CLEARANCE = 0.05  # rad
HAND_LENGTH = 0.2  # m; a hand that turns by 1 rad counts as one that moves by 0.2 m
LEAST_DEXTERITY = 0.04  # m/rad; the shipped arms have 0.06 to 0.13 at home
TRAVEL = 4.0  # rad, of the slowest joint at its velocity limit in a motion of usual length
N_TRIES = 200  # poses that are drawn for one goal


@dataclass(frozen=True)
class JointPath:
    """Joint motion from rest to rest.

    Attributes:
        goal: Pose of the hand at its end.
        q: Joint positions, ``TIMESTEP`` apart, shape (n_steps, n_joints) [rad].
        dq: Joint velocities, shape (n_steps, n_joints) [rad/s].
    """

    goal: Pose
    q: np.ndarray
    dq: np.ndarray


def usual_duration(chain: Chain) -> float:
    """Compute the length of a motion across the workspace, from the slowest joint's limit [s]."""
    return TRAVEL / float(chain.velocity_limits.min())


def dexterity(jacobian: np.ndarray) -> float:
    """Compute the least that the hand moves when the joints move, in any direction [m/rad].

    The smallest singular value of the Jacobian with its turns times ``HAND_LENGTH``; 0 in a
    singular pose.

    Args:
        jacobian: Jacobian of the hand, linear rows first, shape (6, n_joints).
    """
    scaled = jacobian * np.repeat([1.0, HAND_LENGTH], 3)[:, None]
    return float(np.linalg.svd(scaled, compute_uv=False)[-1])


def draw_path(
    model: RigidBodyModel,
    workspace: Workspace,
    home: Pose,
    start: np.ndarray,
    duration: float,
    speed_limits: np.ndarray,
    rng: np.random.Generator,
) -> JointPath:
    """Draw goals in a region until the arm can go to one of them from where it is.

    Args:
        model: The arm's nominal dynamics.
        workspace: Region of the goals.
        home: Pose in the region's middle.
        start: Joint positions of the arm at rest, shape (n_joints,) [rad].
        duration: Length of the motion [s].
        speed_limits: Largest joint speeds, shape (n_joints,) [rad/s].
        rng: Source of the goals.

    Raises:
        SpikearmError: It can go to none of those that were drawn.
    """
    for _ in range(N_TRIES):
        goal = workspace.draw_pose(home, rng)
        path = dexterous_path(model, start, goal, duration, speed_limits)
        if path is not None:
            return path
    raise SpikearmError(
        f"From joint positions {np.array2string(start, precision=2)} the arm can go to none of "
        f"{N_TRIES} poses within {workspace.radius:.2f} m and {np.degrees(workspace.tilt):.0f} "
        f"degrees of home, in {duration:.2f} s, clear of singular poses, joint limits and "
        "contacts. Give a smaller radius, a longer duration, or another home pose."
    )


def dexterous_path(
    model: RigidBodyModel,
    start: np.ndarray,
    goal: Pose,
    duration: float,
    speed_limits: np.ndarray,
) -> JointPath | None:
    """Compute the joint motion to a goal; None if the arm cannot, or should not, go there.

    On the whole way, its dexterity is at least ``LEAST_DEXTERITY``, no joint is faster than its
    limit or within ``LIMIT_CLEARANCE`` of the end of its range, and nothing touches, which is
    looked at in every second step.

    Args:
        model: The arm's nominal dynamics.
        start: Joint positions of the arm at rest, shape (n_joints,) [rad].
        goal: Pose to reach.
        duration: Length of the motion [s].
        speed_limits: Largest joint speeds, shape (n_joints,) [rad/s].
    """
    chain, steps = model.chain, []
    motion = MinimumJerk(model.dynamics(start).hand, goal, duration)
    hand = motion.start
    for q, dq, here in ideal_motion(model, motion, start):
        hand = here.hand
        clearance = np.minimum(q - chain.lower, chain.upper - q).min()
        if clearance < LIMIT_CLEARANCE or (np.abs(dq) > speed_limits).any():
            return None
        if dexterity(here.jacobian) < LEAST_DEXTERITY:
            return None
        steps.append((q, dq))
    q, dq = (np.array(column) for column in zip(*steps, strict=True))
    error = pose_error(goal, hand)
    if max(np.linalg.norm(error[:3]), np.linalg.norm(error[3:])) > TOLERANCE:
        return None
    return None if any(model.contacts(one) for one in q[::2]) else JointPath(goal, q, dq)


def ideal_motion(
    model: RigidBodyModel, motion: MinimumJerk, start: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, Dynamics]]:
    """Yield joint positions, velocities and dynamics of an arm that the analytic law moves.

    The law's own equation of motion, ``M ddq = J^T L (w - dJ dq) + M (I - J* J) ddq_posture``, is
    integrated, so that a redundant arm takes the postures that the law gives it. Singular
    directions are not faded out: a pose near one ends the motion.

    Args:
        model: The arm's nominal dynamics.
        motion: Motion of the hand.
        start: Joint positions at rest, shape (n_joints,) [rad].
    """
    q, dq = start.copy(), np.zeros(model.chain.n_joints)
    here = model.dynamics(q, dq)
    yield q, dq, here
    times = np.arange(TIMESTEP, motion.duration + SETTLING, TIMESTEP)
    for reference in motion.sample(times):
        dq = dq + TIMESTEP * _acceleration(model, here, q, dq, reference)
        q = q + TIMESTEP * dq
        here = model.dynamics(q, dq)
        yield q, dq, here


def _acceleration(
    model: RigidBodyModel,
    here: Dynamics,
    q: np.ndarray,
    dq: np.ndarray,
    reference: Reference,
) -> np.ndarray:
    """Compute the joint acceleration that the law asks for, shape (n_joints,) [rad/s^2]."""
    J = here.jacobian
    state = ArmState(0.0, q, dq, here.hand, J @ dq)
    w = task_command(state, reference, GAINS, "acceleration")
    Minv_Jt = np.linalg.solve(here.mass_matrix, J.T)
    ddq_task = Minv_Jt @ np.linalg.solve(J @ Minv_Jt, w - here.bias_acceleration)
    ddq_posture = posture_acceleration(model.chain, q, dq, GAINS)
    return ddq_task + ddq_posture - J.T @ np.linalg.solve(J @ J.T, J @ ddq_posture)
