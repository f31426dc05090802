"""Delivery of spikes in the step after they were fired: to weights, and to traces."""

import numpy as np

from spikearm.loihi_deploy.engine.jit import inline, jit
from spikearm.loihi_deploy.engine.lanes import LANES, add_lanes, prefetch
from spikearm.loihi_deploy.engine.layout.layout import (
    COUNTING,
    EVENTS,
    FLAGS,
    HOST_SPIKES,
    LOST_TRACE,
    N_FIRED,
    N_INPUTS,
    PER_PIXEL,
    PER_ROW,
    PER_RUN,
    PER_SHARED,
    PER_USE,
    SHIFT_BITS,
    SHIFT_MASK,
)

AHEAD = 4  # spikes between two stages of fetching
CACHE_LINE = 16  # 32-bit numbers


@jit
def receive(index, clock, arriving, arriving_start):
    """List the neurons of spike inputs that fire, behind the compartments that fired."""
    n_inputs = clock[N_INPUTS]
    n_blocks = len(index.source_start) - 1 - n_inputs
    count = clock[N_FIRED]
    for k in range(n_inputs):
        first = index.source_start[n_blocks + k]
        for place in range(arriving_start[k], arriving_start[k + 1]):
            index.fired[count] = first + arriving[place]
            count += 1
    clock[HOST_SPIKES] += count - clock[N_FIRED]
    clock[N_FIRED] = count


@jit
def deliver(state, index, mantissas, clock):
    """Add the fixed weights that the fired neurons reach: rows of their own, then shared ones."""
    if index.own[2]:
        events = _deliver_own_fetching(state, index, mantissas, clock[N_FIRED])
    else:
        events = _deliver_own(state, index, mantissas, clock[N_FIRED])
    if len(index.shared):
        events += _deliver_shared(state, index, mantissas, clock[N_FIRED])
    clock[EVENTS] += events


@jit
def _deliver_own(state, index, mantissas, n_fired):
    """Add the rows that neurons have for themselves, and return the number of events."""
    events = 0
    first, n_own = index.own[0], index.own[1]
    for place in range(n_fired):
        row = index.fired[place] - first
        if 0 <= row < n_own:
            events += _add_row(
                row, 0, index.rows, index.runs, mantissas, index.item_target, index.item_weight,
                state.input,
            )  # fmt: skip
    return events


@jit
def _deliver_own_fetching(state, index, mantissas, n_fired):
    """Do the same where weights are not in the cache: ask for those of later spikes meanwhile.

    The loop is repeated: a body that both call, and that takes whole tuples, takes twice the time
    and more, even inlined.
    """
    events = 0
    first, n_own = index.own[0], index.own[1]
    for place in range(n_fired):
        _fetch_ahead(place, n_fired, first, n_own, index, mantissas)
        row = index.fired[place] - first
        if 0 <= row < n_own:
            events += _add_row(
                row, 0, index.rows, index.runs, mantissas, index.item_target, index.item_weight,
                state.input,
            )  # fmt: skip
    return events


@inline
def _fetch_ahead(place, n_fired, first, n_own, index, mantissas):
    """Ask for what later spikes need; what is asked for here tells the next stage where to look."""
    if place + 3 * AHEAD < n_fired:
        prefetch(index.rows, PER_ROW * (index.fired[place + 3 * AHEAD] - first))
    if place + 2 * AHEAD < n_fired:
        row = index.fired[place + 2 * AHEAD] - first
        if 0 <= row < n_own:
            numbers = index.rows[PER_ROW * row :]
            for run in range(PER_RUN * numbers[0], PER_RUN * numbers[PER_ROW], CACHE_LINE):
                prefetch(index.runs, run)
            for item in range(numbers[1], numbers[1 + PER_ROW], CACHE_LINE):
                prefetch(index.item_target, item)
                prefetch(index.item_weight, item)
    if place + AHEAD < n_fired:
        row = index.fired[place + AHEAD] - first
        if 0 <= row < n_own:
            numbers = index.rows[PER_ROW * row :]
            tile = index.runs[PER_RUN * numbers[0] + 1]
            end = index.runs[PER_RUN * numbers[PER_ROW] + 1]
            for byte in range(LANES * tile, LANES * end, 4 * CACHE_LINE):
                prefetch(mantissas, byte)


