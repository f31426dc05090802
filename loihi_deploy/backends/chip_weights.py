"""Learned weights of a model that nengo-loihi built."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from spikearm.neural.learning import overwrite

WEIGHT_BITS = 8  # of a synapse that learns, the sign's among them


def read_learned(model: Any) -> list[np.ndarray]:
    """Copy the weights of all synapses that learn, shape (n_axons, n_compartments) each.

    A number is decoded as the difference of two weights, each of which is rounded at random. Their
    common part has no effect, but grows until it is clipped: it is left out.
    """
    return [_without_common(synapse) for synapse in _learning(model)]


def write_learned(model: Any, learned: Sequence[np.ndarray]) -> None:
    """Write weights as :func:`read_learned` returns them; a running emulator uses them.

    Raises:
        ValueError: The weights are of another network, or of blocks that are not discretised.
    """
    rows = [weights for synapse in _learning(model) for weights in synapse.weights]
    overwrite(rows, [row[None] for weights in learned for row in weights])


def largest_share(model: Any) -> float:
    """Compute the largest learned weight, as a share of the largest that the chip holds [1].

    0 for blocks that are not discretised, or where nothing learns.
    """
    return max(map(_share, _learning(model)), default=0.0)


def _learning(model: Any) -> list[Any]:
    return [synapse for block in model.blocks for synapse in block.synapses if synapse.learning]


def _share(synapse: Any) -> float:
    weights = _without_common(synapse)
    if weights.dtype != np.int32:
        return 0.0
    largest = 2 ** (WEIGHT_BITS - synapse.synapse_cfg.shift_bits) - 1
    return float(np.abs(weights).max()) / (largest * _step(synapse))


def _step(synapse: Any) -> int:
    """Return the least difference of two weights of the chip."""
    return 1 << (synapse.synapse_cfg.real_weight_exp + synapse.synapse_cfg.shift_bits)


def _without_common(synapse: Any) -> np.ndarray:
    """Compute weights of the same differences, each pair as symmetric as 8 bits allow."""
    weights = np.concatenate(synapse.weights)
    difference = np.subtract(*np.split(weights, 2, axis=1))
    if weights.dtype == np.int32:
        step = _step(synapse)
        second = -(difference // (2 * step)) * step
    else:
        second = -difference / 2
    return np.hstack([difference + second, second])
