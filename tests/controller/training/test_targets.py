"""Training targets: the scaling that samples fill, and what a torque error does to a real arm."""

import numpy as np
import pytest

from spikearm.arm_models import RigidBodyModel, load_arm
from spikearm.controller.training.samples import Samples
from spikearm.controller.training.targets import (
    COMMAND_RANGE,
    EDGE,
    JOINT_WEIGHT,
    ORIENTATION_WEIGHT,
    ROOM,
    TORQUE_ROOM,
    TYPICAL_COMMAND,
    fit_scaling,
    make_training_targets,
    rest_at,
    torque_metric,
)

N_SAMPLES = 4000
LOW, HIGH = np.array([-0.5, 0.2, -2.9]), np.array([0.9, 0.5, 2.1])  # rad; the last is a wide range


@pytest.fixture(scope="module")
def samples() -> Samples:
    """Draw joint positions evenly in a box, and velocities, maps and drift at random."""
    rng = np.random.default_rng(14)
    return Samples(
        positions=rng.uniform(LOW, HIGH, (N_SAMPLES, 3)),
        velocities=rng.normal(scale=[0.3, 0.9, 2.0], size=(N_SAMPLES, 3)),
        task_map=rng.normal(size=(N_SAMPLES, 3, 6)),
        drift=rng.uniform([-8.0, -1.0, 2.0], [3.0, 4.0, 2.5], (N_SAMPLES, 3)),
    )


def scaled(samples: Samples) -> np.ndarray:
    scaling = fit_scaling(samples)
    inputs = np.empty((N_SAMPLES, 15))
    scaling.write(inputs, samples.positions, samples.velocities, np.zeros(6))
    return inputs


def test_the_samples_fill_the_networks_range_and_hardly_leave_it(samples):
    inputs = scaled(samples)[:, :9]
    assert (np.abs(inputs) == 1.0).mean(axis=0).max() <= 3 * EDGE / 100
    reached = np.ptp(inputs, axis=0)
    half = (HIGH - LOW)[:2] / 2
    expected = 2 * np.sin(half) / np.sin(ROOM * half)  # the angles' ends are in the samples
    np.testing.assert_allclose(reached[:2], expected, atol=0.02)
    tail = np.ptp(samples.velocities, axis=0) / np.abs(samples.velocities).max(axis=0)
    np.testing.assert_allclose(reached[6:], tail / ROOM, rtol=0.1)  # but for 2 in 10,000


def test_the_middle_is_that_of_the_positions(samples):
    np.testing.assert_allclose(fit_scaling(samples).middle, (LOW + HIGH) / 2, atol=0.01)


def test_sine_and_cosine_are_scaled_by_the_half_range_with_room(samples):
    scaling = fit_scaling(samples)
    half = ROOM * (HIGH - LOW) / 2
    assert half[2] > np.pi / 2 > half[0]
    expected = np.concatenate([np.sin(np.minimum(half, np.pi / 2)), (1 - np.cos(half)) / 2])
    np.testing.assert_allclose(scaling.half_range[:6], expected, rtol=0.02)
    np.testing.assert_allclose(scaling.center[:3], 0.0)
    np.testing.assert_allclose(scaling.center[3:6], (1 + np.cos(half)) / 2, atol=0.01)


def test_a_joint_that_turns_all_the_way_is_scaled_by_whole_sines(samples):
    wide = Samples(4.0 * samples.positions, samples.velocities, samples.task_map, samples.drift)
    scaling = fit_scaling(wide)
    np.testing.assert_allclose([scaling.half_range[2], scaling.half_range[5]], 1.0)
    assert scaling.center[5] == pytest.approx(0.0)


def test_the_command_has_its_own_range_and_the_torque_that_of_the_drift(samples):
    scaling = fit_scaling(samples)
    np.testing.assert_array_equal(scaling.half_range[9:], COMMAND_RANGE)
    np.testing.assert_array_equal(scaling.center[6:], 0.0)
    np.testing.assert_allclose(scaling.torque, TORQUE_ROOM * np.array([8.0, 4.0, 2.5]), rtol=0.01)


REST = np.array([0.5, 0.3, 1.9])  # within the box; the last cosine is below its middle


