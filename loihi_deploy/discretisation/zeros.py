"""Weights of zero, which the chip need not store.

nengo-loihi stores whole rows of weights, and a spike goes over all of its row. In the chip's other
format each weight carries the index of its compartment, and zeros are left out. So are axons whose
weights are all zero: their neurons are not connected to the block. What arrives at a compartment
stays the same in every step.
"""

import copy
from typing import Any

import numpy as np

from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.neural.numbers import is_rising

INDEXED = 0
"""Compression of rows whose weights carry an index (nengo-loihi 1.1, block.py: bits_per_axon)."""

LEFT_OUT = -1  # in place of the number of an axon (nengo-loihi 1.1, block.py: Axon)


def drop_zeros(integers: IntegerBlocks) -> IntegerBlocks:
    """Store a copy of the blocks without zeros."""
    stored = copy.deepcopy(integers)
    drop_zeros_in_place(stored)
    return stored


def drop_zeros_in_place(integers: IntegerBlocks) -> None:
    """Leave out axons whose weights are all zero, and index rows where this takes less memory.

    Excluded are groups of synapses that learn, and those with a row that reaches a compartment
    twice: of such weights the emulator adds the last alone, zero or not.
    """
    groups = [one for block in integers.blocks for one in block.synapses if _is_free(one)]
    numbers = {synapse: _drop_axons(synapse) for synapse in groups}
    for synapse in groups:
        _index_rows(synapse)
    for source in (*integers.blocks, *integers.inputs):
        for axon in source.axons:
            if axon.target in numbers:
                _renumber(axon, source.n_neurons, numbers[axon.target])
        # nengo-loihi cannot build a spike input without any axon.
        source.axons = [one for one in source.axons if one.n_axons] or source.axons[:1]


def _is_free(synapse: Any) -> bool:
    if synapse.learning:
        return False
    rows = (row for indices in synapse.indices for row in indices)
    return all(is_rising(row) or len(np.unique(row)) == len(row) for row in rows)


def _drop_axons(synapse: Any) -> np.ndarray:
    """Drop the axons that reach nothing but zeros.

    One is kept where all do, because nengo-loihi cannot build a group without axons.

    Returns:
        New number of each axon, or :data:`LEFT_OUT`, shape (n_axons,).
    """
    reached = [_reached(synapse, axon) for axon in range(synapse.n_axons)]
    kept = np.array([weights.any() for weights in reached])
    kept[np.argmax([weights.size for weights in reached])] |= not kept.any()
    rows = np.array([synapse.axon_weight_idx(axon) for axon in np.flatnonzero(kept)])
    stored = np.unique(rows)
    synapse.weights = [synapse.weights[row] for row in stored]
    synapse.indices = [synapse.indices[row] for row in stored]
    if synapse.axon_to_weight_map is not None:
        synapse.axon_to_weight_map = np.searchsorted(stored, rows)
    if synapse.axon_compartment_bases is not None:
        synapse.axon_compartment_bases = np.asarray(synapse.axon_compartment_bases)[kept]
    synapse.n_axons = len(rows)
    return np.where(kept, np.cumsum(kept) - 1, LEFT_OUT)


def _reached(synapse: Any, axon: int) -> np.ndarray:
    """Return the weights that an axon leads to, shape (n_populations, n_weights)."""
    if synapse.axon_compartment_base(axon) is None:
        return np.zeros((1, 0))
    return synapse.weights[synapse.axon_weight_idx(axon)]


def _index_rows(synapse: Any) -> None:
    """Index every weight and leave out zeros, if this takes less memory.

    The width of an index stays that of the whole block, so that groups share their formats.
    """
    kept = [weights.any(axis=0) for weights in synapse.weights]
    for columns in kept:
        columns[:1] |= not columns.any()
    indexed = copy.copy(synapse.synapse_cfg)
    indexed.set(compression=INDEXED)
    sizes = [
        len(weights) * int(columns.sum())
        for weights, columns in zip(synapse.weights, kept, strict=True)
    ]
    if sum(map(indexed.bits_per_axon, sizes)) < synapse.bits():
        synapse.synapse_cfg = indexed
        synapse.weights = _chosen(synapse.weights, kept)
        synapse.indices = _chosen(synapse.indices, kept)


def _chosen(rows: list[np.ndarray], columns: list[np.ndarray]) -> list[np.ndarray]:
    return [np.compress(some, row, axis=1) for row, some in zip(rows, columns, strict=True)]


def _renumber(axon: Any, n_neurons: int, numbers: np.ndarray) -> None:
    """Lead an axon's neurons to the new numbers; those whose axon is left out to none."""
    before = np.asarray(axon.map_axon(np.arange(n_neurons)))
    after = np.where(before >= 0, numbers[before], LEFT_OUT)
    if (after != before).any():
        axon.compartment_map = after
        axon.n_axons = len(np.unique(after[after >= 0]))
