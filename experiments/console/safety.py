"""The safety limits of an arm, in a line."""

from itertools import groupby

import numpy as np

from spikearm.arm_models import Chain
from spikearm.controller.loop.safety.limits import SafetyLimits


def describe_safety(chain: Chain, limits: SafetyLimits) -> str:
    """Describe the limits that an arm is held to.

    Args:
        chain: Joints and their limits.
        limits: Limits of the safety layer.
    """
    speed = "joints of any speed"
    if limits.limit_speeds:
        speed = f"joints to {shown_limits(chain.velocity_limits)} rad/s"
        if chain.estimated_velocities:
            speed += f" (an estimate for {', '.join(chain.estimated_velocities)})"
    rate = "" if limits.torque_rate is None else f", {limits.torque_rate:g} N m/ms"
    return (
        f"Safety: {speed}, {shown_limits(chain.torque_limits)} N m{rate}, stopped "
        f"{limits.stop_margin:g} rad before position limits; the arm where its hand is "
        f"{1e3 * limits.tracking_limit:g} mm off"
    )


def shown_limits(limits: np.ndarray) -> str:
    """Return limits as text; equal ones that follow one another are shown once."""
    runs = [(limit, len(list(run))) for limit, run in groupby(limits)]
    return ", ".join(f"{limit:.3g}" if n == 1 else f"{limit:.3g} x{n}" for limit, n in runs)
