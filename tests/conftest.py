"""What all tests share: a renderer that works without a screen, and a small controller."""

import importlib.metadata
from collections.abc import Callable, Iterator
from pathlib import Path

from experiments.headless import choose_renderer

choose_renderer()

import nengo
import numpy as np
import pytest

from arm_models import load_arm
from controller.network_weights import NeuralStage
from controller.trained import TrainedController
from controller.training.compression import CompressionConfig, begin
from controller.training.friction import DryFriction
from controller.training.lessons import fit_scaling, make_lessons
from controller.training.products import assemble, draw_commands, solve_readout
from controller.training.samples import join, sample_reach
from controller.workspace import Workspace

STAGES: tuple[NeuralStage, ...] = ("rate", "spiking", "loihi")


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
    config = CompressionConfig(n_features=100, n_code=80, n_latent=4)
    compression = begin(make_lessons(samples, scaling, arm.model), config, rng)
    weights = assemble(compression, scaling, 300, rng, DryFriction.of(arm.model))
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
