"""The eye as Nengo neurons in steps of 1 ms: spike by spike the eye that takes frames of 4 ms."""

from dataclasses import replace

import nengo
import numpy as np
import pytest
import scipy.sparse

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.event_convolution import EventConvolution
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_network import EyeNetwork, add_eye, steps_of_frame
from spikearm.perception.eye.eye_weights import EyeDynamics, EyeWeights
from spikearm.perception.eye.random_eye import random_eye

SIZE, N_FRAMES, DENSITY = 12, 25, 0.06
SHAPES = {
    1: {"channels": (4,), "kernels": (5,), "strides": (2,)},
    3: {"channels": (5, 6, 4), "kernels": (5, 3, 3), "strides": (2, 2, 1)},
    6: {
        "channels": (5, 4, 4, 4, 4, 4), "kernels": (4, 3, 3, 3, 3, 3), "strides": (2, 1, 1, 1, 1, 1)
    },
}  # fmt: skip
"""Shapes of eyes by their number of layers."""


def draw(depth: int, floor: float = -1.5) -> EyeWeights:
    """Draw an eye whose membranes often reach their floor."""
    drawn = random_eye(np.random.default_rng(depth), SIZE, share=0.1, **SHAPES[depth])
    return replace(drawn, dynamics=replace(drawn.dynamics, floor=floor))


def draw_frames() -> np.ndarray:
    return np.random.default_rng(1).random((N_FRAMES, SIZE, SIZE, 2)) < DENSITY


def heat_of_frames(weights: EyeWeights, frames: np.ndarray) -> np.ndarray:
    eye = Eye(weights)
    return np.array([eye.see(frame) for frame in frames])


def matrices(weights: EyeWeights) -> list[scipy.sparse.csr_array]:
    """Build the weights of each layer as a matrix, shape (n_post, n_pre)."""
    made, shape = [], (weights.size, weights.size, 2)
    for layer in weights.layers:
        kernel = layer.kernel.astype(float)
        one = EventConvolution(kernel, shape, (layer.stride, layer.stride), "same")
        made.append(one.materialize().T.tocsr())
        shape = one.output_shape
    return made


def heat_of_waves(weights: EyeWeights, frames: np.ndarray, step: float = 0.001) -> np.ndarray:
    """Advance all layers together, each by the spikes of the one before in the step before.

    Returns:
        Flags of heat neurons in each step, shape (n_steps, n_neurons).
    """
    kept = np.exp(-step / weights.dynamics.tau_membrane)
    layers = matrices(weights)
    potentials = [np.zeros(one.shape[0]) for one in layers]
    n_steps = round(weights.dynamics.period / step)
    spikes = [np.zeros(one.shape[1]) for one in layers]
    heat = []
    for number in range(n_steps * len(frames) + len(layers)):
        frame, phase = divmod(number, n_steps)
        is_frame = phase == 0 and frame < len(frames)
        spikes[0] = frames[frame].ravel().astype(float) if is_frame else np.zeros(len(spikes[0]))
        fired = []
        for k, (weight, arriving) in enumerate(zip(layers, spikes, strict=True)):
            v = np.maximum(kept * potentials[k] + weight @ arriving, weights.dynamics.floor)
            fired.append(v > 1.0)
            potentials[k] = np.where(fired[k], 0.0, v)
        spikes[1:] = [one.astype(float) for one in fired[:-1]]
        heat.append(fired[-1])
    return np.array(heat)


@pytest.mark.parametrize("depth", SHAPES)
def test_in_single_steps_a_frame_travels_as_a_wave_that_fires_what_the_frame_does(depth):
    weights, frames = draw(depth), draw_frames()
    expected = heat_of_frames(weights, frames)
    steps = heat_of_waves(weights, frames)
    first, n_steps = depth - 1, steps_of_frame(weights.dynamics)
    waves = steps[first::n_steps][:N_FRAMES]
    np.testing.assert_array_equal(waves.reshape(expected.shape), expected)
    assert steps.sum() == expected.sum() > 50  # and nothing fires between the waves


def heat_in_nengo(weights: EyeWeights, frames: np.ndarray) -> tuple[np.ndarray, EyeNetwork]:
    """Return flags of heat in each frame, shape (n_frames, n_neurons), by Nengo's simulator."""
    network, n_steps = nengo.Network(seed=0), steps_of_frame(weights.dynamics)
    eye = add_eye(network, weights)
    heat = np.zeros((len(frames), len(eye.heat.values)), dtype=int)
    with nengo.Simulator(network, progress_bar=False) as simulator:
        for frame, counts in zip(frames, heat, strict=True):
            for step in range(n_steps):
                eye.events.values[:] = frame.ravel() if step == 0 else 0.0
                simulator.step()
                counts += eye.heat.values > 0
    return heat, eye


@pytest.mark.parametrize("depth", [1, 3])
def test_nengo_fires_what_the_frame_does(depth):
    weights, frames = draw(depth), draw_frames()
    expected = heat_of_frames(weights, frames)
    heat, eye = heat_in_nengo(weights, frames)
    assert eye.heat_shape == expected.shape[1:]
    np.testing.assert_array_equal(heat.reshape(expected.shape), expected)


def test_the_floor_counts():
    frames = draw_frames()
    high, low = (heat_of_frames(draw(3, floor), frames) for floor in (-1.5, -100.0))
    assert (high != low).any()


def test_a_frame_of_a_part_of_a_step_is_refused():
    with pytest.raises(SpikearmError, match="whole number of steps"):
        steps_of_frame(EyeDynamics(period=0.0035))
    assert steps_of_frame(EyeDynamics(period=0.003)) == 3


def test_a_random_eye_fires_at_the_rate_that_was_asked_for():
    weights = random_eye(np.random.default_rng(0), 32, (8, 8, 4), (5, 3, 3), (2, 2, 1), 0.04)
    eye, rng, fired = Eye(weights), np.random.default_rng(5), []
    for _ in range(40):
        eye.see(rng.random((32, 32, 2)) < 0.057)
        fired.append(eye.n_spikes[1:])
    sizes = (16 * 16 * 8, 8 * 8 * 8, 8 * 8 * 4)
    shares = np.mean(fired[10:], axis=0) / sizes
    assert (np.abs(shares / 0.04 - 1) < 0.3).all()
