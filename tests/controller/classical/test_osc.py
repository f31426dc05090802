"""Operational space control against the equation of motion that it inverts."""

from dataclasses import replace

import numpy as np
import pytest

from spikearm.arm_models import ArmState, Pose, RigidBodyModel, load_arm
from spikearm.controller.classical.command import task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.osc import (
    FRICTION_SPEED,
    MIN_EIGENVALUE,
    OperationalSpaceController,
    damped_inverse,
    drift_torque,
    posture_acceleration,
    task_inertia,
)
from spikearm.controller.references.reference import Reference

SIX_OR_MORE_JOINTS = ["gen3", "panda", "ur5e", "jaco2_6dof", "jaco2_7dof"]
REDUNDANT = ["gen3", "panda", "iiwa14"]


def draw_state(model: RigidBodyModel, seed: int) -> ArmState:
    """Draw a moving state near home."""
    rng = np.random.default_rng(seed)
    q = model.chain.home + rng.uniform(-0.2, 0.2, model.chain.n_joints)
    return state_at(model, q, rng.uniform(-0.5, 0.5, model.chain.n_joints))


def state_at(model: RigidBodyModel, q: np.ndarray, dq: np.ndarray) -> ArmState:
    here = model.dynamics(q, dq)
    return ArmState(0.3, q, dq, here.hand, here.jacobian @ dq)


def draw_reference(state: ArmState, seed: int) -> Reference:
    """Draw a reference a little off the state, with an acceleration."""
    rng = np.random.default_rng(seed)
    quaternion = state.hand.quaternion + rng.uniform(-0.01, 0.01, 4)
    return Reference(
        Pose(
            state.hand.position + rng.uniform(-0.01, 0.01, 3),
            quaternion / np.linalg.norm(quaternion),
        ),
        state.hand_velocity + rng.uniform(-0.05, 0.05, 6),
        rng.uniform(-0.7, 0.7, 6),
    )


def hand_acceleration(model: RigidBodyModel, state: ArmState, torque: np.ndarray) -> np.ndarray:
    """Solve ``M ddq + b + damping dq = u`` for what the hand does."""
    here = model.dynamics(state.q, state.dq)
    resisted = torque - here.bias_force - model.damping * state.dq
    return here.jacobian @ np.linalg.solve(here.mass_matrix, resisted) + here.bias_acceleration


def test_feedback_is_zero_until_the_first_torque_is_computed():
    model = load_arm("gen3").model
    controller = OperationalSpaceController(model)
    np.testing.assert_array_equal(controller.feedback, np.zeros(7))
    state = draw_state(model, seed=7)
    controller.torque(state, draw_reference(state, seed=8))
    assert np.abs(controller.feedback).max() > 1.0


@pytest.mark.parametrize("name", SIX_OR_MORE_JOINTS)
@pytest.mark.parametrize("feedforward", ["acceleration", "velocity"])
def test_the_hand_accelerates_as_commanded(name, feedforward):
    model = load_arm(name).model
    state = draw_state(model, seed=7)
    reference = draw_reference(state, seed=8)
    controller = OperationalSpaceController(model, Gains(kp=120, ko=90, kv=22), feedforward)
    wanted = task_command(state, reference, controller.gains, feedforward)
    actual = hand_acceleration(model, state, controller.torque(state, reference))
    assert np.linalg.norm(wanted) > 1.0
    np.testing.assert_allclose(actual, wanted, atol=1e-8)


@pytest.mark.parametrize("name", ["gen3", "ur5e"])
def test_the_simulated_hand_accelerates_as_commanded(name):
    arm = load_arm(name)
    rng = np.random.default_rng(3)
    state = arm.reset(arm.chain.home + rng.uniform(-0.1, 0.1, arm.chain.n_joints))
    reference = draw_reference(state, seed=4)
    controller = OperationalSpaceController(arm.model)
    after = arm.step(controller.torque(state, reference))
    wanted = task_command(state, reference, controller.gains, "acceleration")
    assert not arm.saturated_steps.any()
    # From rest, the mean over one step is the acceleration itself up to the order of the step.
    actual = (after.hand_velocity - state.hand_velocity) / arm.timestep
    np.testing.assert_allclose(actual, wanted, atol=0.01 * float(np.linalg.norm(wanted)))


@pytest.mark.parametrize("name", ["planar2", "planar3"])
def test_an_arm_with_few_joints_makes_every_hand_acceleration_that_it_can(name):
    model = load_arm(name).model
    state = draw_state(model, seed=5)
    here = model.dynamics(state.q, state.dq)
    joint_acceleration = np.linspace(-2.0, 3.0, model.chain.n_joints)
    wanted = here.jacobian @ joint_acceleration + here.bias_acceleration
    reference = Reference(state.hand, state.hand_velocity, wanted)
    torque = OperationalSpaceController(model).torque(state, reference)
    expected = here.mass_matrix @ joint_acceleration + here.bias_force
    np.testing.assert_allclose(torque, expected, atol=1e-6)


