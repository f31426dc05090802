"""Observation of a policy: the sensed state and the reference of one control step."""

import numpy as np

from spikearm.arm_models import ArmState, Chain
from spikearm.controller.references.pose_error import pose_error
from spikearm.controller.references.reference import Reference

FASTEST = 2.0  # times a joint's velocity limit; beyond, and below, observations are cut
FARTHEST = np.repeat([2.0, np.pi], 3)  # m, rad
SPEED, ACCELERATION = 10.0, 100.0  # m/s and rad/s, m/s^2 and rad/s^2


def observe(state: ArmState, reference: Reference) -> np.ndarray:
    """Compute the observation.

    Args:
        state: Sensed state.
        reference: Reference of the same time.

    Returns:
        Cosines of the joint positions, then their sines [1], joint velocities [rad/s], the way from
        the hand to its reference (position [m], rotation [rad]), the same of velocities [m/s,
        rad/s], and the reference's acceleration [m/s^2, rad/s^2], shape (3 * n_joints + 18,).
    """
    return np.concatenate(
        [
            np.cos(state.q), np.sin(state.q), state.dq,
            pose_error(reference.pose, state.hand),
            reference.velocity - state.hand_velocity,
            reference.acceleration,
        ]
    )  # fmt: skip


def observation_bound(chain: Chain) -> np.ndarray:
    """Return the largest size of each number, at which observations are cut.

    Args:
        chain: The arm's joints.

    Returns:
        Shape (3 * n_joints + 18,), in the units of :func:`observe`.
    """
    return np.concatenate(
        [
            np.ones(2 * chain.n_joints), FASTEST * chain.velocity_limits, FARTHEST,
            np.full(6, SPEED), np.full(6, ACCELERATION),
        ]
    )  # fmt: skip


def observe_within(bound: np.ndarray, state: ArmState, reference: Reference) -> np.ndarray:
    """Compute the observation cut at its bound, as policies get it, in single precision."""
    return np.clip(observe(state, reference), -bound, bound).astype(np.float32)
