"""Sensors whose positions do not follow from their velocities, by motions in closed form."""

from collections.abc import Callable

import numpy as np
import pytest

from spikearm.arm_models import ArmState, Pose
from spikearm.controller.loop.safety.drift_check import CHECKED_EVERY, DriftCheck
from spikearm.controller.loop.safety.limits import SafetyLimits

JOINTS = ("shoulder", "elbow", "wrist")
PERIOD = 0.001
LIMITS = SafetyLimits(joint_drift=0.04, hand_drift=0.015)
Change = Callable[[ArmState], ArmState]


def true_state(step: int) -> ArmState:
    """Return a state of joints and a hand that swing, velocities being the derivatives."""
    t = PERIOD * step
    w, phase = np.array([2.0, 3.0, 5.0]), np.array([0.1, 0.7, 1.9])
    q, dq = 0.3 * np.sin(w * t + phase), 0.3 * w * np.cos(w * t + phase)
    p, v = 0.1 * np.cos(w * t), -0.1 * w * np.sin(w * t)
    return ArmState(
        t, q, dq, Pose(p, np.array([1.0, 0.0, 0.0, 0.0])), np.concatenate([v, np.zeros(3)])
    )


def failures(change: Change, first: int = 100, n_steps: int = 400) -> list[str | None]:
    check = DriftCheck(JOINTS, LIMITS, PERIOD)
    states = [true_state(step) for step in range(n_steps)]
    return [check.failure(change(s) if step >= first else s) for step, s in enumerate(states)]


def elbow(q: float = 0.0, dq: float = 0.0) -> Change:
    """Add to the elbow's position and velocity."""
    return lambda state: state._replace(
        q=state.q + np.array([0.0, q, 0.0]), dq=state.dq + np.array([0.0, dq, 0.0])
    )  # fmt: skip


ELBOW = "the encoder of elbow gave positions that do not follow from velocities"


def test_positions_that_follow_from_velocities_are_no_failure():
    assert not any(failures(lambda state: state, n_steps=2000))


@pytest.mark.parametrize("change", [elbow(q=3.0), elbow(q=-0.05), elbow(dq=1e3)])
def test_a_jump_is_found_at_once_and_as_long_as_it_lasts(change):
    for first in (100, 104):  # whenever the next check is due
        found = failures(change, first)
        assert found[: first + 1] == [None] * first + [ELBOW]
        assert all(found[first : first + 30])


@pytest.mark.parametrize(("size", "found"), [(0.8, False), (1.2, True)])
def test_a_wrong_velocity_is_found_by_what_it_adds_up_to(size, found):
    # The drift tends to dq DRIFT_TIME.
    wrong = failures(elbow(dq=size * 0.04 / 0.2), n_steps=1500)
    assert (ELBOW in wrong) == found


def test_an_encoder_that_drifts_is_found_after_the_time_that_its_drift_takes():
    start = PERIOD * 100
    found = failures(lambda s: elbow(q=1.0 * (s.time - start))(s))
    first = found.index(ELBOW)
    # 0.04 rad at 1 rad/s, a little more for what is forgotten, and the steps between two checks.
    assert 100 + 40 <= first <= 100 + 45 + CHECKED_EVERY
    assert all(found[first:])


def test_one_bad_reading_spoils_none_of_the_next():
    check = DriftCheck(JOINTS, LIMITS, PERIOD)
    spoilt = {120: elbow(q=1.0), 150: elbow(dq=1e3)}
    found = [
        check.failure(spoilt.get(step, lambda state: state)(true_state(step)))
        for step in range(300)
    ]
    assert [step for step, failure in enumerate(found) if failure] == [120, 150]


def test_encoders_that_are_swapped_are_named_both():
    def swap(state: ArmState) -> ArmState:
        order = [0, 2, 1]
        return state._replace(q=state.q[order], dq=state.dq[order])

    expected = "the encoder of elbow, the encoder of wrist gave positions"
    assert str(failures(swap, first=180)[180]).startswith(expected)


def test_a_tracker_that_jumps_is_found():
    def shift(state: ArmState) -> ArmState:
        return state._replace(hand=state.hand._replace(position=state.hand.position + 0.02))

    expected = "the hand's tracker gave positions that do not follow from velocities"
    found = failures(shift)
    assert found[:101] == [None] * 100 + [expected]
    assert all(found[100:130])


def test_a_pause_between_two_states_is_no_drift():
    check = DriftCheck(JOINTS, LIMITS, PERIOD)
    steps = [*range(100), *range(120, 200)]
    assert not any(check.failure(true_state(step)) for step in steps)