@pytest.mark.parametrize("name", REDUNDANT)
def test_the_posture_torque_does_not_accelerate_the_hand(name):
    model = load_arm(name).model
    state = draw_state(model, seed=11)
    reference = draw_reference(state, seed=12)
    free = OperationalSpaceController(model, Gains(posture_kp=0.0, posture_kv=0.0))
    pulled = OperationalSpaceController(model, Gains(posture_kp=35.0, posture_kv=6.0))
    share = pulled.torque(state, reference) - free.torque(state, reference)
    here = model.dynamics(state.q)
    acceleration = np.linalg.solve(here.mass_matrix, share)
    assert np.linalg.norm(acceleration) > 0.1
    np.testing.assert_allclose(here.jacobian @ acceleration, 0.0, atol=1e-8)


@pytest.mark.parametrize("name", REDUNDANT)
def test_the_posture_torque_pulls_towards_home_and_slows_down(name):
    model = load_arm(name).model
    gains = Gains(posture_kp=35.0, posture_kv=6.0)
    state = draw_state(model, seed=13)
    here = model.dynamics(state.q, state.dq)
    free_direction = np.linalg.svd(here.jacobian)[2][-1]
    still = Reference(state.hand, state.hand_velocity, here.bias_acceleration)
    torque = OperationalSpaceController(model, gains).torque(state, still)
    acceleration = np.linalg.solve(
        here.mass_matrix, torque - here.bias_force - model.damping * state.dq
    )
    wanted = 35.0 * (model.chain.home - state.q) - 6.0 * state.dq
    # Of the wanted acceleration, what lies along the joint motion that leaves the hand alone.
    assert free_direction @ acceleration == pytest.approx(free_direction @ wanted, rel=1e-6)


