"""Fixed integer weights, summed by neuron and target."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from spikearm.loihi_deploy.engine.layout.sources import Sources
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface
from spikearm.neural.numbers import is_rising


@dataclass(frozen=True)
class FixedWeights:
    """Weights by neuron, then by target, each pair once and none zero.

    Attributes:
        neurons: Neurons that give the spikes, shape (n_weights,).
        targets: Compartments that the spikes reach, shape (n_weights,).
        weights: Weights that a spike adds, shape (n_weights,).
        events: Nonzero weights that a spike reaches, counted before those of the same compartment
            are summed, shape (n_neurons,).
    """

    neurons: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    events: np.ndarray

    def by_target(self, n_targets: int) -> list[tuple[bytes, bytes] | None]:
        """List the neurons and weights that reach each target, as comparable bytes."""
        order, bounds = self._by_target(n_targets)
        neurons, weights = self.neurons[order], self.weights[order]
        return [
            (neurons[first:end].tobytes(), weights[first:end].tobytes()) if first < end else None
            for first, end in pairwise(bounds.tolist())
        ]

    def sources_of_targets(self, n_targets: int) -> tuple[np.ndarray, np.ndarray]:
        """Find the first and the last neuron that reaches each target; -1 where none does."""
        order, bounds = self._by_target(n_targets)
        neurons = np.append(self.neurons[order], -1)
        first, last = bounds[:-1], bounds[1:] - 1
        none = first > last
        return np.where(none, -1, neurons[first]), np.where(none, -1, neurons[last])

    def _by_target(self, n_targets: int) -> tuple[np.ndarray, np.ndarray]:
        """Return an order by target, and the bounds of each target's weights in it."""
        order = np.argsort(self.targets, kind="stable")
        return order, np.searchsorted(self.targets[order], np.arange(n_targets + 1))


def collect_weights(
    emulator: EmulatorInterface, sources: Sources, left_out: Collection[Any] = ()
) -> FixedWeights:
    """Collect the fixed weights of an emulator's synapses; none if they are not discretised.

    Args:
        emulator: New emulator of the model.
        sources: Its sources of spikes.
        left_out: Groups of synapses that are left out.
    """
    rows = list(_rows(emulator, sources, left_out))
    none = np.zeros(0, dtype=np.int64)
    sizes = [len(weights) for _, _, weights, _ in rows]
    spiking = np.array([neuron for neuron, *_ in rows], dtype=np.int64)
    events = np.bincount(spiking, [events for *_, events in rows], sources.n_neurons)
    neurons = np.repeat(spiking, sizes)
    targets = np.concatenate([none, *(targets for _, targets, _, _ in rows)])
    weights = np.concatenate([none, *(weights for _, _, weights, _ in rows)])
    n = max(emulator.block_info.n_compartments, 1)
    keys, weights = _sum_by_key(neurons * n + targets, weights)
    keys, weights = keys[weights != 0], weights[weights != 0]
    return FixedWeights(keys // n, keys % n, weights, events.astype(np.int64))


def _rows(
    emulator: EmulatorInterface, sources: Sources, left_out: Collection[Any]
) -> Iterator[tuple[int, np.ndarray, np.ndarray, int]]:
    """Yield neuron, targets, weights and number of events of every possible spike."""
    if emulator.block_info.dtype != np.int32:
        return
    for synapse, where in emulator.synapses.items():
        if synapse.learning or synapse in left_out:
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
    """Find the last occurrence of each index, which ``input[indices] += weights`` adds."""
    if is_rising(indices):
        return np.arange(len(indices))
    _, places = np.unique(indices[::-1], return_index=True)
    return np.sort(len(indices) - 1 - places)


def _sum_by_key(keys: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum the weights of equal keys, sorted by key."""
    keys, where = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, where, weights)
    return keys, sums
