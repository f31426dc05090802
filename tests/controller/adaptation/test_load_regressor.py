"""The load's regressor against MuJoCo's inverse dynamics with a real load, and without it."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spikearm.arm_models import RigidBodyModel, load_arm
from spikearm.arm_models.loads.payload import DENSITY
from spikearm.controller.adaptation.load_regressor import load_regressor

MASS = 1.7
RADIUS = (MASS / DENSITY * 3 / (4 * np.pi)) ** (1 / 3)


def parameters_of(mass: float, center: np.ndarray) -> np.ndarray:
    """Compute a ball's parameters about the hand by hand: Steiner's theorem."""
    inertia = mass * (0.4 * RADIUS**2 + center @ center) * np.eye(3)
    inertia -= mass * np.outer(center, center)
    upper = inertia[[0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
    return np.concatenate([[mass], mass * center, upper])


@pytest.mark.parametrize("offset", [(0.0, 0.0, 0.0), (0.11, -0.07, 0.05)])
def test_it_is_what_a_ball_in_the_hand_adds_to_the_inverse_dynamics(offset):
    arm, loaded = load_arm("gen3"), load_arm("gen3")
    loaded.attach_payload(MASS, offset)
    rng = np.random.default_rng(6)
    q = arm.chain.home + rng.uniform(-0.4, 0.4, 7)
    dq, ddq = rng.uniform(-1.5, 1.5, 7), rng.uniform(-5.0, 5.0, 7)
    bare, heavy = (
        arm.model.dynamics(q, dq),
        RigidBodyModel(loaded.scene[0], loaded.chain).dynamics(q, dq),
    )
    added = (heavy.mass_matrix - bare.mass_matrix) @ ddq + heavy.bias_force - bare.bias_force
    hand = bare.jacobian @ dq
    acceleration = bare.jacobian @ ddq + bare.bias_acceleration
    rotation = Rotation.from_quat(bare.hand.quaternion, scalar_first=True).as_matrix()
    W = load_regressor(rotation, arm.model.gravity, hand[3:], hand[3:], acceleration)
    theta = parameters_of(MASS, np.array(offset))
    np.testing.assert_allclose(bare.jacobian.T @ (W @ theta), added, atol=1e-8)
    assert np.abs(added).max() > 1.0


def test_the_wanted_velocity_is_the_second_of_two_in_a_product():
    rng = np.random.default_rng(2)
    rotation = Rotation.random(rng=3).as_matrix()
    spin, wanted, h = rng.normal(size=(3, 3))
    acceleration, gravity = rng.normal(size=6), np.array([0.0, 0.0, -9.81])
    W = load_regressor(rotation, gravity, spin, wanted, acceleration)
    theta = np.concatenate([[0.8], h, np.zeros(6)])
    arm = rotation @ h
    force = (
        0.8 * (acceleration[:3] - gravity)
        + np.cross(acceleration[3:], arm)
        + np.cross(spin, np.cross(wanted, arm))
    )
    moment = np.cross(arm, acceleration[:3] - gravity)
    np.testing.assert_allclose(W @ theta, np.concatenate([force, moment]), atol=1e-12)
