"""The weights that learn in a model that nengo-loihi built."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from controller.simulation import overwrite


def read_learned(model: Any) -> list[np.ndarray]:
    """Copy the weights of all synapses that learn, shape (n_axons, n_compartments) each.

    A number is decoded as the difference of two weights, each of which is rounded at random. What
    the two have in common says nothing, but grows until it is clipped: it is left out.
    """
    return [_without_common(synapse) for synapse in _learning(model)]


def write_learned(model: Any, learned: Sequence[np.ndarray]) -> None:
    """Put back what :func:`read_learned` gave; a running emulator goes on with it.

    Raises:
        ValueError: It is of another network, or of blocks that are not discretised.
    """
    rows = [weights for synapse in _learning(model) for weights in synapse.weights]
    overwrite(rows, [row[None] for weights in learned for row in weights])


def _learning(model: Any) -> list[Any]:
    return [synapse for block in model.blocks for synapse in block.synapses if synapse.learning]


def _without_common(synapse: Any) -> np.ndarray:
    """Give weights with the same differences, each pair as even as the chip's weights are fine."""
    weights = np.concatenate(synapse.weights)
    difference = np.subtract(*np.split(weights, 2, axis=1))
    if weights.dtype == np.int32:
        config = synapse.synapse_cfg
        step = 1 << (config.real_weight_exp + config.shift_bits)
        second = -(difference // (2 * step)) * step
    else:
        second = -difference / 2
    return np.hstack([difference + second, second])
