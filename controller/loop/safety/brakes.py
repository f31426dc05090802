"""Stopping an arm by its brakes."""

import numpy as np

from spikearm.arm_models import Arm, SpikearmError

REST_SPEED = 1e-3  # rad/s
BRAKING_TIME = 1.0  # s; by then, brakes hold the arm or never will


class ArmStoppedError(SpikearmError):
    """Error of a motion that the safety layer ended; the brakes are closed."""


def stop(arm: Arm) -> str:
    """Close the brakes, and describe how the arm came to rest.

    Args:
        arm: Arm to stop; its brakes stay closed until its next reset.
    """
    arm.brake()
    for step in range(round(BRAKING_TIME / arm.timestep)):
        if np.abs(arm.state.dq).max() < REST_SPEED:
            time = 1e3 * step * arm.timestep
            return f"the brakes were closed, and the arm came to rest within {time:.0f} ms"
        arm.advance()
    return f"the brakes were closed, but the arm still moved after {BRAKING_TIME:g} s"
