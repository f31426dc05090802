"""What a step of the chip computes, in machine code.

The order and the rounding are those of nengo-loihi's emulator, so that every voltage and
every spike is the same: first spikes of the step before reach their synapses, then learning
synapses trace and learn, then compartments are updated. Integers may be added in any order,
and are; floats are added in the emulator's.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
from numba.extending import overload

from loihi_deploy.engine.host_kernels import NOT_FINITE, run_host
from loihi_deploy.engine.lanes import LANES, add_lanes
from loihi_deploy.engine.mersenne import draw_doubles, draw_noise
from loihi_deploy.nengo_loihi_compat import Q_BITS, U_BITS

jit: Any = numba.njit(cache=True, nogil=True, error_model="numpy")

COUNTING = True  # read when the kernels are compiled; benchmarks/counting.py turns it off

TRACE_MAX = 127
PER_LEARNING, PER_RULE = 12, 4  # numbers per learning synapse in ``learning``, ``learning_rule``
SHIFT_BITS, SHIFT_MASK = 5, 31  # of a tile's head: the shift of its mantissas; above, its place
DECAY_BITS, DECAY_MASK = 12, 4095

# places in the clock
TIME, SPIKES, EVENTS, LEARNED, HOST_SPIKES, FLAGS, N_FIRED = range(7)
FLOATS, RANDOM, N_INPUTS, CLOCK_SIZE = 7, 8, 9, 10  # FLOATS, RANDOM: switches

# flags
OVER_INPUT, OVER_CURRENT, OVER_MEMBRANE, LOST_TRACE, CLIPPED_TRACE, CLIPPED_WEIGHT = (
    1, 2, 4, 8, 16, 32,
)  # fmt: skip


class State(NamedTuple):
    """Arrays of :attr:`loihi_deploy.engine.chip.Chip.state`."""

    current: np.ndarray
    voltage: np.ndarray
    input: np.ndarray
    bias: np.ndarray
    threshold: np.ndarray
    floor: np.ndarray
    ceiling: np.ndarray
    noise: np.ndarray
    weights: np.ndarray
    traces: np.ndarray
    errors: np.ndarray
    changes: np.ndarray


class Index(NamedTuple):
    """Arrays of :attr:`loihi_deploy.engine.chip.Chip.index`."""

    keep_current: np.ndarray
    keep_voltage: np.ndarray
    refractory: np.ndarray
    waiting: np.ndarray
    noise_at_membrane: np.ndarray
    fired: np.ndarray
    fired_start: np.ndarray
    tile_start: np.ndarray
    tile_head: np.ndarray
    item_start: np.ndarray
    item_target: np.ndarray
    item_weight: np.ndarray
    static_events: np.ndarray
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
    """Arrays of :attr:`loihi_deploy.engine.chip.Chip.real`."""

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
    """See the arrays in a block of memory."""
    return State(
        _view(block, bounds, 0), _view(block, bounds, 1), _view(block, bounds, 2),
        _view(block, bounds, 3), _view(block, bounds, 4), _view(block, bounds, 5),
        _view(block, bounds, 6), _view(block, bounds, 7), _view(block, bounds, 8),
        _view(block, bounds, 9), _view(block, bounds, 10), _view(block, bounds, 11),
    )  # fmt: skip


@jit
def view_index(block, bounds):
    """See the arrays in a block of memory."""
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
    )  # fmt: skip


@jit
def view_real(block, bounds):
    """See the arrays in a block of memory."""
    return Real(
        _view(block, bounds, 0), _view(block, bounds, 1), _view(block, bounds, 2),
        _view(block, bounds, 3), _view(block, bounds, 4), _view(block, bounds, 5),
        _view(block, bounds, 6), _view(block, bounds, 7),
    )  # fmt: skip


@jit
def deliver(state, index, mantissas, clock):
    """Add the fixed weights that the fired neurons reach: tiles of lanes, then single ones."""
    events = 0
    tile_start, tile_head, item_start = index.tile_start, index.tile_head, index.item_start
    item_target, item_weight, target = index.item_target, index.item_weight, state.input
    for place in range(clock[N_FIRED]):
        neuron = index.fired[place]
        if COUNTING:
            events += index.static_events[neuron]
        for tile in range(tile_start[neuron], tile_start[neuron + 1]):
            head = tile_head[tile]
            first, factor = LANES * (head >> SHIFT_BITS), np.int32(1 << (head & SHIFT_MASK))
            add_lanes(target, first, mantissas, LANES * tile, factor)
        for item in range(item_start[neuron], item_start[neuron + 1]):
            target[item_target[item]] += item_weight[item]
    clock[EVENTS] += events


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
    """Find where in the list of fired neurons each source's begin."""
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


