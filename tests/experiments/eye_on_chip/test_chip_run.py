"""One eye on a chip: in floating point the eye itself, in integers nengo-loihi's emulator."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.experiments.eye_on_chip.chip_eyes import EYES
from spikearm.experiments.eye_on_chip.chip_run import build_eye, see_on_chip
from spikearm.loihi_deploy.backends.chip import ChipSimulation
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation, FloatSimulation
from spikearm.loihi_deploy.engine.layout import shared_weights
from spikearm.loihi_deploy.mapping.image_blocks import block_images
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_network import add_eye
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.random_eye import random_eye
from spikearm.perception.eye.shipped_eye import shipped_eye

SIZE, N_FRAMES, DENSITY = 12, 20, 0.06


@pytest.fixture(scope="module")
def weights() -> EyeWeights:
    """Draw an eye whose first layer takes more than a core."""
    return random_eye(
        np.random.default_rng(0), SIZE, (34, 6, 4), (5, 3, 3), (2, 2, 1), share=0.1
    )  # fmt: skip


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    return np.random.default_rng(1).random((N_FRAMES, SIZE, SIZE, 2)) < DENSITY


@pytest.fixture(scope="module")
def expected(weights, frames) -> np.ndarray:
    eye = Eye(weights)
    return np.array([eye.see(frame) for frame in frames])


def test_before_its_numbers_are_integers_the_chip_fires_as_the_eye_does(weights, frames, expected):
    run = see_on_chip(weights, frames, FloatSimulation)
    assert expected.sum() > 50
    np.testing.assert_array_equal(run.heat, expected)


def test_a_layer_in_integers_fires_nearly_so_and_nothing_overflows(frames):
    weights = random_eye(np.random.default_rng(0), SIZE, (4,), (5,), (2,), share=0.1)
    eye, run = Eye(weights), see_on_chip(weights, frames)
    expected = np.array([eye.see(frame) for frame in frames])
    differing = np.count_nonzero(run.heat != expected)
    assert 0 < differing < 0.05 * expected.sum()
    assert not run.overflow_counts


def spikes_of(backend: type[ChipSimulation], weights: EyeWeights, frames: np.ndarray) -> list:
    """List who spiked, and what arrives at the host, step by step.

    The first layer has blocks of different size, of a part of its rows and of its channels each.
    """
    network, eye = build_eye(weights)
    network.config[eye.layers[0]].block_shape = nengo_loihi.BlockShape((4, 6, 20), (6, 6, 34))
    seen = []
    with closing(backend(network)) as simulation:
        for step in range(4 * len(frames)):
            eye.events.values[:] = frames[step // 4].ravel() if step % 4 == 0 else 0.0
            simulation.step()
            seen.append((sorted(simulation.spiked.tolist()), eye.heat.values.tolist()))
    return seen


@pytest.mark.parametrize("least", [0, 2**62], ids=["generated", "stored"])
def test_every_spike_is_that_of_the_emulator(weights, frames, monkeypatch, least):
    monkeypatch.setattr(shared_weights, "MIN_WEIGHTS", least)
    few = frames[:6]
    ours = spikes_of(EngineSimulation, weights, few)
    assert sum(len(spiked) for spiked, _ in ours) > 1000
    assert any(any(heat) for _, heat in ours)
    assert ours == spikes_of(EmulatorSimulation, weights, few)


def two_eyes(weights: EyeWeights) -> nengo.Network:
    network = nengo.Network(seed=0)
    eyes = [add_eye(network, weights, name) for name in EYES]
    block_images(network, on_host=[eye.pixels for eye in eyes])
    return network


@pytest.mark.slow
def test_each_of_two_eyes_that_ship_takes_less_than_100_kb_generated(monkeypatch):
    weights = shipped_eye("gen3")
    frames = np.random.default_rng(0).random((12, 64, 64, 2)) < DENSITY
    heat, sizes = [], []
    for least in (shared_weights.MIN_WEIGHTS, 2**62):
        monkeypatch.setattr(shared_weights, "MIN_WEIGHTS", least)
        heat.append(see_on_chip(weights, frames).heat)
        with closing(EngineSimulation(two_eyes(weights))) as simulation:
            sizes.append(simulation.connectivity_bytes / len(EYES))
    np.testing.assert_array_equal(*heat)
    assert heat[0].any()
    assert sizes[0] < 100_000 < 3_000_000 < sizes[1]
