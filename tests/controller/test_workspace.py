"""Samples of the workspace: where they are, and that they fill it."""

import numpy as np
import pytest

from arm_models import RigidBodyModel, load_arm
from controller.reference import rotation_error
from controller.workspace import POSE_TOLERANCE, Workspace

N_SAMPLES = 150
SLACK = np.sqrt(3) * POSE_TOLERANCE  # m and rad; the tolerance counts per axis
WORKSPACE = Workspace(radius=0.12, tilt=0.4)


@pytest.fixture(params=["gen3", "ur5e"], scope="module")
def model(request) -> RigidBodyModel:
    return load_arm(request.param).model


@pytest.fixture(scope="module")
def positions(model) -> np.ndarray:
    return WORKSPACE.sample_positions(model, N_SAMPLES, np.random.default_rng(9))


def hand_offsets(model: RigidBodyModel, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give every sample's distance and angle from the home pose."""
    home = model.dynamics(model.chain.home).hand
    hands = [model.dynamics(q).hand for q in positions]
    distances = np.array([np.linalg.norm(hand.position - home.position) for hand in hands])
    turns = [rotation_error(hand.quaternion, home.quaternion) for hand in hands]
    return distances, np.linalg.norm(turns, axis=1)


def test_hands_are_inside_the_ball_and_fill_it_evenly(model, positions):
    distances, _ = hand_offsets(model, positions)
    assert positions.shape == (N_SAMPLES, model.chain.n_joints)
    assert distances.max() < WORKSPACE.radius + SLACK
    # Evenly in volume, (r / R)^3 is uniform: its mean is 1/2, 150 samples leave 0.024 (1 sigma).
    assert np.mean((distances / WORKSPACE.radius) ** 3) == pytest.approx(0.5, abs=0.1)


def test_orientations_are_inside_the_cone_and_fill_it(model, positions):
    _, angles = hand_offsets(model, positions)
    assert angles.max() < WORKSPACE.tilt + SLACK
    # Uniform in the angle: the mean is half of the largest, 150 samples leave 0.009 (1 sigma).
    assert np.mean(angles) == pytest.approx(WORKSPACE.tilt / 2, abs=0.04)


def test_samples_are_inside_the_joint_limits(model, positions):
    assert (positions >= model.chain.lower).all()
    assert (positions <= model.chain.upper).all()


def test_poses_that_the_arm_cannot_take_are_drawn_again():
    model = load_arm("gen3").model
    wide = Workspace(radius=0.6, tilt=0.4)
    rng = np.random.default_rng(2)
    tries = [wide._configuration(model, rng)[1] for _ in range(40)]
    assert 0 < sum(tries) < 40
    samples = wide.sample_positions(model, 25, np.random.default_rng(2))
    distances, angles = hand_offsets(model, samples)
    assert len(samples) == 25
    assert distances.max() < wide.radius + SLACK
    assert angles.max() < wide.tilt + SLACK


def test_velocities_have_their_spread_and_their_limit():
    drawn = Workspace(speed_spread=0.6, speed_limit=0.9).sample_velocities(
        5, 4000, np.random.default_rng(4)
    )
    assert drawn.shape == (4000, 5)
    assert np.abs(drawn).max() == 0.9
    # Normal: 13.4 % lie beyond 1.5 spreads, and the median size is 0.674 spreads.
    assert np.mean(np.abs(drawn) == 0.9) == pytest.approx(0.134, abs=0.01)
    assert np.median(np.abs(drawn)) == pytest.approx(0.6 * 0.674, rel=0.03)


def test_one_seed_draws_the_same_samples_and_two_seeds_do_not():
    model = load_arm("gen3").model
    first, again, other = (
        WORKSPACE.sample_positions(model, 6, np.random.default_rng(seed)) for seed in (31, 31, 32)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).min(axis=1).max() > 1e-4
