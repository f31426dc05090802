"""Comparison of sensed states with the ones before."""

import math

from spikearm.controller.kernels.jit import jit

NOT_FINITE, UNCHANGED = 1, 2  # faults of a state


@jit
def compare_readings(q, dq, position, quaternion, velocity, last, same):
    """Compare readings with the last ones.

    Args:
        q, dq: Sensed joint positions and velocities, shape (n_joints,) [rad, rad/s].
        position, quaternion, velocity: Sensed pose and velocity of the hand.
        last: Joint positions, position of the hand and joint velocities that were sensed last,
            shape (2 * n_joints + 3,).
        same: True where a joint's position, or at last the hand's, is the same to the last bit,
            shape (n_joints + 1,); written.

    Returns:
        ``NOT_FINITE`` if a number is not finite, else ``UNCHANGED`` if a position is the same,
        else 0.
    """
    n = len(same) - 1
    check_state(n, q, dq, position, quaternion, velocity)
    total, unchanged = 0.0, False
    for i in range(n):
        same[i] = q[i] == last[i]
        unchanged |= same[i]
        total += q[i] + dq[i]
    same[n] = True
    for i in range(3):
        same[n] &= position[i] == last[n + i]
        total += position[i] + velocity[i] + velocity[3 + i]
    for i in range(4):
        total += quaternion[i]
    if not math.isfinite(total):
        return NOT_FINITE
    return UNCHANGED if unchanged or same[n] else 0


@jit
def take_readings(q, dq, position, quaternion, velocity, last, same):
    """Compare readings with the last ones by :func:`compare_readings`, which they then replace."""
    fault = compare_readings(q, dq, position, quaternion, velocity, last, same)
    keep_readings(q, dq, position, last)
    return fault


@jit
def keep_readings(q, dq, position, last):
    """Copy readings to the last ones.

    Args:
        q, dq: Sensed joint positions and velocities, shape (n_joints,) [rad, rad/s].
        position: Sensed position of the hand, shape (3,) [m].
        last: Last readings, as in :func:`compare_readings`; written.
    """
    n = len(q)
    for i in range(n):
        last[i], last[n + 3 + i] = q[i], dq[i]
    for i in range(3):
        last[n + i] = position[i]


@jit
def check_state(n_joints, q, dq, position, quaternion, velocity):
    """Check the shapes of a state, which nothing else does in machine code."""
    if (
        len(q) != n_joints or len(dq) != n_joints
        or len(position) != 3 or len(quaternion) != 4 or len(velocity) != 6
    ):  # fmt: skip
        raise ValueError("A sensed state has another shape than the arm's.")
