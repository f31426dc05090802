"""Fixed integer weights, neuron by neuron: tiles of eight lanes, and single ones.

Integers may be added in any order, so all that a neuron's spike reaches lies together,
whatever synapses it belongs to. Eight neighbouring compartments are a tile; its weights are
8-bit mantissas with a common shift, as on the chip. What is alone in its tile, or does not fit
8 bits, is kept as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from loihi_deploy.engine.lanes import LANES
from loihi_deploy.engine.layout import SHIFT_BITS
from loihi_deploy.engine.sources import Sources
from loihi_deploy.nengo_loihi_compat import EmulatorInterface

MIN_WEIGHTS = 2  # in a tile; one costs less by itself
SMALLEST, LARGEST = -128, 127  # mantissas


@dataclass(frozen=True)
class Tiles:
    """What the spikes of each source neuron reach.

    Attributes:
        tile_start, item_start: Where each neuron's tiles and single weights begin,
            shape (n_neurons + 1,).
        tile_head: Number of the tile's compartments, and its shift, shape (n_tiles,).
        mantissas: Shape (n_tiles * LANES,), 8-bit.
        item_target, item_weight: Compartments and weights, shape (n_items,).
        static_events: Nonzero weights that a spike reaches, shape (n_neurons,).
    """

    tile_start: np.ndarray
    tile_head: np.ndarray
    mantissas: np.ndarray
    item_start: np.ndarray
    item_target: np.ndarray
    item_weight: np.ndarray
    static_events: np.ndarray

    def index_arrays(self) -> dict[str, np.ndarray]:
        """Give the integer arrays for the kernels, by name."""
        return {name: values for name, values in vars(self).items() if name != "mantissas"}


def compile_tiles(emulator: EmulatorInterface, sources: Sources) -> Tiles:
    """Collect the fixed weights of an emulator's synapses; none if they are not discretised."""
    neurons, targets, weights, events = _nonzero_weights(emulator, sources)
    n_lanes = -(-max(emulator.block_info.n_compartments, 1) // LANES) * LANES
    keys, weights = _sum_by_key(neurons * n_lanes + targets, weights)
    tile_keys, first, sizes = np.unique(keys // LANES, return_index=True, return_counts=True)
    shifts, fits = _common_shifts(weights, first)
    is_tile = fits & (sizes >= MIN_WEIGHTS)
    in_tile = np.repeat(is_tile, sizes)
    number = np.repeat(np.cumsum(is_tile) - 1, sizes)[in_tile]
    mantissas = np.zeros((int(is_tile.sum()), LANES), dtype=np.int8)
    mantissas[number, keys[in_tile] % LANES] = weights[in_tile] >> np.repeat(shifts, sizes)[in_tile]
    tile_keys, shifts = tile_keys[is_tile], shifts[is_tile]
    tiles_per_neuron = n_lanes // LANES
    order = np.arange(sources.n_neurons + 1)
    return Tiles(
        tile_start=np.searchsorted(tile_keys // tiles_per_neuron, order),
        tile_head=tile_keys % tiles_per_neuron << SHIFT_BITS | shifts,
        mantissas=mantissas.ravel(),
        item_start=np.searchsorted(keys[~in_tile] // n_lanes, order),
        item_target=keys[~in_tile] % n_lanes,
        item_weight=weights[~in_tile],
        static_events=events,
    )


def _nonzero_weights(
    emulator: EmulatorInterface, sources: Sources
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """List source neuron, target compartment and weight of everything that spikes add.

    Returns:
        These three, and how many weights each neuron's spikes reach, shape (n_neurons,).
    """
    rows = list(_rows(emulator, sources))
    none = np.zeros(0, dtype=np.int64)
    sizes = [len(weights) for _, _, weights, _ in rows]
    spiking = np.array([neuron for neuron, *_ in rows], dtype=np.int64)
    events = np.bincount(spiking, [events for *_, events in rows], sources.n_neurons)
    neurons = np.repeat(spiking, sizes)
    targets = np.concatenate([none, *(targets for _, targets, _, _ in rows)])
    weights = np.concatenate([none, *(weights for _, _, weights, _ in rows)])
    keep = weights != 0
    return neurons[keep], targets[keep], weights[keep], events.astype(np.int64)


def _rows(
    emulator: EmulatorInterface, sources: Sources
) -> Iterator[tuple[int, np.ndarray, np.ndarray, int]]:
    """Give, spike by spike that can be, its neuron, and what it adds where; and its events."""
    if emulator.block_info.dtype != np.int32:
        return
    for synapse, where in emulator.synapses.items():
        if synapse.learning:
            continue
        known: dict[tuple[int, int], tuple[np.ndarray, np.ndarray, int]] = {}
        for source, axon in sources.feeding(synapse):
            for neuron, number, atom in sources.axons_of(source, axon):
                base = synapse.axon_compartment_base(number)
                if base is None:
                    continue
                key = (int(synapse.axon_weight_idx(number)), atom)
                if key not in known:
                    known[key] = _row(synapse, number, atom)
                offsets, weights, events = known[key]
                targets = where.start + base + offsets
                yield sources.start[source] + neuron, targets, weights, events


def _row(synapse: Any, axon: int, atom: int) -> tuple[np.ndarray, np.ndarray, int]:
    weights, offsets = synapse.axon_weights_indices(axon, atom=atom)
    keep = last_of_each(offsets)
    return offsets[keep], weights[keep], int(np.count_nonzero(weights))


def last_of_each(indices: np.ndarray) -> np.ndarray:
    """Find each index's last place: the emulator's ``input[indices] += weights`` adds that."""
    _, places = np.unique(indices[::-1], return_index=True)
    return np.sort(len(indices) - 1 - places)


def _sum_by_key(keys: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Add up the weights of equal keys; keys come out sorted."""
    keys, where = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, where, weights)
    return keys, sums


def _common_shifts(weights: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the zero bits behind all weights of each tile, and whether the rest fits 8 bits."""
    if not len(first):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    bits = np.bitwise_or.reduceat(weights, first)
    shifts = np.bitwise_count((bits & -bits) - 1).astype(np.int64)
    shifts = np.minimum(shifts, 2**SHIFT_BITS - 1)
    low, high = np.minimum.reduceat(weights, first), np.maximum.reduceat(weights, first)
    return shifts, (low >> shifts >= SMALLEST) & (high >> shifts <= LARGEST)
