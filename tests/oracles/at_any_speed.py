"""A safety layer for motions that are faster than the makers' joints."""

from spikearm.arm_models import Arm
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.safety import Safety


def at_any_speed(arm: Arm) -> Safety:
    """Make a safety layer that leaves joint speeds alone."""
    return Safety(arm, SafetyLimits(limit_speeds=False))
