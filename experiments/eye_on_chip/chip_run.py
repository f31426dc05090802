"""Run of one eye on a chip by itself."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import nengo
import numpy as np

from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.mapping.image_blocks import block_images
from spikearm.neural.simulation import NeuralSimulation
from spikearm.perception.eye.eye_network import EyeNetwork, add_eye, steps_of_frame
from spikearm.perception.eye.eye_weights import EyeWeights

CROSSINGS = 1  # steps that a wave takes beside one for each layer: from the host to the chip


@dataclass(frozen=True)
class ChipRun:
    """Heat of an eye on a chip.

    Attributes:
        heat: Flags of heat neurons, frame by frame, shape (n_frames, rows, columns, channels).
        overflow_counts: Steps in which a number of the chip was cut or overflowed, by kind.
    """

    heat: np.ndarray
    overflow_counts: Counter[str]


def build_eye(weights: EyeWeights) -> tuple[nengo.Network, EyeNetwork]:
    """Build a network of one eye, split into blocks that fit cores."""
    network = nengo.Network(seed=0, label="eye")
    eye = add_eye(network, weights)
    block_images(network, on_host=[eye.pixels])
    return network, eye


def see_on_chip(
    weights: EyeWeights,
    frames: np.ndarray,
    backend: Callable[[nengo.Network], NeuralSimulation] = EngineSimulation,
) -> ChipRun:
    """Show frames of events to an eye on a chip.

    Args:
        weights: Weights of the eye.
        frames: Flags of events, shape (n_frames, size, size, 2).
        backend: Constructor of the simulation.
    """
    network, eye = build_eye(weights)
    n_steps, delay = steps_of_frame(weights.dynamics), len(weights.layers) + CROSSINGS
    with closing(backend(network)) as simulation:
        heat = []
        for step in range(n_steps * (len(frames) - 1) + delay + 1):
            frame, phase = divmod(step, n_steps)
            seen = frames[frame] if phase == 0 and frame < len(frames) else np.zeros(1)
            eye.events.values[:] = seen.ravel()
            simulation.step()
            heat.append(eye.heat.values > 0)
        waves = np.array(heat[delay::n_steps])
        return ChipRun(waves.reshape(len(frames), *eye.heat_shape), simulation.overflow_counts)
