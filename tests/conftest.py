"""What all tests share: a renderer that works without a screen, and small controllers."""

import importlib.metadata
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from spikearm.experiments.console.headless import choose_renderer

choose_renderer()
os.environ.pop("COLUMNS", None)  # of the terminal that runs the tests: a console would keep it

import nengo
import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.references.workspace import Workspace
from spikearm.controller.training.compression import CompressionConfig, begin
from spikearm.controller.training.products import assemble, draw_commands, solve_readout
from spikearm.controller.training.samples import join, sample_reach
from spikearm.controller.training.targets import fit_scaling, make_training_targets
from spikearm.controller.weights.membrane import LEAKY, NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.scaling import Scaling
from spikearm.controller.weights.trained import TrainedController

FEATURES, CODE, PRODUCTS, FRICTION, LATENT, JOINTS = 14, 11, 26, 9, 2, 3
STAGES: tuple[NeuralStage, ...] = ("rate", "spiking", "loihi")


@pytest.fixture(autouse=True)
def no_tensorflow_here() -> Iterator[None]:
    """Refuse tests that load TensorFlow into this process, which then could not render."""
    before = "tensorflow" in sys.modules
    yield
    assert before or "tensorflow" not in sys.modules, "Run this with tests/stand_ins/apart.py."


@pytest.fixture(scope="session", autouse=True)
def own_decoder_cache(tmp_path_factory) -> Iterator[None]:
    """Keep nengo's cache of decoders apart: what another process locks, nengo leaves open."""
    before = nengo.rc.get("decoder_cache", "path")
    nengo.rc.set("decoder_cache", "path", str(tmp_path_factory.mktemp("decoders")))
    yield
    nengo.rc.set("decoder_cache", "path", before)


@pytest.fixture(scope="session")
def trained() -> TrainedController:
    """Make a small controller of gen3 by least squares alone, without TensorFlow."""
    arm, workspace = load_arm("gen3"), Workspace(0.1, 0.1)
    rng = np.random.default_rng(3)
    samples = join([sample_reach(arm.model, workspace, rng) for _ in range(30)])
    scaling = fit_scaling(samples)
    config = CompressionConfig(n_features=100, n_code=80, n_latent=4, leaky=True)
    compression = begin(make_training_targets(samples, scaling, arm.model), config, rng)
    weights = assemble(compression, scaling, config.membrane, 300, rng, DryFriction.of(arm.model))
    commands = draw_commands(scaling, len(samples), np.random.default_rng(4))
    for stage in STAGES:
        readout = solve_readout(weights, samples, commands, stage)
        weights = weights.with_readout(stage, readout)
    return TrainedController(weights, workspace, {"joints": list(arm.chain.joints)})


@pytest.fixture
def packaged() -> Callable[[str, str], Path]:
    """Find a file of an installed package, without importing it."""

    def find(package: str, name: str) -> Path:
        try:
            files = importlib.metadata.files(package) or []
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{package} is not installed: it brings the file {name}")
        return Path(str(next(file for file in files if str(file).endswith(name)).locate()))

    return find


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
        membrane=LEAKY,
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
