"""Kernels of sparse layers. Those that multiply count their multiplications as they go.

Indices are unsigned: numba looks for negative ones otherwise, which takes longer than a product.
The two packed products repeat a loop: shared, it takes two fifths longer.
"""

import numpy as np

from spikearm.neural.sparsity.jit import jit

OUT_OF_RANGE = -1
"""Count of a kernel that was given an index beyond the inputs."""


@jit
def multiply_packed(
    values: np.ndarray,
    kernel_ids: np.ndarray,
    width: int,
    activations: np.ndarray,
    slots: np.ndarray,
) -> int:
    """Multiply packed weights by all activations, and add the products in the neurons' slots."""
    macs = 0
    n_in, n_groups = values.shape
    for column in range(n_in):
        activation = activations[column]
        first = np.uint64(0)  # slot of the group's first neuron
        for group in range(n_groups):
            slot = first + np.uint64(kernel_ids[column, group])
            slots[slot] += values[column, group] * activation
            first += np.uint64(width)
        macs += n_groups
    return macs


@jit
def multiply_packed_selected(
    values: np.ndarray,
    kernel_ids: np.ndarray,
    width: int,
    indices: np.ndarray,
    activations: np.ndarray,
    slots: np.ndarray,
) -> int:
    """Multiply packed weights by the activations of a few inputs; nothing else is read."""
    macs = 0
    n_in, n_groups = values.shape
    for active in range(indices.shape[0]):
        column, activation = np.uint64(indices[active]), activations[active]
        if column >= np.uint64(n_in):
            return OUT_OF_RANGE
        first = np.uint64(0)
        for group in range(n_groups):
            slot = first + np.uint64(kernel_ids[column, group])
            slots[slot] += values[column, group] * activation
            first += np.uint64(width)
        macs += n_groups
    return macs


@jit
def multiply_columns_selected(
    values: np.ndarray,
    rows: np.ndarray,
    starts: np.ndarray,
    indices: np.ndarray,
    activations: np.ndarray,
    outputs: np.ndarray,
) -> int:
    """Multiply compressed columns by the activations of a few inputs."""
    macs = 0
    n_in = starts.shape[0] - 1
    for active in range(indices.shape[0]):
        column, activation = np.uint64(indices[active]), activations[active]
        if column >= np.uint64(n_in):
            return OUT_OF_RANGE
        first, end = starts[column], starts[column + np.uint64(1)]
        for entry in range(first, end):
            outputs[rows[entry]] += values[entry] * activation
        macs += end - first
    return macs


@jit
def collect_winners(
    scores: np.ndarray, activations: np.ndarray, threshold: float, n_winners: int
) -> tuple[np.ndarray, np.ndarray]:
    """List the neurons above a threshold, and as many of those on it as are missing.

    Neurons are in ascending order; of those on the threshold, the first ones are taken.
    """
    n_neurons = scores.shape[0]
    on_threshold = n_winners
    for neuron in range(n_neurons):
        on_threshold -= scores[neuron] > threshold
    indices = np.empty(n_neurons + 1, np.intp)
    winners = np.empty(n_neurons + 1, activations.dtype)
    found = 0
    for neuron in range(n_neurons):
        on = (scores[neuron] == threshold) & (on_threshold > 0)
        indices[found] = neuron  # stays if it wins: a branch is slower
        winners[found] = activations[neuron]
        found += on | (scores[neuron] > threshold)
        on_threshold -= on
    return indices[:found], winners[:found]


@jit
def _overlap(taken: np.ndarray, wanted: np.ndarray) -> bool:
    for position in range(taken.shape[0]):  # noqa: SIM110  numba has no any() of a generator
        if taken[position] and wanted[position]:
            return True
    return False


@jit
def first_fit(mask: np.ndarray, most: int) -> np.ndarray:
    """Assign each neuron to the first group of fewer than ``most`` where its inputs are free."""
    n_out, n_in = mask.shape
    groups = np.zeros(n_out, np.intp)
    sizes = np.zeros(n_out, np.intp)
    taken = np.zeros((n_out, n_in), np.bool_)
    for neuron in range(n_out):
        group = 0
        while sizes[group] >= most or _overlap(taken[group], mask[neuron]):
            group += 1
        groups[neuron] = group
        sizes[group] += 1
        taken[group] |= mask[neuron]
    return groups
