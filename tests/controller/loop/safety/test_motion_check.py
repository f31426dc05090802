"""Motions that are beyond a limit, by states that are made up."""

import numpy as np
import pytest

from spikearm.arm_models import Arm, ArmState, load_arm
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.motion_check import TOLERANCE, MotionCheck
from spikearm.controller.references.reference import Reference


@pytest.fixture(scope="module")
def arm() -> Arm:
    return load_arm("gen3")


def failure(arm: Arm, limits: SafetyLimits, shift: float = 0.0, **values: float) -> str | None:
    """Check a state at home in which joint 5 has other values, with a reference beside the hand."""
    state: ArmState = arm.reset()
    for name, value in values.items():
        getattr(state, name)[5] = value
    aside = state.hand._replace(position=state.hand.position + np.array([0.0, -shift, 0.0]))
    check = MotionCheck(arm.chain, limits)
    return check.failure(state, Reference(aside, np.zeros(6), np.zeros(6))) or check.outside(
        state.q
    )


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("factor", "found"), [(0.99, False), (1.01, True)])
def test_a_joint_may_be_a_little_faster_than_its_velocity_limit_and_no_more(
    arm, factor, found, sign
):
    speed = sign * factor * TOLERANCE * 1.2218
    cause = failure(arm, SafetyLimits(limit_speeds=True), dq=speed)
    expected = f"joint_6 moved at {abs(speed):.2f} rad/s (1.22 rad/s are allowed)"
    assert cause == (expected if found else None)


def test_without_speed_limits_any_speed_is_allowed(arm):
    assert failure(arm, SafetyLimits(limit_speeds=False), dq=40.0) is None


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("beyond", "found"), [(0.019, False), (0.021, True)])
def test_a_joint_may_be_a_little_beyond_its_position_limit_and_no_more(arm, beyond, found, sign):
    q = sign * (2.09 + beyond)
    cause = failure(arm, SafetyLimits(stop_margin=0.02), q=q)
    expected = f"joint_6 was at {q:.3f} rad (-2.090 to 2.090 rad are allowed)"
    assert cause == (expected if found else None)


@pytest.mark.parametrize(("shift", "found"), [(0.069, False), (0.071, True)])
def test_the_hand_may_be_so_far_from_its_reference_and_no_farther(arm, shift, found):
    cause = failure(arm, SafetyLimits(tracking_limit=0.07), shift)
    expected = "The hand was 71 mm from its reference (70 mm are allowed)"
    assert cause == (expected if found else None)
