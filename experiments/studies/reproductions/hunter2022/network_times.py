"""Times, multiplications and bytes of a whole network, whose first layer is given every pixel."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from spikearm.experiments.studies.reproductions.hunter2022.layer_times import N_INPUTS
from spikearm.experiments.studies.reproductions.hunter2022.networks import (
    COMPLEMENTARY,
    N_CLASSES,
    N_PIXELS,
    SETS,
    SHARE_OF_WINNERS,
    draw_masks,
)
from spikearm.experiments.studies.reproductions.hunter2022.programs import program_times
from spikearm.neural.sparsity.packing import pack
from spikearm.neural.sparsity.sparse_network import SparseLayer, SparseNetwork


def measure_network(n_hidden: int, rounds: int, seed: int) -> Mapping[str, float]:
    """Measure a network for digits with random weights, batch 1, one core.

    Args:
        n_hidden: Number of neurons of each of the two hidden layers.
        rounds: Number of times that both have their turn.
        seed: Seed of masks, weights and inputs.

    Returns:
        Times for one input [s], multiplications and bytes, by their names.
    """
    rng = np.random.default_rng(seed)
    sizes = (N_PIXELS, n_hidden, n_hidden, N_CLASSES)
    dense = [rng.normal(size=(n_out, n_in)).astype(np.float32) for n_in, n_out in pairwise(sizes)]
    network = _pack(dense, rng)
    inputs = rng.random((N_INPUTS, N_PIXELS)).astype(np.float32)
    programs = {
        "dense": lambda number: _run_dense(dense, inputs[number]),
        "packed": lambda number: network.run(inputs[number]),
    }
    times = program_times(programs, N_INPUTS, rounds)
    macs = network.run(inputs[0]).macs
    return times | {
        "dense_macs": sum(pack(one, sets=1).multiply(np.ones(one.shape[1])).macs for one in dense),
        "packed_macs": sum(macs),
        "first_layer_macs": macs[0],
        "dense_bytes": sum(one.nbytes for one in dense),
        "packed_bytes": sum(
            one.nbytes for one in (*(layer.weights for layer in network.layers), network.readout)
        ),
    }


def _pack(dense: list[np.ndarray], rng: np.random.Generator) -> SparseNetwork:
    *hidden, readout = dense
    n_hidden = readout.shape[1]
    masks = draw_masks(COMPLEMENTARY, n_hidden, rng)
    layers = [
        SparseLayer(
            pack(weights, mask, sets),
            np.zeros(n_hidden, np.float32),
            int(SHARE_OF_WINNERS * n_hidden),
            np.ones(n_hidden, np.float32),
        )
        for weights, mask, sets in zip(hidden, masks, SETS, strict=True)
    ]
    return SparseNetwork(layers, pack(readout, sets=1), np.zeros(N_CLASSES, np.float32))


def _run_dense(weights: list[np.ndarray], inputs: np.ndarray) -> np.ndarray:
    *hidden, readout = weights
    for one in hidden:
        inputs = np.maximum(one @ inputs, 0)
    return readout @ inputs
