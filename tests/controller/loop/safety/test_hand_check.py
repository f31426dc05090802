"""The hand against where the joints put it."""

import numpy as np
import pytest

from spikearm.arm_models import ArmState, load_arm
from spikearm.controller.loop.safety.hand_check import CHECKED_EVERY, HandCheck
from spikearm.controller.loop.safety.limits import SafetyLimits

LIMITS = SafetyLimits(hand_offset=0.02, hand_turn=0.05)


@pytest.fixture(scope="module")
def arm():
    return load_arm("gen3")


def sensed(arm, joint: int, off: float) -> ArmState:
    """Sense home with an encoder that is off."""
    state = arm.reset()
    q = state.q.copy()
    q[joint] += off
    return state._replace(q=q)


@pytest.mark.parametrize("joint", range(7))
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_any_encoder_that_is_off_by_more_than_the_angle_is_found_and_named(arm, joint, sign):
    failure = HandCheck(arm.model, LIMITS).failure(sensed(arm, joint, 0.055 * sign))
    assert failure is not None
    assert failure.startswith(f"the encoder of joint_{joint + 1} put the hand ")


@pytest.mark.parametrize("joint", [4, 6])
def test_an_encoder_that_is_off_by_less_is_not(arm, joint):
    assert HandCheck(arm.model, LIMITS).failure(sensed(arm, joint, 0.045)) is None


def test_a_tracker_that_is_off_is_found_and_no_encoder_is_blamed(arm):
    state = arm.reset()
    hand = state.hand._replace(position=state.hand.position + np.array([0.0, 0.3, 0.4]))
    failure = HandCheck(arm.model, LIMITS).failure(state._replace(hand=hand))
    expected = "the joints' encoders put the hand 500 mm and 0.00 rad from where its tracker saw it"
    assert failure == expected


def test_encoders_that_are_swapped_from_the_beginning_are_found(arm):
    state = arm.reset()
    assert HandCheck(arm.model, LIMITS).failure(state._replace(q=state.q[[0, 3, 2, 1, 4, 5, 6]]))


def test_a_state_is_due_now_and_then_and_in_every_step_after_a_failure(arm):
    check, good, bad = HandCheck(arm.model, LIMITS), arm.reset(), sensed(arm, 2, 0.5)
    due = []
    for step in range(130):
        due.append(check.due())
        if due[-1]:
            check.failure(bad if 40 <= step < 105 else good)
    expected = {0, CHECKED_EVERY, *range(CHECKED_EVERY, 106)}
    assert set(np.flatnonzero(due)) == expected


def test_a_hand_that_other_joints_move_too_is_not_checked():
    arm = load_arm("gen3", joints=[f"joint_{number}" for number in range(2, 8)])
    assert not arm.model.moves_hand_alone
    assert load_arm("gen3").model.moves_hand_alone
    state = arm.reset()
    assert HandCheck(arm.model, LIMITS).failure(state._replace(q=state.q + 1.0)) is None
