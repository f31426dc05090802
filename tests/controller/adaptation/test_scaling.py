"""The units of learning against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError, load_arm
from spikearm.controller.adaptation.scaling import (
    ERROR_BOUND,
    LEVER,
    OUTPUT_OF_PUSH,
    AdaptationConfig,
    AdaptationScaling,
)

CONFIG = AdaptationConfig(push=35.0, span=0.3, span_time=0.8, dead_zone=0.0)


@pytest.fixture(scope="module", params=["gen3", "ur5e"])
def arm(request):
    return load_arm(request.param)


@pytest.fixture
def scaling(arm) -> AdaptationScaling:
    return AdaptationScaling.of_arm(arm.model, CONFIG)


def directions(n: int) -> np.ndarray:
    drawn = np.random.default_rng(1).normal(size=(n, 3))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_every_state_is_a_point_of_the_unit_sphere_and_home_at_rest_is_its_pole(scaling):
    rng, n = np.random.default_rng(2), len(scaling.home)
    state = np.zeros(2 * n + 1)
    scaling.write_state(state, scaling.home, np.zeros(n))
    np.testing.assert_array_equal(state, [0.0] * 2 * n + [1.0])
    for size in (0.1, 0.6, 5.0):  # the last are beyond all ranges
        q, dq = scaling.home + size * rng.normal(size=n), size * rng.normal(size=n)
        scaling.write_state(state, q, dq)
        assert np.linalg.norm(state) == pytest.approx(1.0, abs=1e-9)
        assert state[-1] >= 0.0
        beyond = np.append(q - scaling.home, dq) / scaling.ranges / np.sqrt(n)
        assert (state[-1] == 0.0) == (np.linalg.norm(beyond) >= 1.0)
        cosine = state[:-1] @ beyond / np.linalg.norm(state[:-1]) / np.linalg.norm(beyond)
        assert cosine == pytest.approx(1.0)


def test_a_joint_ranges_as_far_as_a_straight_way_of_the_hand_takes_it_at_most(arm, scaling):
    J = arm.model.dynamics(arm.chain.home).jacobian
    twists = np.hstack([directions(20000), np.zeros((20000, 3))])
    moved = np.abs(np.linalg.lstsq(J, CONFIG.span * twists.T, rcond=None)[0])
    position, velocity = np.split(scaling.ranges, 2)
    assert (moved.max(axis=1) <= position * (1 + 1e-9)).all()
    np.testing.assert_allclose(moved.max(axis=1), position, rtol=0.01)
    # A minimum-jerk motion's speed, at its fastest, by differences.
    r = np.linspace(0.0, 1.0, 20001)
    speed = np.diff(10 * r**3 - 15 * r**4 + 6 * r**5).max() * 20000 / CONFIG.span_time
    np.testing.assert_allclose(velocity, speed * position, rtol=1e-6)


def test_an_error_of_one_is_the_torque_of_a_push_off_the_hand(arm, scaling):
    J = arm.model.dynamics(arm.chain.home).jacobian
    forces = CONFIG.push * directions(20000)
    pushed = np.abs(forces @ J[:3]).max(axis=0) + np.abs(LEVER * forces @ J[3:]).max(axis=0)
    np.testing.assert_allclose(pushed, scaling.error, rtol=0.01)
    np.testing.assert_allclose(scaling.torque * OUTPUT_OF_PUSH, scaling.error)


def test_what_feedback_asks_for_is_an_error_of_the_other_sign_cut_at_the_bound(scaling):
    n = len(scaling.home)
    wanted = np.linspace(-0.9, 1.2, n)
    error = np.zeros(n)
    assert not scaling.write_error(error, wanted * scaling.error)
    np.testing.assert_allclose(error, -wanted)
    wanted[0], wanted[-1] = -4.0, 4.0
    assert scaling.write_error(error, wanted * scaling.error)
    assert error[0] == ERROR_BOUND
    assert error[-1] == -ERROR_BOUND
    np.testing.assert_allclose(error[1:-1], -wanted[1:-1])


def test_errors_of_the_dead_zone_are_none_and_others_begin_at_its_edge(arm):
    scaling = AdaptationScaling.of_arm(arm.model, replace(CONFIG, dead_zone=0.2))
    wanted, error = np.linspace(-0.6, 0.6, len(scaling.home)), np.zeros(len(scaling.home))
    assert not scaling.write_error(error, wanted * scaling.error)
    inside = np.abs(wanted) <= 0.2 + 1e-12
    assert inside.any()
    np.testing.assert_allclose(error[inside], 0.0, atol=1e-12)
    np.testing.assert_allclose(error[~inside], (0.2 * np.sign(wanted) - wanted)[~inside])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"neurons": 0}, "0 neurons"),
        ({"neurons": 2049}, "2048"),
        ({"ensembles": 0}, "0 ensembles"),
        ({"active_share": 1.0}, "active share of 1"),
        ({"learning_rate": 0.0}, "learning_rate 0 is not possible"),
        ({"push": -1.0}, "push -1 is not possible"),
        ({"dead_zone": 1.0}, "dead_zone 1 is not possible"),
        ({"dead_zone": -0.1}, "dead_zone -0.1 is not possible"),
        ({"span_time": float("inf")}, "span_time inf is not possible"),
        ({"adaptive_tau": float("nan")}, "adaptive_tau nan is not possible"),
    ],
)
def test_impossible_configurations_are_refused(wrong, said):
    with pytest.raises(SpikearmError, match=said):
        AdaptationConfig(**wrong)
