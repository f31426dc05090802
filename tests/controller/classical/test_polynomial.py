"""The law as polynomials: its terms, and its torque from random coefficients."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.classical.polynomial import PolynomialLaw, PolynomialTerms
from spikearm.controller.references.minimum_jerk import MinimumJerk


@pytest.mark.parametrize(
    ("degrees", "n_map", "n_drift", "n_weights"),
    [
        ((0, 1), 1, 22, 196),
        ((1, 2), 15, 246, 2352),
        # Of 14 sines and cosines 120 terms, of 21 variables 253, less 7 squares of sines.
        ((2, 2), 113, 246, 6468),
        ((2, 3), 113, 1870, 17836),
        # 680 and 2024, less these squares times 1 or one of 14 and of 21 variables.
        ((3, 3), 680 - 7 * 15, 2024 - 7 * 22, 37240),
    ],
)
def test_seven_joints_have_as_many_terms_as_counted_by_hand(degrees, n_map, n_drift, n_weights):
    terms = PolynomialTerms(7, *degrees)
    assert (len(terms.task_map), len(terms.drift)) == (n_map, n_drift)
    assert 7 * (6 * n_map + n_drift) == n_weights


def test_terms_of_the_task_map_are_of_positions_alone_and_those_of_the_drift_of_velocities_too():
    terms = PolynomialTerms(3, 2, 3)
    off, rng = np.array([0.4, -0.7, 1.1]), np.random.default_rng(5)
    first, other = (terms.evaluate(off, dq) for dq in rng.normal(size=(2, 3)))
    np.testing.assert_array_equal(first[terms.task_map], other[terms.task_map])
    assert np.mean(first != other) > 0.4


def test_the_torque_is_that_of_task_map_drift_and_friction():
    arm = load_arm("fr3")
    rng, n = np.random.default_rng(4), 7
    state = arm.reset(arm.chain.home + 0.2)._replace(dq=rng.normal(size=n))
    reference = MinimumJerk(state.hand, arm.model.dynamics(arm.chain.home).hand, 1.0).at(0.3)
    step = ControlStep(state, reference)
    terms = PolynomialTerms(n, 1, 2)
    law = PolynomialLaw(
        terms, arm.chain.home, rng.normal(size=(n, 6, 15)),
        rng.normal(size=(n, len(terms.drift))), DryFriction.of(arm.model),
    )  # fmt: skip
    off = state.q - arm.chain.home
    values = dict(enumerate([*np.sin(off), *(np.cos(off) - 1)]))
    entries = law.task_map @ np.array([1.0, *values.values()])
    drift = law.drift @ terms.evaluate(off, state.dq)
    friction = law.friction.compensate(state.dq, step.command)
    assert np.abs(friction).max() > 0.1
    np.testing.assert_allclose(law.torque(step), entries @ step.command + drift + friction)
