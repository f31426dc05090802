"""Arrays that kernels work on, in their order within blocks of memory."""

from typing import NamedTuple

import numpy as np

from spikearm.loihi_deploy.engine.jit import jit

COUNTING = True  # read when the kernels are compiled; benchmarks/counting.py turns it off

PER_DENDRITES, PER_SOMAS = 3, 7  # numbers per run of ``dendrites`` and ``somas``
PER_ROW, PER_RUN = 3, 2  # numbers per row in ``rows``, per run of tiles in ``runs``
PER_SHARED, PER_PIXEL = 7, 2  # numbers per source in ``shared``, per pixel in ``pixels``
PER_USE = 2  # numbers per use of a row in ``uses``
PER_LEARNING, PER_RULE = 12, 4  # numbers per learning synapse in ``learning``, ``learning_rule``
SHIFT_BITS, SHIFT_MASK = 5, 31  # of a run's head: the shift of its mantissas; above, its place

# Indices of the clock
TIME, SPIKES, EVENTS, LEARNED, HOST_SPIKES, FLAGS, N_FIRED = range(7)
FLOATS, NOISY, RANDOM = 7, 8, 9  # switches; NOISY: noise is drawn; RANDOM: or passed over
N_INPUTS, CLOCK_SIZE = 10, 11

# Flags
OVER_INPUT, OVER_CURRENT, OVER_MEMBRANE, LOST_TRACE, CLIPPED_TRACE, CLIPPED_WEIGHT = (
    1, 2, 4, 8, 16, 32,
)  # fmt: skip


class State(NamedTuple):
    """Arrays of :attr:`spikearm.loihi_deploy.engine.chip.Chip.state`."""

    current: np.ndarray
    voltage: np.ndarray
    input: np.ndarray
    bias: np.ndarray
    drive: np.ndarray
    threshold: np.ndarray
    floor: np.ndarray
    ceiling: np.ndarray
    noise: np.ndarray
    weights: np.ndarray
    traces: np.ndarray
    errors: np.ndarray
    changes: np.ndarray


class Index(NamedTuple):
    """Arrays of :attr:`spikearm.loihi_deploy.engine.chip.Chip.index`."""

    dendrites: np.ndarray
    somas: np.ndarray
    refractory: np.ndarray
    waiting: np.ndarray
    noise_at_membrane: np.ndarray
    fired: np.ndarray
    fired_start: np.ndarray
    own: np.ndarray
    shared: np.ndarray
    pixels: np.ndarray
    pattern_start: np.ndarray
    uses: np.ndarray
    rows: np.ndarray
    runs: np.ndarray
    item_target: np.ndarray
    item_weight: np.ndarray
    row_weight: np.ndarray
    row_size: np.ndarray
    row_target: np.ndarray
    row_offset: np.ndarray
    row_events: np.ndarray
    offsets: np.ndarray
    source_start: np.ndarray
    route_source: np.ndarray
    route_start: np.ndarray
    route_trace: np.ndarray
    route_scattered: np.ndarray
    route_row: np.ndarray
    route_axon: np.ndarray
    learning: np.ndarray
    traced: np.ndarray
    probe_key: np.ndarray
    probe_compartment: np.ndarray


class Real(NamedTuple):
    """Arrays of :attr:`spikearm.loihi_deploy.engine.chip.Chip.real`."""

    keep_current: np.ndarray
    keep_voltage: np.ndarray
    gain_current: np.ndarray
    gain_voltage: np.ndarray
    noise_offset: np.ndarray
    noise_scale: np.ndarray
    learning_rule: np.ndarray
    uniform: np.ndarray


@jit
def _view(block, bounds, row):
    return block[bounds[row, 0] : bounds[row, 1]]


@jit
def view_state(block, bounds):
    """View the arrays in a block of memory."""
    return State(
        _view(block, bounds, 0), _view(block, bounds, 1), _view(block, bounds, 2),
        _view(block, bounds, 3), _view(block, bounds, 4), _view(block, bounds, 5),
        _view(block, bounds, 6), _view(block, bounds, 7), _view(block, bounds, 8),
        _view(block, bounds, 9), _view(block, bounds, 10), _view(block, bounds, 11),
        _view(block, bounds, 12),
    )  # fmt: skip


@jit
def view_index(block, bounds):
    """View the arrays in a block of memory."""
    return Index(
        _view(block, bounds, 0), _view(block, bounds, 1), _view(block, bounds, 2),
        _view(block, bounds, 3), _view(block, bounds, 4), _view(block, bounds, 5),
        _view(block, bounds, 6), _view(block, bounds, 7), _view(block, bounds, 8),
        _view(block, bounds, 9), _view(block, bounds, 10), _view(block, bounds, 11),
        _view(block, bounds, 12), _view(block, bounds, 13), _view(block, bounds, 14),
        _view(block, bounds, 15), _view(block, bounds, 16), _view(block, bounds, 17),
        _view(block, bounds, 18), _view(block, bounds, 19), _view(block, bounds, 20),
        _view(block, bounds, 21), _view(block, bounds, 22), _view(block, bounds, 23),
        _view(block, bounds, 24), _view(block, bounds, 25), _view(block, bounds, 26),
        _view(block, bounds, 27), _view(block, bounds, 28), _view(block, bounds, 29),
        _view(block, bounds, 30), _view(block, bounds, 31), _view(block, bounds, 32),
    )  # fmt: skip


@jit
def view_real(block, bounds):
    """View the arrays in a block of memory."""
    return Real(
        _view(block, bounds, 0), _view(block, bounds, 1), _view(block, bounds, 2),
        _view(block, bounds, 3), _view(block, bounds, 4), _view(block, bounds, 5),
        _view(block, bounds, 6), _view(block, bounds, 7),
    )  # fmt: skip