@jit
def _deliver_shared(state, index, mantissas, n_fired):
    """Add the rows that neurons share, source by source, and return the number of events."""
    events, place = 0, 0
    for source in range(0, len(index.shared), PER_SHARED):
        plan = index.shared[source:]
        while place < n_fired and index.fired[place] < plan[0]:
            place += 1
        while place < n_fired and index.fired[place] < plan[1]:
            neuron = np.uint32(index.fired[place] - plan[2])
            pixel, channel = neuron // np.uint32(plan[3]), neuron % np.uint32(plan[3])
            channel_of_all = plan[4] + np.int64(channel)
            numbers = index.pixels[PER_PIXEL * (plan[5] + np.int64(pixel)) :]
            start, base = index.pattern_start[numbers[0] :], plan[6] + numbers[1]
            for use in range(PER_USE * start[0], PER_USE * start[1], PER_USE):
                events += _add_row(
                    index.uses[use] + channel_of_all, base + index.uses[use + 1], index.rows,
                    index.runs, mantissas, index.item_target, index.item_weight, state.input,
                )  # fmt: skip
            place += 1
    return events


@inline
def _add_row(number, base, rows, runs, mantissas, item_target, item_weight, target):
    """Add a row of weights, runs of tiles and then single ones; return the number of events."""
    row = rows[PER_ROW * number :]
    for run in range(PER_RUN * row[0], PER_RUN * row[PER_ROW], PER_RUN):
        head, tile, end = runs[run], runs[run + 1], runs[run + 1 + PER_RUN]
        first, factor = base + LANES * (head >> SHIFT_BITS), np.int32(1 << (head & SHIFT_MASK))
        for k in range(end - tile):
            add_lanes(target, first + LANES * k, mantissas, LANES * (tile + k), factor)
    for item in range(row[1], row[1 + PER_ROW]):
        target[base + item_target[item]] += item_weight[item]
    return np.int64(row[2]) if COUNTING else 0


@jit
def deliver_routes(state, index, clock):
    """Add weights that are learned or no integers, in the emulator's order; mark their traces."""
    _find_sources(index, clock)
    for route in range(len(index.route_source)):
        source = index.route_source[route]
        fired = index.fired[index.fired_start[source] : index.fired_start[source + 1]]
        first_neuron, start = index.source_start[source], index.route_start[route]
        if index.route_trace[route] >= 0:
            traced = index.traced[index.route_trace[route] :]
            _mark(fired, first_neuron, index.route_axon[start:], traced, clock)
        # Arrays one by one, because a whole tuple would be copied on every call.
        rows = index.route_row[start:]
        if index.route_scattered[route]:
            clock[EVENTS] += _scatter_rows(
                fired, first_neuron, rows, index.row_weight, index.row_size, index.row_target,
                index.row_offset, index.row_events, index.offsets, state.weights, state.input,
            )  # fmt: skip
        else:
            clock[EVENTS] += _add_rows(
                fired, first_neuron, rows, index.row_weight, index.row_size, index.row_target,
                index.row_events, state.weights, state.input,
            )  # fmt: skip


@jit
def _find_sources(index, clock):
    """Find the first of each source's neurons in the list of fired neurons."""
    place = 0
    for source in range(len(index.source_start) - 1):
        index.fired_start[source] = place
        while place < clock[N_FIRED] and index.fired[place] < index.source_start[source + 1]:
            place += 1
    index.fired_start[-1] = place


@jit
def _add_rows(
    fired, first_neuron, rows, row_weight, row_size, row_target, row_events, weights, target
):
    events = 0
    for neuron in fired:
        row = rows[neuron - first_neuron]
        if row >= 0:
            events += row_events[row]
            first, size, place = row_weight[row], row_size[row], row_target[row]
            for k in range(size):
                target[place + k] += weights[first + k]
    return events


@jit
def _scatter_rows(
    fired, first_neuron, rows, row_weight, row_size, row_target, row_offset, row_events, offsets,
    weights, target,
):  # fmt: skip
    events = 0
    for neuron in fired:
        row = rows[neuron - first_neuron]
        if row >= 0:
            events += row_events[row]
            first, place, offset = row_weight[row], row_target[row], row_offset[row]
            for k in range(row_size[row]):
                target[place + offsets[offset + k]] += weights[first + k]
    return events


@jit
def _mark(fired, first_neuron, axons, traced, clock):
    """Mark the traces of the axons that carry a spike."""
    for neuron in fired:
        axon = axons[neuron - first_neuron]
        if axon >= 0:
            if traced[axon]:
                clock[FLAGS] |= LOST_TRACE
            traced[axon] = 1
