"""Drift of sensed positions from the integral of sensed velocities."""

import math

from spikearm.controller.kernels.jit import jit
from spikearm.controller.kernels.readings import keep_readings

DRIFT, PASSED, SUMS, LIMITS, NEXT = range(5)  # rows of a drift's table, shape (5, n_joints + 3)
# Numbers of a drift: steps since a state passed, whether the last one that was checked did, when,
# the share of the drift that is kept, and how far joints, hand and speeds are from the last
# readings where they jump.
STEPS, SOUND, PASSED_AT, KEEP, POSITION_JUMP, HAND_JUMP, SPEED_JUMP = range(7)
NOT_DUE, SOUND_STATE, FAR_STATE = range(3)  # what is found of a state


@jit
def look_for_drift(every, time, q, dq, position, velocity, last, table, numbers):
    """Compute the drift with a state, where a check is due or the readings jump.

    Args:
        every: Number of steps after which a check is due.
        time: Time of the state [s].
        q, dq: Sensed joint positions and velocities, shape (n_joints,) [rad, rad/s].
        position, velocity: Sensed position and velocity of the hand, shapes (3,) and (6,).
        last: Last readings, as :func:`~spikearm.controller.kernels.readings.compare_readings` has
            them.
        table: Drifts, positions of the last state that passed, sums of velocities since then,
            limits, and the drift with this state, of joints and hand; the last row is written.
        numbers: Numbers of the drift.

    Returns:
        ``NOT_DUE``, ``SOUND_STATE`` or ``FAR_STATE``.
    """
    n, steps = len(q), numbers[STEPS] + 1
    if steps < every and numbers[SOUND] and not has_jumped(q, dq, position, last, numbers):
        return NOT_DUE
    each, far = (time - numbers[PASSED_AT]) / steps, False
    for i in range(n + 3):
        now, speed = (q[i], dq[i]) if i < n else (position[i - n], velocity[i - n])
        way = each * (table[SUMS, i] + speed)
        passed = table[PASSED, i]
        if math.isnan(passed):  # no state has passed
            passed = now - way
        drift = numbers[KEEP] * table[DRIFT, i] + now - passed - way
        table[NEXT, i] = drift
        far |= not abs(drift) <= table[LIMITS, i]
    return FAR_STATE if far else SOUND_STATE


@jit
def keep_state(found, time, q, dq, position, velocity, last, table, numbers):
    """Copy to the memory what is needed of a state, which is nothing but readings of a far one.

    Args:
        found: Result of :func:`look_for_drift`.
        time, q, dq, position, velocity, last, table, numbers: Arguments of it; the last three are
            written.
    """
    n = len(q)
    keep_readings(q, dq, position, last)
    if found == FAR_STATE:
        numbers[SOUND] = 0
    elif found == NOT_DUE:
        numbers[STEPS] += 1
        for i in range(n + 3):
            table[SUMS, i] += dq[i] if i < n else velocity[i - n]
    else:
        numbers[STEPS], numbers[SOUND], numbers[PASSED_AT] = 0, 1, time
        for i in range(n + 3):
            table[DRIFT, i], table[SUMS, i] = table[NEXT, i], 0.0
            table[PASSED, i] = q[i] if i < n else position[i - n]


@jit
def take_drift(every, time, q, dq, position, velocity, last, table, numbers):
    """Compute the drift by :func:`look_for_drift`, and keep the state."""
    found = look_for_drift(every, time, q, dq, position, velocity, last, table, numbers)
    keep_state(found, time, q, dq, position, velocity, last, table, numbers)
    return found


@jit
def has_jumped(q, dq, position, last, numbers):
    """Return whether joints, hand or speeds are far from the last readings."""
    n = len(q)
    joints, hand, speeds = 0.0, 0.0, 0.0
    for i in range(n):
        joints += (q[i] - last[i]) ** 2
        speeds += (dq[i] - last[n + 3 + i]) ** 2
    for i in range(3):
        hand += (position[i] - last[n + i]) ** 2
    # Nothing is near what is no number, as which the last readings begin.
    return not (
        joints < numbers[POSITION_JUMP] ** 2
        and hand < numbers[HAND_JUMP] ** 2
        and speeds < numbers[SPEED_JUMP] ** 2
    )
