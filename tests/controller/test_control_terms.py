"""The sampled terms against the analytic law that they are samples of."""

import numpy as np
import pytest

from arm_models import ArmState, RigidBodyModel, load_arm
from controller.control_terms import ControlTerms, sample_terms
from controller.gains import Gains
from controller.osc import OperationalSpaceController
from controller.reference import Reference
from controller.workspace import Workspace

ARMS = ["gen3", "panda", "jaco2_6dof"]  # panda has viscous friction; no dry friction in these
REDUNDANT = ["gen3", "panda"]
SCALE = np.array([2.5, 2.2, 3.1, 7.0, 6.0, 8.5])
GAINS = Gains(posture_kp=14.0, posture_kv=6.0)
N_SAMPLES = 60


def sample(
    model: RigidBodyModel,
    radius: float,
    gains: Gains = GAINS,
    n_latent: int = 36,
    seed: int = 17,
) -> ControlTerms:
    """Sample the terms in a workspace of this size, in metres and radians alike."""
    workspace = Workspace(radius, radius, radius, speed_spread=0.6, speed_limit=1.3)
    rng = np.random.default_rng(seed)
    return sample_terms(model, workspace, gains, SCALE, N_SAMPLES, n_latent, rng)


def draw_commands(seed: int = 29) -> np.ndarray:
    """Draw scaled commands."""
    return np.random.default_rng(seed).uniform(-0.9, 0.9, size=(N_SAMPLES, 6))


def sampled_torque(terms: ControlTerms, commands: np.ndarray) -> np.ndarray:
    task = terms.latent.torque(terms.latent.samples, commands)
    return (task + terms.static + terms.velocity) * terms.inertia


def analytic_torque(
    model: RigidBodyModel, gains: Gains, q: np.ndarray, dq: np.ndarray, command: np.ndarray
) -> np.ndarray:
    """Evaluate the analytic law where the command is exactly the reference's acceleration."""
    here = model.dynamics(q, dq)
    state = ArmState(0.4, q, dq, here.hand, here.jacobian @ dq)
    reference = Reference(here.hand, state.hand_velocity, command)
    return OperationalSpaceController(model, gains).torque(state, reference)


def gap(model: RigidBodyModel, terms: ControlTerms, velocities: np.ndarray) -> np.ndarray:
    """Give sampled less analytic torque, at the samples' positions."""
    commands = draw_commands()
    wanted = [
        analytic_torque(model, GAINS, q, dq, SCALE * command)
        for q, dq, command in zip(terms.positions, velocities, commands, strict=True)
    ]
    return sampled_torque(terms, commands) - wanted


@pytest.mark.parametrize("name", ARMS)
def test_the_terms_add_up_to_the_analytic_torque_the_better_the_nearer_to_home(name):
    model = load_arm(name).model
    near, far = (sample(model, radius) for radius in (0.003, 0.03))
    errors = [float(np.linalg.norm(gap(model, terms, terms.velocities))) for terms in (near, far)]
    torque = np.linalg.norm(sampled_torque(near, draw_commands()))
    assert np.abs(near.velocities).max() > 1.0
    assert np.linalg.norm(near.velocity * near.inertia) > 0.01 * torque
    assert errors[0] < 2e-3 * torque
    # What is left is first order in the distance: a tenth of it leaves a tenth.
    assert 7.0 < errors[1] / errors[0] < 13.0


@pytest.mark.parametrize("name", ARMS)
def test_at_rest_and_without_posture_the_terms_are_exact_all_over_the_workspace(name):
    model = load_arm(name).model
    gains = Gains(posture_kp=0.0, posture_kv=0.0, limit_kp=0.0)
    terms = sample(model, 0.2, gains, n_latent=6 * model.chain.n_joints)
    commands = draw_commands()
    rest = np.zeros_like(terms.inertia)
    actual = sampled_torque(terms, commands) - terms.velocity * terms.inertia
    expected = [
        analytic_torque(model, gains, q, rest, SCALE * command)
        for q, command in zip(terms.positions, commands, strict=True)
    ]
    spread = np.abs(terms.positions - model.chain.home).max()
    assert spread > 0.3
    np.testing.assert_allclose(actual, expected, atol=1e-7)


@pytest.mark.parametrize("name", ARMS)
def test_a_complete_code_holds_the_task_map_exactly(name):
    model = load_arm(name).model
    n_joints = model.chain.n_joints
    terms = sample(model, 0.2, n_latent=6 * n_joints)
    code = terms.latent
    maps = code.constant + np.tensordot(code.samples, code.components, axes=1)
    for q, task_map in zip(terms.positions, maps, strict=True):
        here = model.dynamics(q)
        J, M = here.jacobian, here.mass_matrix
        expected = J.T @ np.linalg.inv(J @ np.linalg.inv(M) @ J.T)
        actual = task_map * terms.inertia[:, None] / SCALE
        np.testing.assert_allclose(actual, expected, atol=1e-7 * np.abs(expected).max())


@pytest.mark.parametrize("name", REDUNDANT)
def test_the_posture_torque_is_that_of_the_free_direction_at_home(name):
    model = load_arm(name).model
    pulled = sample(model, 0.2)
    free = sample(model, 0.2, Gains(posture_kp=0.0, posture_kv=0.0))
    np.testing.assert_array_equal(pulled.positions, free.positions)
    here = model.dynamics(model.chain.home)
    f, M = np.linalg.svd(here.jacobian)[2][-1], here.mass_matrix
    projector = np.outer(M @ f, M @ f) / (f @ M @ f)  # joint acceleration to null-space torque
    pull = (pulled.static - free.static) * pulled.inertia
    brake = (pulled.velocity - free.velocity) * pulled.inertia
    assert np.abs(pull).max() > 0.1
    assert np.abs(brake).max() > 0.1
    expected = 14.0 * (model.chain.home - pulled.positions) @ projector
    np.testing.assert_allclose(pull, expected, atol=1e-8)
    np.testing.assert_allclose(brake, -6.0 * pulled.velocities @ projector, atol=1e-8)


def test_torques_are_in_units_of_the_joint_inertia_at_home():
    model = load_arm("gen3").model
    terms = sample(model, 0.1)
    unit = np.eye(model.chain.n_joints)
    # The torque of a unit acceleration of one joint, on that joint: inverse dynamics by hand.
    M = model.dynamics(model.chain.home).mass_matrix
    np.testing.assert_allclose(terms.inertia, [row @ M @ row for row in unit])
    assert terms.inertia.max() > 5 * terms.inertia.min()


def test_one_seed_gives_the_same_samples_and_two_seeds_differ():
    model = load_arm("gen3").model
    first, again, other = (sample(model, 0.2, seed=seed) for seed in (17, 17, 18))
    for name in ("positions", "velocities", "static", "velocity", "inertia"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    np.testing.assert_array_equal(first.latent.samples, again.latent.samples)
    np.testing.assert_array_equal(first.latent.components, again.latent.components)
    assert np.abs(first.positions - other.positions).max() > 0.05
    assert np.abs(first.velocities - other.velocities).max() > 0.05


def test_sampling_leaves_no_trace_in_the_model():
    model = load_arm("gen3").model
    before = model.dynamics(model.chain.home).bias_force
    sample(model, 0.2)
    np.testing.assert_array_equal(model.dynamics(model.chain.home).bias_force, before)