@pytest.mark.parametrize("name", SIX_OR_MORE_JOINTS)
def test_task_inertia_is_the_direct_inverse_away_from_singular_poses(name):
    model = load_arm(name).model
    here = model.dynamics(draw_state(model, seed=21).q)
    direct = np.linalg.inv(here.jacobian @ np.linalg.inv(here.mass_matrix) @ here.jacobian.T)
    L, Jbar = task_inertia(here)
    np.testing.assert_allclose(L, direct, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(here.jacobian @ Jbar, np.eye(6), atol=1e-8)


@pytest.mark.parametrize("factor", [1.5, 20.0, 3e4])
def test_eigenvalues_above_the_threshold_are_inverted(factor):
    value = factor * MIN_EIGENVALUE
    assert damped_inverse(np.array([value]))[0] == pytest.approx(1 / value)


def test_eigenvalues_below_the_threshold_fade_to_zero():
    values = MIN_EIGENVALUE * np.array([0.75, 0.5, 0.2, 0.0, -0.3])
    expected = np.array([0.75, 0.5, 0.2, 0.0, 0.0]) / MIN_EIGENVALUE
    np.testing.assert_allclose(damped_inverse(values), expected)


def test_the_damped_inverse_is_continuous_at_the_threshold():
    below, above = damped_inverse(MIN_EIGENVALUE * np.array([1 - 1e-9, 1 + 1e-9]))
    assert below == pytest.approx(above, rel=1e-8)
    assert below == pytest.approx(1 / MIN_EIGENVALUE, rel=1e-8)


@pytest.mark.parametrize("bend", [0.0, 1e-9, 1e-4, 1e-2])
def test_torques_stay_finite_and_bounded_at_a_stretched_out_pose(bend):
    model = load_arm("gen3").model
    q = np.full(model.chain.n_joints, bend)
    smallest = np.linalg.svd(model.dynamics(q).jacobian, compute_uv=False)[-1]
    assert smallest < 0.02
    state = state_at(model, q, np.zeros_like(q))
    torque = OperationalSpaceController(model).torque(state, draw_reference(state, seed=31))
    assert np.isfinite(torque).all()
    assert np.abs(torque).max() < 1e3


@pytest.mark.parametrize("joint", [1, 3])
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_near_a_joint_limit_the_law_pushes_inwards_by_the_depth_in_the_margin(joint, side):
    model = load_arm("gen3").model
    gains = Gains(posture_kp=0.0, posture_kv=0.0, limit_kp=70.0, limit_margin=0.3)
    q = model.chain.home.copy()
    limit = model.chain.upper if side > 0 else model.chain.lower
    q[joint] = limit[joint] - side * 0.1
    state = state_at(model, q, np.zeros_like(q))
    still = Reference(state.hand, np.zeros(6), np.zeros(6))
    with_push = OperationalSpaceController(model, gains).torque(state, still)
    without = OperationalSpaceController(model, replace(gains, limit_kp=0.0)).torque(state, still)
    mass_matrix = model.dynamics(q).mass_matrix
    acceleration = np.linalg.solve(mass_matrix, with_push - without)
    # The projector is not negative, so its diagonal keeps the sign of the push: 70 (0.3 - 0.1).
    push = np.zeros_like(q)
    push[joint] = -side * 14.0
    free = np.linalg.svd(model.dynamics(q).jacobian)[2][-1]
    np.testing.assert_allclose(acceleration, free * (free @ push), atol=1e-6)


def test_feedforward_velocity_lacks_exactly_the_torque_of_the_acceleration():
    model = load_arm("gen3").model
    state = draw_state(model, seed=41)
    reference = draw_reference(state, seed=42)
    full = OperationalSpaceController(model, feedforward="acceleration").torque(state, reference)
    lacking = OperationalSpaceController(model, feedforward="velocity").torque(state, reference)
    here = model.dynamics(state.q)
    inverse_inertia = here.jacobian @ np.linalg.inv(here.mass_matrix) @ here.jacobian.T
    expected = here.jacobian.T @ np.linalg.solve(inverse_inertia, reference.acceleration)
    np.testing.assert_allclose(full - lacking, expected, atol=1e-8)


def test_known_dry_friction_is_overcome_in_the_direction_of_motion():
    model = load_arm("fr3").model
    assert (model.friction > 0).all()
    here = model.dynamics(model.chain.home)
    # Joint speeds in the image of Jbar: only for these does the hand's wanted velocity tell
    # the speed of every joint.
    _, Jbar = task_inertia(here)
    dq = Jbar @ np.array([0.3, -0.5, 0.4, 1.2, 0.9, -1.6])
    assert np.abs(dq).min() > 5 * FRICTION_SPEED
    state = state_at(model, model.chain.home, dq)
    wanted = np.array([0.2, -0.1, 0.3, 0.0, 0.4, -0.2])
    reference = Reference(state.hand, state.hand_velocity, wanted)
    torque = OperationalSpaceController(model).torque(state, reference)
    acceleration = hand_acceleration(model, state, torque - model.friction * np.sign(dq))
    # tanh(5) leaves 1e-4 of the friction.
    np.testing.assert_allclose(acceleration, wanted, atol=0.05)


@pytest.mark.parametrize("name", SIX_OR_MORE_JOINTS)
@pytest.mark.parametrize("seed", [51, 52])
def test_the_drift_is_what_the_law_adds_to_the_commands_torque(name, seed):
    model = load_arm(name).model
    assert not model.friction.any()
    gains = Gains(kp=120, ko=90, kv=22, posture_kp=35.0, posture_kv=6.0)
    state = draw_state(model, seed)
    reference = draw_reference(state, seed)
    here = model.dynamics(state.q, state.dq)
    command = task_command(state, reference, gains, "acceleration")
    driven = here.jacobian.T @ task_inertia(here)[0] @ command
    expected = OperationalSpaceController(model, gains).torque(state, reference) - driven
    assert np.abs(driven).max() > 0.5
    assert np.abs(expected).max() > 0.5
    drift = drift_torque(model, here, state.q, state.dq, gains)
    np.testing.assert_allclose(drift, expected, atol=1e-9)


def test_of_an_arm_with_dry_friction_the_drift_lacks_that_alone():
    model = load_arm("fr3").model
    state = draw_state(model, seed=53)
    here = model.dynamics(state.q, state.dq)
    reference = Reference(state.hand, state.hand_velocity, np.zeros(6))
    law = OperationalSpaceController(model).torque(state, reference)
    drift = drift_torque(model, here, state.q, state.dq, Gains())
    wanted_speed = task_inertia(here)[1] @ state.hand_velocity
    dry = model.friction * np.tanh(wanted_speed / FRICTION_SPEED)
    assert np.abs(dry).max() > 0.1
    np.testing.assert_allclose(law - drift, dry, atol=1e-9)


@pytest.mark.parametrize("name", ["gen3", "panda", "ur5e"])
def test_the_drift_alone_leaves_the_hands_velocity_as_it_is(name):
    model = load_arm(name).model
    state = draw_state(model, seed=54)
    here = model.dynamics(state.q, state.dq)
    drift = drift_torque(model, here, state.q, state.dq, Gains(posture_kp=35.0))
    assert np.abs(here.bias_acceleration).max() > 0.02
    np.testing.assert_allclose(hand_acceleration(model, state, drift), 0.0, atol=1e-8)


def test_the_posture_acceleration_is_the_one_worked_out_by_hand():
    chain = load_arm("gen3").chain
    gains = Gains(posture_kp=12.0, posture_kv=4.0, limit_kp=70.0, limit_margin=0.3)
    q, dq = chain.home + np.linspace(-0.2, 0.1, 7), np.linspace(0.3, -0.6, 7)
    q[1], q[3] = chain.upper[1] - 0.1, chain.lower[3] + 0.25  # 0.2 and 0.05 within the margin
    expected = 12.0 * (chain.home - q) - 4.0 * dq
    expected[1] -= 70.0 * 0.2
    expected[3] += 70.0 * 0.05
    inside = np.delete(np.minimum(q - chain.lower, chain.upper - q), [1, 3])
    assert inside.min() > 0.3
    np.testing.assert_allclose(posture_acceleration(chain, q, dq, gains), expected, rtol=1e-12)
