"""The planar arms in MuJoCo against their equations on paper, and those against calculus."""

import numpy as np
import pytest
from planar import PLANAR_ARMS, PlanarArm

from spikearm.arm_models import Arm, load_arm

CASES = [(name, seed) for name in PLANAR_ARMS for seed in range(10)]
STEP = 1e-6  # rad or s, of central differences: truncation and rounding meet near 1e-9


@pytest.fixture(scope="module")
def arms() -> dict[str, Arm]:
    return {name: load_arm(name) for name in PLANAR_ARMS}


def draw(oracle: PlanarArm, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = len(oracle.lengths)
    return rng.uniform(-np.pi, np.pi, n), rng.uniform(-3, 3, n)


def assert_agree(actual, expected) -> None:
    # The MJCF files give the rods' inertias with 12 digits.
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-10)


def slope(function, x: np.ndarray, direction: np.ndarray) -> np.ndarray:
    return (function(x + STEP * direction) - function(x - STEP * direction)) / (2 * STEP)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_mujoco_and_paper_agree_on_where_the_hand_is(arms, name, seed):
    q, _ = draw(PLANAR_ARMS[name], seed)
    hand = arms[name].model.dynamics(q).hand
    assert_agree(hand.position, PLANAR_ARMS[name].hand(q))
    half = q.sum() / 2
    about_axis = np.array([np.cos(half), 0, -np.sin(half), 0])
    assert abs(hand.quaternion @ about_axis) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_mujoco_and_paper_agree_on_the_jacobian(arms, name, seed):
    q, dq = draw(PLANAR_ARMS[name], seed)
    dynamics = arms[name].model.dynamics(q, dq)
    assert_agree(dynamics.jacobian, PLANAR_ARMS[name].jacobian(q))
    bias = PLANAR_ARMS[name].bias_acceleration(q, dq)
    assert_agree(dynamics.bias_acceleration, bias)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_mujoco_and_paper_agree_on_the_mass_matrix(arms, name, seed):
    q, _ = draw(PLANAR_ARMS[name], seed)
    M = arms[name].model.dynamics(q).mass_matrix
    assert_agree(M, PLANAR_ARMS[name].mass_matrix(q))


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_mujoco_and_paper_agree_on_gravity_and_coriolis_torque(arms, name, seed):
    oracle = PLANAR_ARMS[name]
    q, dq = draw(oracle, seed)
    bias = arms[name].model.dynamics(q, dq).bias_force
    assert_agree(bias, oracle.bias_force(q, dq))
    velocity_part = oracle.bias_force(q, dq) - oracle.bias_force(q, 0 * dq)
    assert np.abs(velocity_part).max() > 0.01  # N m: the velocities do matter here


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_without_gravity_mujoco_and_paper_agree_on_coriolis_torque(arms, name, seed):
    q, dq = draw(PLANAR_ARMS[name], seed)
    paper = PLANAR_ARMS[name]
    coriolis = paper.bias_force(q, dq) - paper.bias_force(q, np.zeros_like(q))
    assert_agree(arms[name].model.without_gravity().dynamics(q, dq).bias_force, coriolis)


@pytest.mark.parametrize("name", PLANAR_ARMS)
def test_mujoco_and_paper_agree_on_energy(arms, name):
    oracle = PLANAR_ARMS[name]
    q, dq = draw(oracle, seed=7)
    arms[name].reset(q, dq)
    kinetic = dq @ oracle.mass_matrix(q) @ dq / 2
    expected = (oracle.potential_energy(q), kinetic)
    assert_agree(arms[name].energy, expected)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_the_jacobian_on_paper_is_the_slope_of_the_hand(name, seed):
    oracle = PLANAR_ARMS[name]
    q, dq = draw(oracle, seed)
    J = oracle.jacobian(q)
    np.testing.assert_allclose(J[:3] @ dq, slope(oracle.hand, q, dq), atol=1e-8)
    np.testing.assert_array_equal(J[3:], np.tile([[0], [-1], [0]], len(q)))
    bias = slope(lambda x: oracle.jacobian(x) @ dq, q, dq)
    np.testing.assert_allclose(oracle.bias_acceleration(q, dq), bias, atol=1e-7)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_gravity_torque_on_paper_is_the_slope_of_the_potential_energy(name, seed):
    oracle = PLANAR_ARMS[name]
    q, _ = draw(oracle, seed)
    gravity = [slope(oracle.potential_energy, q, axis) for axis in np.eye(len(q))]
    np.testing.assert_allclose(oracle.bias_force(q, 0 * q), gravity, atol=1e-7)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_coriolis_torque_on_paper_follows_from_the_mass_matrix(name, seed):
    # Lagrange: dM/dt dq - 1/2 d(dq' M dq)/dq (Siciliano et al. 2009, eq. 7.31).
    oracle = PLANAR_ARMS[name]
    q, dq = draw(oracle, seed)
    M_slopes = np.array([slope(oracle.mass_matrix, q, axis) for axis in np.eye(len(q))])
    expected = np.einsum("kij,k,j", M_slopes, dq, dq) - np.einsum("kij,i,j", M_slopes, dq, dq) / 2
    coriolis = oracle.bias_force(q, dq) - oracle.bias_force(q, 0 * dq)
    np.testing.assert_allclose(coriolis, expected, atol=1e-7)


@pytest.mark.parametrize(("name", "seed"), CASES)
def test_coriolis_torque_on_paper_does_no_net_work(name, seed):
    # dM/dt - 2 C is skew: the power of C dq is half the power of dM/dt.
    oracle = PLANAR_ARMS[name]
    q, dq = draw(oracle, seed)
    coriolis = oracle.bias_force(q, dq) - oracle.bias_force(q, 0 * dq)
    assert dq @ coriolis == pytest.approx(dq @ slope(oracle.mass_matrix, q, dq) @ dq / 2, abs=1e-6)


def test_one_rod_is_the_pendulum_of_the_textbook():
    rod = PlanarArm(lengths=(0.6,), masses=(2.5,), base_height=0.3)
    q, dq = np.array([0.4]), np.array([1.7])
    np.testing.assert_allclose(rod.mass_matrix(q), [[2.5 * 0.6**2 / 3]])
    np.testing.assert_allclose(rod.bias_force(q, dq), [2.5 * 9.81 * 0.3 * np.cos(0.4)])
    np.testing.assert_allclose(rod.hand(q), [0.6 * np.cos(0.4), 0, 0.3 + 0.6 * np.sin(0.4)])
