"""Kernels of connectivity, in machine code.

Each adds rows of weights to ``out``, returns the number of weights, and adds nothing and returns -1
where a neuron does not exist.
"""

import numpy as np

from spikearm.neural.connectivity.jit import jit
from spikearm.neural.connectivity.philox import philox, uniform


@jit
def all_exist(spikes, n_pre):
    """Return True if every neuron that is named exists."""
    for neuron in spikes:
        if neuron < 0 or neuron >= n_pre:
            return False
    return True


@jit
def add_stored(spikes, starts, targets, weights, out):
    """Add rows that are stored, compressed, as ``scipy.sparse.csr_array`` has them."""
    if not all_exist(spikes, len(starts) - 1):
        return -1
    n_events = 0
    for neuron in spikes:
        first, end = starts[neuron], starts[neuron + 1]
        for k in range(first, end):
            out[targets[k]] += weights[k]
        n_events += end - first
    return n_events


@jit
def add_dense(spikes, weights, out):
    """Add rows of a matrix of shape (n_pre, n_post)."""
    if not all_exist(spikes, len(weights)):
        return -1
    for neuron in spikes:
        row = weights[neuron]
        for target in range(len(out)):
            out[target] += row[target]
    return len(spikes) * len(out)


@jit
def add_convolved(spikes, kernel, shape, rows, columns, out):
    """Add rows of a convolution, worked out from its kernel.

    Args:
        spikes: Neurons that fired, numbered by row, column and channel.
        kernel: Weights, flat, of this shape.
        shape: Height, width, number of input channels and of output channels.
        rows: Size of the input, size of the output, stride and padding before, along the rows.
        columns: The same along the columns.
        out: Inputs that are added to, numbered by row, column and channel.
    """
    height, width, n_in, n_out = shape
    in_rows, out_rows, row_stride, above = rows
    in_columns, out_columns, column_stride, left = columns
    if not all_exist(spikes, in_rows * in_columns * n_in):
        return -1
    n_events = 0
    for neuron in spikes:
        channel = neuron % n_in
        row = neuron // n_in // in_columns + above
        column = neuron // n_in % in_columns + left
        # An output sees the input where 0 <= row - y * stride < height.
        first_y = max(0, (row - height + row_stride) // row_stride)
        first_x = max(0, (column - width + column_stride) // column_stride)
        end_y = min(out_rows, row // row_stride + 1)
        end_x = min(out_columns, column // column_stride + 1)
        for y in range(first_y, end_y):
            for x in range(first_x, end_x):
                i, j = row - y * row_stride, column - x * column_stride
                # Numbers without sign, because one that may be negative is checked at each access.
                weights = np.uintp(((i * width + j) * n_in + channel) * n_out)
                begin = np.uintp((y * out_columns + x) * n_out)
                for k in range(np.uintp(n_out)):
                    out[begin + k] += kernel[weights + k]
        n_events += max(0, end_y - first_y) * max(0, end_x - first_x) * n_out
    return n_events


@jit
def generate_row(neuron, n_post, log_miss, seed, targets, draws):
    """Work out the synapses of one neuron of a random connectivity.

    The gaps between targets are geometrically distributed, and drawn from a generator whose counter
    is the neuron and the number of the synapse: the row is the same whenever it is worked out.

    Args:
        neuron: Number of the neuron.
        n_post: Number of targets.
        log_miss: ``log(1 - p)``, with the probability ``p`` of a synapse.
        seed: Key of the generator, two numbers of 32 bits.
        targets: Array that is filled with targets, shape (n_post,).
        draws: Array that is filled with uniform numbers for the weights, shape (n_post,).

    Returns:
        Number of synapses.
    """
    n_synapses, target, count = 0, -1, 0
    while True:
        words = philox((count, neuron & 0xFFFFFFFF, neuron >> 32, 0), seed)
        for k in (0, 2):
            gap = np.log(uniform(words[k])) / log_miss
            if gap >= n_post:  # and may be beyond all integers
                return n_synapses
            target += 1 + int(gap)
            if target >= n_post:
                return n_synapses
            targets[n_synapses], draws[n_synapses] = target, uniform(words[k + 1])
            n_synapses += 1
        count += 1


@jit
def add_random(spikes, n_pre, log_miss, seed, weight, spread, targets, draws, out):
    """Add rows of a random connectivity, worked out by :func:`generate_row`."""
    if not all_exist(spikes, n_pre):
        return -1
    n_events = 0
    for neuron in spikes:
        n_synapses = generate_row(neuron, len(out), log_miss, seed, targets, draws)
        for k in range(n_synapses):
            out[targets[k]] += weight + spread * (2.0 * draws[k] - 1.0)
        n_events += n_synapses
    return n_events