def test_an_arm_at_rest_gives_the_network_zeros(samples):
    inputs = np.full(15, np.nan)
    rest_at(fit_scaling(samples), REST).write(inputs, REST, np.zeros(3), np.zeros(6))
    np.testing.assert_allclose(inputs, 0.0, atol=1e-12)


def test_a_scaling_with_rest_holds_the_same_range_and_little_more(samples):
    before = fit_scaling(samples)
    after = rest_at(before, REST)
    low, high = (before.center + sign * before.half_range for sign in (-1, 1))
    farther = np.maximum(high - after.center, after.center - low)
    np.testing.assert_allclose(after.half_range, farther, rtol=1e-12)
    assert (after.half_range[:6] > 1.1 * before.half_range[:6]).any()
    np.testing.assert_array_equal(after.half_range[6:], before.half_range[6:])
    np.testing.assert_array_equal(after.middle, before.middle)


@pytest.fixture(params=["gen3", "ur5e", "planar3"], scope="module")
def name(request) -> str:
    return request.param


def accelerations(name: str, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measure what errors add to the accelerations of the simulated arm's hand and joints.

    Each torque is held for a step at home, with and without the error.
    """
    arm = load_arm(name)
    holding = arm.model.dynamics(arm.chain.home).bias_force
    hand, joints = [], []
    for error in errors:
        arm.reset()
        plain = arm.step(holding)
        arm.reset()
        wrong = arm.step(holding + error)
        assert not arm.saturated_steps.any()
        hand.append((wrong.hand_velocity - plain.hand_velocity) / arm.timestep)
        joints.append((wrong.dq - plain.dq) / arm.timestep)
    return np.array(hand), np.array(joints)


def test_the_metric_counts_what_a_torque_error_does_to_the_simulated_arm(name):
    model = load_arm(name).model
    inertia = np.diag(model.dynamics(model.chain.home).mass_matrix)
    errors = np.random.default_rng(3).normal(size=(12, model.chain.n_joints)) * inertia
    hand, joints = accelerations(name, errors)
    linear, angular = np.square(hand[:, :3]).sum(axis=1), np.square(hand[:, 3:]).sum(axis=1)
    expected = (
        linear + ORIENTATION_WEIGHT**2 * angular + JOINT_WEIGHT**2 * np.square(joints).sum(axis=1)
    )
    assert linear.min() > 1e-3
    counted = np.square(errors @ torque_metric(model).T).sum(axis=1)
    # A step's mean against its beginning, and friction that MuJoCo integrates implicitly.
    np.testing.assert_allclose(counted, expected, rtol=0.04)


def test_the_metric_weighs_a_joint_that_leaves_the_hand_alone_as_little_as_it_should():
    model = load_arm("gen3").model
    here = model.dynamics(model.chain.home)
    free = np.linalg.svd(here.jacobian)[2][-1]  # joint accelerations that do not move the hand
    effect = torque_metric(model) @ (here.mass_matrix @ free)
    assert np.linalg.norm(effect) == pytest.approx(JOINT_WEIGHT, rel=1e-6)


def test_training_targets_are_what_torques_do_for_typical_commands():
    model: RigidBodyModel = load_arm("planar3").model
    rng = np.random.default_rng(5)
    samples = Samples(
        rng.normal(scale=0.3, size=(30, 3)), rng.normal(size=(30, 3)),
        rng.normal(size=(30, 3, 6)), rng.normal(size=(30, 3)),
    )  # fmt: skip
    scaling, metric = fit_scaling(samples), torque_metric(model)
    targets = make_training_targets(samples, scaling, model)
    assert (targets.inputs.shape, targets.task_map.shape, targets.drift.shape) == (
        (30, 9), (30, 18), (30, 3),
    )  # fmt: skip
    for i in (0, 11, 29):
        inputs, units = np.empty(15), rng.normal(size=6)
        scaling.write(inputs, samples.positions[i], samples.velocities[i], np.zeros(6))
        np.testing.assert_allclose(targets.inputs[i], inputs[:9], rtol=1e-12)
        effect = metric @ (samples.task_map[i] @ (TYPICAL_COMMAND * units))
        np.testing.assert_allclose(targets.task_map[i].reshape(3, 6) @ units, effect, rtol=1e-9)
        np.testing.assert_allclose(targets.drift[i], metric @ samples.drift[i], rtol=1e-9)