@jit
def _round(x, bound, uniform):
    """Round a magnitude stochastically; gives the value and whether the bound cut it."""
    magnitude = abs(x)
    whole = np.floor(magnitude)
    value = np.int32(whole) + np.int32(magnitude - whole > uniform)
    cut = value > bound
    value = bound if cut else value
    return (-value if x < 0 else value), cut


@jit
def trace(state, index, real, clock, stream, words):
    """Let traces decay and rise."""
    for one in range(len(index.learning) // PER_LEARNING):
        plan, rule = index.learning[one * PER_LEARNING :], real.learning_rule[one * PER_RULE :]
        if clock[TIME] % plan[5] != 0:
            continue
        traces = state.traces[plan[3] :][: plan[0]]
        traced = index.traced[plan[3] :][: plan[0]]
        if clock[FLOATS]:
            for k in range(plan[0]):
                traces[k] = rule[0] * traces[k] + (rule[1] if traced[k] else 0.0)
        else:
            uniform = real.uniform[: plan[0]]
            draw_doubles(stream, words, uniform)
            if _trace_integers(traces, traced, rule[0], rule[1], uniform):
                clock[FLAGS] |= CLIPPED_TRACE
        traced[:] = 0


@jit
def _trace_integers(traces, traced, decay, magnitude, uniform):
    cut_any = False
    for k in range(len(traces)):
        value = decay * traces[k] + (magnitude if traced[k] else 0.0)
        traces[k], cut = _round(value, np.int32(TRACE_MAX), uniform[k])
        cut_any |= cut
    return cut_any


@jit
def learn(state, index, real, clock, stream, words):
    """Change the weights of learning synapses: errors times traces."""
    for one in range(len(index.learning) // PER_LEARNING):
        plan, rule = index.learning[one * PER_LEARNING :], real.learning_rule[one * PER_RULE :]
        if clock[TIME] % plan[6] != 0:
            continue
        size = plan[0] * plan[1]
        clock[LEARNED] += size
        weights, changes = state.weights[plan[2] :][:size], state.changes[:size]
        _outer(changes, state.traces[plan[3] :][: plan[0]], state.errors[plan[4] :][: plan[1] // 2])
        if clock[FLOATS]:
            _learn_floats(weights, changes, plan[7], rule[2])
        else:
            uniform = real.uniform[:size]
            draw_doubles(stream, words, uniform)
            if _learn_integers(weights, changes, plan, rule[3], uniform):
                clock[FLAGS] |= CLIPPED_WEIGHT


@jit
def _outer(changes, traces, errors):
    """Multiply traces with errors, the negative ones first."""
    half, place = len(errors), 0
    for pre in traces:
        for k in range(half):
            changes[place + k] = pre * -errors[k]
            changes[place + half + k] = pre * errors[k]
        place += 2 * half


@jit
def _learn_floats(weights, changes, single, rate):
    for k in range(len(weights)):
        change = np.float32(rate) * changes[k] if single else rate * changes[k]
        weights[k] = weights[k] + change


@jit
def _learn_integers(weights, changes, plan, scale, uniform):
    rate, bound, shift = plan[7], plan[11], plan[10]
    left, right = max(plan[8], 0), max(-plan[8], 0)
    raise_left, raise_right = max(plan[9], 0), max(-plan[9], 0)
    cut_any = False
    for k in range(len(weights)):
        product = np.int32(np.int32(np.int32(np.int32(changes[k]) * rate) << left) >> right)
        raised = np.int32(
            np.int32(np.int32(np.int32(weights[k]) << raise_left) >> raise_right) + product
        )
        value, cut = _round(raised * scale, bound, uniform[k])
        weights[k] = value << shift
        cut_any |= cut
    return cut_any


@jit
def _wrap(x, bits):
    """Let an integer overflow at a number of bits beside its sign."""
    top = np.int32(1 << bits)
    return np.int32(np.int32(np.int32(x + top) & np.int32((1 << (bits + 1)) - 1)) - top)


@jit
def _decay(x, keep):
    """Give ``sign(x) floor(|x| keep / 4096)``, within 32 bits."""
    size = np.int32(-x if x < 0 else x)
    high, low = np.int32(size >> DECAY_BITS), np.int32(size & DECAY_MASK)
    kept = np.int32(np.int32(high * keep) + np.int32(np.int32(low * keep) >> DECAY_BITS))
    return np.int32(-kept if x < 0 else kept)


@jit
def update_integer(state, index, real, spiked, clock):
    """Advance all compartments in the chip's integer arithmetic."""
    over_input = over_current = over_membrane = np.int32(0)
    for i in range(len(state.current)):
        x = state.input[i]
        wrapped = _wrap(x, Q_BITS)
        over_input |= x ^ wrapped
        state.input[i] = 0

        x = np.int32(_decay(state.current[i], index.keep_current[i]) + wrapped)
        current = _wrap(x, U_BITS)
        over_current |= x ^ current
        state.current[i] = current

        x = np.int32(np.int32(current + state.bias[i]) + state.noise[i])
        membrane = _wrap(x, U_BITS)
        over_membrane |= x ^ membrane

        voltage = np.int32(_decay(state.voltage[i], index.keep_voltage[i]) + membrane)
        voltage = min(max(voltage, state.floor[i]), state.ceiling[i])
        waiting = index.waiting[i]
        voltage = np.int32(0) if waiting > 0 else voltage
        fires = voltage > state.threshold[i]
        state.voltage[i] = np.int32(0) if fires else voltage
        waiting = index.refractory[i] if fires else waiting
        index.waiting[i] = max(np.int32(waiting - 1), np.int32(0))
        spiked[i] = fires
    if over_input:
        clock[FLAGS] |= OVER_INPUT
    if over_current:
        clock[FLAGS] |= OVER_CURRENT
    if over_membrane:
        clock[FLAGS] |= OVER_MEMBRANE


@jit
def update_float(state, index, real, spiked):
    """Advance all compartments in single precision, before discretisation."""
    for i in range(len(state.current)):
        q = state.input[i]
        state.input[i] = 0
        current = (
            np.float32(real.keep_current[i]) * state.current[i]
            + np.float32(real.gain_current[i]) * q
        )
        state.current[i] = current
        u = current + state.bias[i] + state.noise[i]
        voltage = (
            np.float32(real.keep_voltage[i]) * state.voltage[i]
            + np.float32(real.gain_voltage[i]) * u
        )
        voltage = min(max(voltage, state.floor[i]), state.ceiling[i])
        waiting = index.waiting[i]
        voltage = np.float32(0) if waiting > 0 else voltage
        fires = voltage > state.threshold[i]
        state.voltage[i] = np.float32(0) if fires else voltage
        waiting = index.refractory[i] if fires else waiting
        index.waiting[i] = max(waiting - 1, 0)
        spiked[i] = fires


@jit
def draw(state, index, real, clock, stream, words):
    """Draw the noise of a step; the emulator draws it even where it is off.

    What goes into the synaptic input is added to it; what goes into the membrane is kept.
    """
    n = len(state.current)
    if clock[FLOATS]:
        uniform = real.uniform[:n]
        draw_doubles(stream, words, uniform)
        for i in range(n):
            offset, scale = np.float32(real.noise_offset[i]), np.float32(real.noise_scale[i])
            state.noise[i] = (np.float32(-1.0 + 2.0 * uniform[i]) + offset) * scale
    else:
        drawn = words[:n].view(np.int32)
        draw_noise(stream, drawn)
        for i in range(n):
            state.noise[i] = np.int32((drawn[i] + real.noise_offset[i]) * real.noise_scale[i])
    for i in range(n):
        if not index.noise_at_membrane[i]:
            state.input[i] += state.noise[i]
            state.noise[i] = 0


@jit
def collect(index, spiked, spiked_words, clock):
    """List which compartments fired, looking at whole words of spikes."""
    fired, count = index.fired, 0
    for word in range(len(spiked_words)):
        if spiked_words[word] != 0:
            for i in range(LANES * word, LANES * word + LANES):
                fired[count] = i
                count += spiked[i]
    clock[N_FIRED] = count
    if COUNTING:
        clock[SPIKES] += count


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
def record(state, index, spiked, out):
    """Copy what the probes look at."""
    for k in range(len(index.probe_key)):
        i, key = index.probe_compartment[k], index.probe_key[k]
        if key == 0:
            out[k] = state.current[i]
        elif key == 1:
            out[k] = state.voltage[i]
        else:
            out[k] = spiked[i]


def update(state, index, real, spiked, clock):
    """Advance all compartments, as the type of their state asks for."""


@overload(update)
def _choose_update(state, index, real, spiked, clock):
    if state.types[0].dtype == numba.int32:
        return lambda state, index, real, spiked, clock: update_integer(
            state, index, real, spiked, clock
        )
    return lambda state, index, real, spiked, clock: update_float(state, index, real, spiked)


@jit
def step_chip(
    state, index, real, mantissas, spiked, spiked_words, stream, words, clock, arriving,
    arriving_start, out,
):  # fmt: skip
    """Let the spikes of the step before arrive, learn from them, advance and record."""
    clock[TIME] += 1
    receive(index, clock, arriving, arriving_start)
    deliver(state, index, mantissas, clock)
    if len(index.route_source):
        deliver_routes(state, index, clock)
    if len(index.learning):
        trace(state, index, real, clock, stream, words)
        learn(state, index, real, clock, stream, words)
    if clock[RANDOM]:
        draw(state, index, real, clock, stream, words)
    update(state, index, real, spiked, clock)
    collect(index, spiked, spiked_words, clock)
    record(state, index, spiked, out)


@jit
def run_chip(
    state_block, state_bounds, index_block, index_bounds, real_block, real_bounds,
    mantissas, spiked, spiked_words, stream, words, clock, arriving, arriving_start, out,
):  # fmt: skip
    """Run blocks for a number of steps.

    Args:
        state_block, index_block, real_block: The chip's arenas.
        state_bounds, index_bounds, real_bounds: Where their arrays lie.
        mantissas: Weights of tiles, 8-bit.
        spiked: Spikes of the last step, 8-bit; the same memory as ``spiked_words``, 64-bit.
        spiked_words: See ``spiked``.
        stream: State of the random stream.
        words: Scratch for random numbers.
        clock: Time, counters, flags and switches; changed.
        arriving: Neurons of the spike inputs that fire, step by step and input by input.
        arriving_start: Where each begins, shape (n_steps * n_inputs + 1,).
        out: What probes record, shape (n_steps, n_probed).
    """
    state = view_state(state_block, state_bounds)
    index = view_index(index_block, index_bounds)
    real = view_real(real_block, real_bounds)
    for step in range(len(out)):
        step_chip(
            state, index, real, mantissas, spiked, spiked_words, stream, words, clock, arriving,
            arriving_start[step * clock[N_INPUTS] :], out[step],
        )  # fmt: skip


@jit
def run_together(
    memory, program, ticks, links, sent, sent_start, alarms, outputs, output_weights,
    state_block, state_bounds, index_block, index_bounds, real_block, real_bounds,
    mantissas, spiked, spiked_words, stream, words, clock, out,
):  # fmt: skip
    """Run host and chip in turn for a number of steps, or until a value is not finite.

    Args:
        memory, program, ticks, links, alarms: As :func:`host_kernels.run_host` takes them.
        sent: Neurons that fire towards the chip in even and in odd steps.
        sent_start: Where each input's begin, shape (2, n_inputs + 1).
        outputs: For each value that the chip sends: its place in ``memory`` and the two probed
            spikes that it is the weighted sum of, shape (n_outputs, 3).
        output_weights: Shape (n_outputs, 2).
        state_block, state_bounds, index_block, index_bounds, real_block, real_bounds, mantissas,
            spiked, spiked_words, stream, words, clock, out: As :func:`run_chip` takes them.

    Returns:
        Steps that were completed.
    """
    state = view_state(state_block, state_bounds)
    index = view_index(index_block, index_bounds)
    real = view_real(real_block, real_bounds)
    for step in range(len(out)):
        now = clock[TIME] % 2
        run_host(
            memory, program, 0, len(program), ticks, links, sent[now], sent_start[now],
            state.errors, alarms,
        )  # fmt: skip
        if alarms[0] & NOT_FINITE:
            return step
        step_chip(
            state, index, real, mantissas, spiked, spiked_words, stream, words, clock,
            sent[1 - now], sent_start[1 - now], out[step],
        )  # fmt: skip
        for k in range(len(outputs)):
            memory[outputs[k, 0]] = (
                output_weights[k, 0] * out[step, outputs[k, 1]]
                + output_weights[k, 1] * out[step, outputs[k, 2]]
            )
    return len(out)
