"""Learners without neurons: a constant force and a load, on a hand that is a known mass."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.adaptation.adaptive_load import AdaptiveLoadController
from spikearm.controller.adaptation.kept_integral import (
    CUT_INTEGRAL,
    INTEGRAL_LIMIT,
    KeptIntegralController,
)
from spikearm.controller.classical.osc import OperationalSpaceController
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.references.reference import Reference

LEARNERS = [KeptIntegralController, AdaptiveLoadController]


def held(arm, seconds: float, controller) -> float:
    """Hold the hand, and measure how far it is off at the end [m]."""
    state = arm.reset()
    controller.start(state)
    still = MinimumJerk(state.hand, state.hand, seconds)
    path = follow(arm, controller, still, seconds)
    return float(np.linalg.norm(path.hand_position[-1] - path.reference_position[-1]))


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_load_that_was_learned_is_held_from_the_next_start_on(learner):
    arm = load_arm("gen3")
    arm.attach_payload(0.5)
    law = OperationalSpaceController(arm.model)
    assert held(arm, 0.6, law) > 0.01
    controller = learner(law)
    # The integral's time constant is kp / k_i = 2 s: exp(-3 / 2) = 0.22 is left of an error.
    first, second = (held(arm, 3.0, controller) for _ in range(2))
    assert second < 0.3 * first
    forgetful = learner(law)
    forgetful.restore(controller.learned)
    np.testing.assert_array_equal(forgetful.learned, controller.learned)


@pytest.mark.parametrize("learner", LEARNERS)
def test_without_an_error_nothing_is_learned_and_nothing_is_added(learner):
    arm = load_arm("gen3")
    law = OperationalSpaceController(arm.model)
    state = arm.reset()
    still = Reference(state.hand, np.zeros(6), np.zeros(6))
    controller = learner(OperationalSpaceController(arm.model))
    np.testing.assert_allclose(controller.torque(state, still), law.torque(state, still), atol=1e-9)
    np.testing.assert_allclose(controller.learned, 0.0, atol=1e-12)
    np.testing.assert_allclose(controller.feedback, law.feedback, atol=1e-9)


def test_the_integral_grows_by_its_gain_and_ends_at_its_bound():
    arm = load_arm("gen3")
    controller = KeptIntegralController(OperationalSpaceController(arm.model), gain=500.0)
    state = arm.reset()
    off = state.hand._replace(position=state.hand.position + np.array([0.0, 0.02, 0.0]))
    for _ in range(3):
        controller.torque(state, Reference(off, np.zeros(6), np.zeros(6)))
    np.testing.assert_allclose(
        controller.learned[:3], [0.0, 3 * 500.0 * 0.02 * 1e-3, 0.0], atol=1e-12
    )
    assert controller.overflow_counts[CUT_INTEGRAL] == 0
    controller.restore(INTEGRAL_LIMIT.copy())
    controller.torque(state, Reference(off, np.zeros(6), np.zeros(6)))
    assert (controller.learned <= INTEGRAL_LIMIT).all()
    assert controller.learned_share == pytest.approx(1.0)
    assert controller.overflow_counts[CUT_INTEGRAL] == 1


def test_the_mass_that_is_found_is_the_loads():
    arm = load_arm("gen3")
    arm.attach_payload(0.4)
    controller = AdaptiveLoadController(OperationalSpaceController(arm.model))
    held(arm, 1.5, controller)
    assert controller.learned[0] == pytest.approx(0.4, abs=0.02)
