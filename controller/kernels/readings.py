"""Sensed states as the safety layer looks at them in every step."""

import math

from spikearm.controller.kernels.jit import jit

NOT_FINITE, UNCHANGED = 1, 2  # faults of a state


@jit
def compare_readings(q, dq, position, quaternion, velocity, last, same):
    """Compare readings with the last ones, which they then replace.

    Args:
        q, dq: Sensed joint positions and velocities, shape (n_joints,) [rad, rad/s].
        position, quaternion, velocity: Sensed pose and velocity of the hand.
        last: Joint positions and position of the hand that were sensed last,
            shape (n_joints + 3,); written.
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
        last[i] = q[i]
        total += q[i] + dq[i]
    same[n] = True
    for i in range(3):
        same[n] &= position[i] == last[n + i]
        last[n + i] = position[i]
        total += position[i] + velocity[i] + velocity[3 + i]
    for i in range(4):
        total += quaternion[i]
    if not math.isfinite(total):
        return NOT_FINITE
    return UNCHANGED if unchanged or same[n] else 0


@jit
def add_velocities(q, dq, position, velocity, last, sums, position_jump, hand_jump, speed_jump):
    """Add the velocities of a state to sums, and compare the state with the last one.

    Args:
        q, dq: Sensed joint positions and velocities, shape (n_joints,) [rad, rad/s].
        position, velocity: Sensed position of the hand, and its velocity.
        last: Joint positions, position of the hand and joint velocities that were sensed last,
            shape (2 * n_joints + 3,); written.
        sums: Sums of the velocities of joints and hand, shape (n_joints + 3,); written.
        position_jump, hand_jump, speed_jump: Distances of the three from the last ones.

    Returns:
        True if one of the three is as far or farther from the last one.
    """
    n = len(q)
    joints, hand, speeds = 0.0, 0.0, 0.0
    for i in range(n):
        joints += (q[i] - last[i]) ** 2
        speeds += (dq[i] - last[n + 3 + i]) ** 2
        last[i], last[n + 3 + i] = q[i], dq[i]
        sums[i] += dq[i]
    for i in range(3):
        hand += (position[i] - last[n + i]) ** 2
        last[n + i] = position[i]
        sums[n + i] += velocity[i]
    # Nothing is near what is no number, as which the last readings begin.
    near = joints < position_jump**2 and hand < hand_jump**2 and speeds < speed_jump**2
    return not near


@jit
def check_state(n_joints, q, dq, position, quaternion, velocity):
    """Check the shapes of a state, which nothing else does in machine code."""
    if (
        len(q) != n_joints or len(dq) != n_joints
        or len(position) != 3 or len(quaternion) != 4 or len(velocity) != 6
    ):  # fmt: skip
        raise ValueError("A sensed state has another shape than the arm's.")
