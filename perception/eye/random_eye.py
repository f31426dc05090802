"""Eye with random kernels: what a network of some shape costs, before it is trained."""

from collections.abc import Sequence

import numpy as np

from spikearm.neural.connectivity.event_convolution import EventConvolution
from spikearm.perception.eye.eye_weights import MAPS, EyeDynamics, EyeLayer, EyeWeights
from spikearm.perception.eye.pulsed_layer import fire

EVENTS = 0.057  # share of pixels and signs with an event in a frame, as of 470 in 64x64
N_FRAMES = 20  # after which membranes have forgotten that they were at rest
HALVINGS = 20


def random_eye(
    rng: np.random.Generator,
    size: int = 64,
    channels: Sequence[int] = (16, 24, 24, 4),
    kernels: Sequence[int] = (5, 3, 3, 3),
    strides: Sequence[int] = (2, 2, 1, 1),
    share: float = 0.05,
) -> EyeWeights:
    """Draw an eye whose layers all fire at the same rate where events are drawn by chance.

    Args:
        rng: Generator of kernels and events.
        size: Rows and columns of the event camera's pixels.
        channels: Channels of each layer, those of the heat neurons last.
        kernels: Rows and columns of each layer's kernel.
        strides: Stride of each layer.
        share: Share of a layer's neurons that fire in a frame [1].
    """
    dynamics = EyeDynamics()
    shape = size, size, 2
    frames = [np.flatnonzero(rng.random(size**2 * 2) < EVENTS) for _ in range(N_FRAMES)]
    layers = []
    for n_channels, n_kernel, stride in zip(channels, kernels, strides, strict=True):
        kernel = rng.normal(size=(n_kernel, n_kernel, shape[2], n_channels)).astype(np.float32)
        convolution = EventConvolution(kernel, shape, (stride, stride), "same")
        inputs = np.zeros((N_FRAMES, convolution.n_post), np.float32)
        for fired, arrived in zip(frames, inputs, strict=True):
            convolution.propagate(fired, arrived)
        gain = _gain(inputs, dynamics, share)
        frames = _fire(gain * inputs, dynamics)
        layers.append(EyeLayer(gain * kernel, stride))
        shape = convolution.output_shape
    return EyeWeights(size, tuple(layers), np.ones(len(MAPS)), np.ones(len(MAPS)), dynamics)


def _gain(inputs: np.ndarray, dynamics: EyeDynamics, share: float) -> np.float32:
    """Find the factor with which inputs make a share of the neurons fire, by halving."""
    lowest, highest = 0.0, 100.0 / float(inputs.std())
    for _ in range(HALVINGS):
        middle = (lowest + highest) / 2
        fired = sum(map(len, _fire(np.float32(middle) * inputs, dynamics)))
        lowest, highest = (lowest, middle) if fired > share * inputs.size else (middle, highest)
    return np.float32(highest)


def _fire(inputs: np.ndarray, dynamics: EyeDynamics) -> list[np.ndarray]:
    """List the neurons that fire in each frame, given their inputs, shape (n_frames, n_neurons)."""
    potential, frames = np.zeros_like(inputs[0]), []
    for arrived in inputs:
        potential = dynamics.decay * potential + arrived
        frames.append(fire(potential, dynamics))
    return frames
