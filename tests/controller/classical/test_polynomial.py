"""The polynomial controller: its terms, and a law that it holds exactly."""

import numpy as np

from spikearm.arm_models import load_arm
from spikearm.controller.classical.command import task_command
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.classical.polynomial import PolynomialController, polynomial_terms
from spikearm.controller.references.minimum_jerk import MinimumJerk


def test_seven_joints_have_301_terms_and_two_have_as_many_as_counted_by_hand():
    assert polynomial_terms(np.ones((2, 7)), np.ones((2, 7)), np.ones((2, 6))).shape == (2, 301)
    # 1, six of s, six of w, 6 * 7 / 2 products of s, and 2 * 6 sines times w.
    assert polynomial_terms(np.ones((3, 2)), np.ones((3, 2)), np.ones((3, 6))).shape == (3, 46)


def test_terms_of_one_joint_are_those_of_the_formula():
    off, dq, w = 0.3, -1.2, np.array([0.5, -0.7, 0.2, 1.1, -2.0, 3.0])
    s = [np.sin(off), np.cos(off) - 1, dq]
    products = [s[i] * s[j] for i in range(3) for j in range(i, 3)]
    expected = [1.0, *s, *w, *products, *(s[0] * w)]
    (terms,) = polynomial_terms(np.array([[off]]), np.array([[dq]]), w[None])
    np.testing.assert_allclose(terms, expected)


def test_the_torque_is_the_coefficients_times_the_terms():
    arm = load_arm("ur5e")
    state = arm.reset(arm.chain.home + 0.2)
    reference = MinimumJerk(state.hand, arm.model.dynamics(arm.chain.home).hand, 1.0).at(0.3)
    gains = Gains(kp=150.0)
    w = task_command(state, reference, gains, "velocity")
    (terms,) = polynomial_terms((state.q - arm.chain.home)[None], state.dq[None], w[None])
    coefficients = np.random.default_rng(4).normal(size=(6, len(terms)))
    law = PolynomialController(arm.model, coefficients, gains, "velocity")
    np.testing.assert_allclose(law.torque(state, reference), coefficients @ terms)
    step = ControlStep(state, reference, gains, "velocity")
    np.testing.assert_array_equal(law.feedback, HomeInertia.of_arm(arm.model).feedback(step))
