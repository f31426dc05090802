"""All checks of a sensed state at once."""

from spikearm.controller.kernels.bounds import exceeds_motion
from spikearm.controller.kernels.drift import FAR_STATE, keep_state, look_for_drift
from spikearm.controller.kernels.jit import jit
from spikearm.controller.kernels.readings import compare_readings, keep_readings


@jit
def take_sound(
    time, q, dq, position, quaternion, velocity, wanted, last, same, every, drift_last, table,
    numbers, speed, distance,
):  # fmt: skip
    """Keep a state as the checks of sensors, drift and motion do, if all of them pass it.

    Args:
        time, q, dq, position, quaternion, velocity: Sensed state.
        wanted: Position of the reference, shape (3,) [m].
        last, same: Memory of :func:`~spikearm.controller.kernels.readings.take_readings`.
        every, drift_last, table, numbers: Memory of
            :func:`~spikearm.controller.kernels.drift.take_drift`.
        speed, distance: Bounds of :func:`~spikearm.controller.kernels.bounds.exceeds_motion`.

    Returns:
        True if all pass; if not, nothing is kept.
    """
    if compare_readings(q, dq, position, quaternion, velocity, last, same):
        return False
    if exceeds_motion(dq, speed, wanted, position, distance):
        return False
    found = look_for_drift(every, time, q, dq, position, velocity, drift_last, table, numbers)
    if found == FAR_STATE:
        return False
    keep_readings(q, dq, position, last)
    keep_state(found, time, q, dq, position, velocity, drift_last, table, numbers)
    return True
