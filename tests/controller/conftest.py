"""Weights made up for tests."""

import numpy as np
import pytest

from controller.network_weights import NetworkWeights
from controller.port import Scaling

FEATURES, CODE, PRODUCTS, FRICTION, LATENT, JOINTS = 14, 11, 26, 9, 2, 3


@pytest.fixture(scope="session")
def weights() -> NetworkWeights:
    """Give random numbers for an arm of three joints: most neurons fire, none in step."""
    rng = np.random.default_rng(62)
    pairs = rng.permutation(PRODUCTS)
    factors, command = np.zeros((PRODUCTS, LATENT)), np.zeros((PRODUCTS, 6))
    factors[pairs, pairs % LATENT] = rng.uniform(0.4, 1.7, PRODUCTS) * rng.choice([-1, 1], PRODUCTS)
    command[pairs, pairs % 6] = rng.uniform(0.4, 1.7, PRODUCTS) * rng.choice([-1, 1], PRODUCTS)
    return NetworkWeights(
        scaling=Scaling(
            middle=np.array([0.2, -0.4, 0.7]),
            center=rng.uniform(-0.2, 0.2, 3 * JOINTS + 6),
            half_range=rng.uniform(0.6, 3.0, 3 * JOINTS + 6),
            torque=np.array([7.0, 3.0, 1.6]),
        ),
        posture=rng.normal(scale=0.8, size=(FEATURES, 2 * JOINTS)),
        velocity=rng.normal(scale=0.5, size=(FEATURES, JOINTS)),
        feature_bias=np.append(rng.uniform(0.7, 2.6, FEATURES - 1), -3.4),
        hidden=rng.normal(scale=0.012, size=(CODE, FEATURES)),
        code_bias=rng.uniform(0.9, 2.2, CODE),
        latent=rng.normal(scale=0.005, size=(LATENT, CODE)),
        factors=factors,
        command=command,
        product_bias=np.append(rng.uniform(0.6, 2.0, PRODUCTS - 1), -1.7),
        friction_velocity=rng.normal(scale=0.9, size=(FRICTION, JOINTS)),
        friction_command=rng.normal(scale=0.4, size=(FRICTION, 6)),
        friction_bias=np.append(rng.uniform(0.7, 2.0, FRICTION - 1), -2.6),
        readout={
            stage: rng.normal(scale=2e-3, size=(JOINTS, FEATURES + CODE + PRODUCTS + FRICTION))
            for stage in ("rate", "spiking", "loihi")
        },
    )
