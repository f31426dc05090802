"""The weights that learn in a model that nengo-loihi built."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from controller.simulation import overwrite


def read_learned(model: Any) -> list[np.ndarray]:
    """Copy the weights of all synapses that learn, shape (n_axons, n_compartments) each."""
    return [np.concatenate(synapse.weights) for synapse in _learning(model)]


def write_learned(model: Any, learned: Sequence[np.ndarray]) -> None:
    """Put back what :func:`read_learned` gave; a running emulator goes on with it.

    Raises:
        ValueError: It is of another network, or of blocks that are not discretised.
    """
    rows = [weights for synapse in _learning(model) for weights in synapse.weights]
    overwrite(rows, [row[None] for weights in learned for row in weights])


def _learning(model: Any) -> list[Any]:
    return [synapse for block in model.blocks for synapse in block.synapses if synapse.learning]
