"""Bounds of motions and torques that the safety layer looks at in every step."""

import math

from spikearm.controller.kernels.jit import jit


@jit
def may_exceed_speed(dq, torque, resting, gain, limit):
    """Return whether a torque may lead a joint beyond the speed that every joint may have.

    A bound of all velocities takes less time than each of them, and is mostly enough.

    Args:
        dq: Joint velocities, shape (n_joints,) [rad/s].
        torque: Joint torques, shape (n_joints,) [N m].
        resting: Torques that leave the velocities as they are, shape (n_joints,) [N m].
        gain: Bound of the velocity that is gained in a step per torque [rad/s/(N m)].
        limit: Least velocity limit of all joints [rad/s].
    """
    squares = 0.0
    for i in range(len(dq)):
        squares += (torque[i] - resting[i]) ** 2
    return not greatest(dq) + gain * math.sqrt(squares) < limit


@jit
def exceeds_motion(dq, speed, wanted, position, distance):
    """Return whether a joint is faster than a speed, or the hand farther than a distance.

    Args:
        dq: Joint velocities, shape (n_joints,) [rad/s].
        speed: Speed [rad/s].
        wanted, position: Position of the reference and of the hand, shape (3,) [m].
        distance: Distance of the two [m].
    """
    if len(wanted) != 3 or len(position) != 3:
        raise ValueError("A position has the shape (3,).")
    squares = 0.0
    for i in range(3):
        squares += (wanted[i] - position[i]) ** 2
    return greatest(dq) > speed or not squares <= distance**2


@jit
def greatest(values):
    """Return the greatest absolute value."""
    bound = 0.0
    for value in values:
        bound = max(bound, abs(value))
    return bound
