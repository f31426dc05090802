"""What a step of the chip computes, in machine code.

The order and the rounding are those of nengo-loihi's emulator, so that every voltage and
every spike is the same: first spikes of the step before reach their synapses, then learning
synapses trace and learn, then compartments are updated.
"""

from typing import NamedTuple

import numba
import numpy as np

from loihi_deploy.engine.mersenne import draw_doubles, draw_noise
from loihi_deploy.nengo_loihi_compat import Q_BITS, U_BITS

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

TRACE_MAX = 127
PER_LEARNING, PER_RULE = 12, 4  # numbers per learning synapse in ``learning``, ``learning_rule``

# places in the clock
TIME, SPIKES, EVENTS, LEARNED, HOST_SPIKES, FLAGS = range(6)
FLOATS, RANDOM, N_INPUTS, CLOCK_SIZE = 6, 7, 8, 9  # FLOATS, RANDOM: switches

DENSE, SCATTERED, NARROW = range(3)  # kinds of routes

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
    weights: np.ndarray
    traces: np.ndarray
    errors: np.ndarray


class Index(NamedTuple):
    """Arrays of :attr:`loihi_deploy.engine.chip.Chip.index`."""

    refractory: np.ndarray
    waiting: np.ndarray
    noise_at_membrane: np.ndarray
    fired: np.ndarray
    fired_count: np.ndarray
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
    route_kind: np.ndarray
    route_factor: np.ndarray
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
        _view(block, bounds, 9),
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
        _view(block, bounds, 21), _view(block, bounds, 22),
    )  # fmt: skip


@jit
def view_real(block, bounds):
    """See the arrays in a block of memory."""
    return Real(
        _view(block, bounds, 0), _view(block, bounds, 1), _view(block, bounds, 2),
        _view(block, bounds, 3), _view(block, bounds, 4), _view(block, bounds, 5),
        _view(block, bounds, 6),
    )  # fmt: skip


@jit
def deliver(state, index, mantissas, clock):
    """Add the weights that the fired neurons reach, and mark the traces that they leave."""
    for route in range(len(index.route_source)):
        source = index.route_source[route]
        first, count = index.source_start[source], index.fired_count[source]
        fired = index.fired[first : first + count]
        start = index.route_start[route]
        if index.route_trace[route] >= 0:
            _mark(fired, index.route_axon[start:], index.traced[index.route_trace[route] :], clock)
        rows = index.route_row[start:]
        # Arrays one by one, because a whole tuple would be copied on every call; and a
        # function for each kind, because one with all of them in it runs at half the speed.
        kind = index.route_kind[route]
        if kind == NARROW:
            clock[EVENTS] += _add_narrow_rows(
                fired, rows, index.row_weight, index.row_size, index.row_target,
                index.row_events, mantissas, index.route_factor[route], state.input,
            )  # fmt: skip
        elif kind == DENSE:
            clock[EVENTS] += _add_rows(
                fired, rows, index.row_weight, index.row_size, index.row_target,
                index.row_events, state.weights, state.input,
            )  # fmt: skip
        else:
            clock[EVENTS] += _scatter_rows(
                fired, rows, index.row_weight, index.row_size, index.row_target,
                index.row_offset, index.row_events, index.offsets, state.weights, state.input,
            )  # fmt: skip


@jit
def _add_narrow_rows(
    fired, rows, row_weight, row_size, row_target, row_events, mantissas, factor, target
):
    """Add rows of one size and target four at a time: reading them is what takes time."""
    events = waiting = a = b = c = 0
    reached = target[:0]
    for neuron in fired:
        row = rows[neuron]
        if row < 0:
            continue
        events += row_events[row]
        first = row_weight[row]
        reached = target[row_target[row] :][: row_size[row]]
        if waiting == 3:
            _add_four(
                reached, mantissas[a:], mantissas[b:], mantissas[c:], mantissas[first:], factor
            )
            waiting = 0
            continue
        a, b, c = (
            (first, b, c) if waiting == 0 else (a, first, c) if waiting == 1 else (a, b, first)
        )
        waiting += 1
    if waiting > 0:
        _add_one(reached, mantissas[a:], factor)
    if waiting > 1:
        _add_one(reached, mantissas[b:], factor)
    if waiting > 2:
        _add_one(reached, mantissas[c:], factor)
    return events


@jit
def _add_four(target, a, b, c, d, factor):
    for k in range(len(target)):
        total = np.int32(a[k]) + np.int32(b[k]) + np.int32(c[k]) + np.int32(d[k])
        target[k] = np.int32(target[k] + np.int32(total * factor))


@jit
def _add_one(target, mantissas, factor):
    for k in range(len(target)):
        target[k] = np.int32(target[k] + np.int32(np.int32(mantissas[k]) * factor))


@jit
def _add_rows(fired, rows, row_weight, row_size, row_target, row_events, weights, target):
    events = 0
    for neuron in fired:
        row = rows[neuron]
        if row >= 0:
            events += row_events[row]
            first, size, place = row_weight[row], row_size[row], row_target[row]
            _add(target[place : place + size], weights[first : first + size])
    return events


@jit
def _scatter_rows(
    fired, rows, row_weight, row_size, row_target, row_offset, row_events, offsets, weights, target
):
    events = 0
    for neuron in fired:
        row = rows[neuron]
        if row >= 0:
            events += row_events[row]
            first, size, offset = row_weight[row], row_size[row], row_offset[row]
            _scatter(
                target[row_target[row] :],
                offsets[offset : offset + size],
                weights[first : first + size],
            )
    return events


@jit
def _add(target, weights):
    for k in range(len(weights)):
        target[k] += weights[k]


@jit
def _scatter(target, offsets, weights):
    for k in range(len(weights)):
        target[offsets[k]] += weights[k]


@jit
def _mark(fired, axons, traced, clock):
    """Mark the traces of the axons that carry a spike."""
    for neuron in fired:
        axon = axons[neuron]
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
def trace(state, index, real, clock, stream):
    """Let traces decay and rise."""
    for one in range(len(index.learning) // PER_LEARNING):
        plan, rule = index.learning[one * PER_LEARNING :], real.learning_rule[one * PER_RULE :]
        if clock[TIME] % plan[5] != 0:
            continue
        traces = state.traces[plan[3] :][: plan[0]]
        traced = index.traced[plan[3] :][: plan[0]]
        uniform = draw_doubles(stream, 0 if clock[FLOATS] else plan[0])
        for k in range(plan[0]):
            value = rule[0] * traces[k] + (rule[1] if traced[k] else 0.0)
            traced[k] = 0
            if clock[FLOATS]:
                traces[k] = value
            else:
                traces[k], cut = _round(value, np.int32(TRACE_MAX), uniform[k])
                if cut:
                    clock[FLAGS] |= CLIPPED_TRACE


@jit
def learn(state, index, real, clock, stream):
    """Change the weights of learning synapses: errors times traces."""
    for one in range(len(index.learning) // PER_LEARNING):
        plan, rule = index.learning[one * PER_LEARNING :], real.learning_rule[one * PER_RULE :]
        if clock[TIME] % plan[6] != 0:
            continue
        half = plan[1] // 2
        clock[LEARNED] += plan[0] * plan[1]
        uniform = draw_doubles(stream, 0 if clock[FLOATS] else plan[0] * plan[1])
        for axon in range(plan[0]):
            pre = state.traces[plan[3] + axon]
            first = plan[2] + axon * plan[1]
            for k in range(plan[1]):
                error = state.errors[plan[4] + k % half]
                delta = pre * (-error if k < half else error)
                if clock[FLOATS]:
                    _learn_float(state.weights, first + k, plan[7], rule[2], delta)
                else:
                    drawn = uniform[axon * plan[1] + k]
                    _learn_integer(state.weights, first + k, plan, rule[3], delta, clock, drawn)


@jit
def _learn_float(weights, k, single, rate, delta):
    change = np.float32(rate) * delta if single else rate * delta
    weights[k] = weights[k] + change


@jit
def _shift(x, bits):
    return x << bits if bits >= 0 else x >> -bits


@jit
def _learn_integer(weights, k, plan, scale, delta, clock, uniform):
    product = _shift(np.int32(np.int32(delta) * plan[7]), plan[8])
    raised = np.int32(_shift(np.int32(weights[k]), plan[9]) + product)
    value, cut = _round(raised * scale, plan[11], uniform)
    if cut:
        clock[FLAGS] |= CLIPPED_WEIGHT
    weights[k] = value << plan[10]


@jit
def _wrap(x, bits):
    """Let an integer overflow at a number of bits beside its sign."""
    top = np.int32(1 << bits)
    return ((x + top) & np.int32((1 << (bits + 1)) - 1)) - top


@jit
def update_integer(state, index, real, noise, spiked, clock):
    """Advance all compartments in the chip's integer arithmetic."""
    over_input = over_current = over_membrane = np.int32(0)
    for i in range(len(state.current)):
        at_membrane = index.noise_at_membrane[i]
        x = state.input[i] + (np.int32(0) if at_membrane else noise[i])
        wrapped = _wrap(x, Q_BITS)
        over_input |= x ^ wrapped
        state.input[i] = 0

        x = np.int32(state.current[i] * real.keep_current[i]) + wrapped
        current = _wrap(x, U_BITS)
        over_current |= x ^ current
        state.current[i] = current

        x = current + state.bias[i] + (noise[i] if at_membrane else np.int32(0))
        membrane = _wrap(x, U_BITS)
        over_membrane |= x ^ membrane

        voltage = np.int32(state.voltage[i] * real.keep_voltage[i]) + membrane
        voltage = min(max(voltage, state.floor[i]), state.ceiling[i])
        waiting = index.waiting[i]
        voltage = np.int32(0) if waiting > 0 else voltage
        fires = voltage > state.threshold[i]
        state.voltage[i] = np.int32(0) if fires else voltage
        waiting = index.refractory[i] if fires else waiting
        index.waiting[i] = max(waiting - 1, 0)
        spiked[i] = fires
    if over_input:
        clock[FLAGS] |= OVER_INPUT
    if over_current:
        clock[FLAGS] |= OVER_CURRENT
    if over_membrane:
        clock[FLAGS] |= OVER_MEMBRANE


@jit
def update_float(state, index, real, noise, spiked):
    """Advance all compartments in single precision, before discretisation."""
    for i in range(len(state.current)):
        at_membrane = index.noise_at_membrane[i]
        q = state.input[i] + (np.float32(0) if at_membrane else noise[i])
        state.input[i] = 0
        current = (
            np.float32(real.keep_current[i]) * state.current[i]
            + np.float32(real.gain_current[i]) * q
        )
        state.current[i] = current
        u = current + state.bias[i] + (noise[i] if at_membrane else np.float32(0))
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
def draw(real, noise, clock, stream):
    """Draw the noise of a step; the emulator draws it even where it is off."""
    n = len(noise)
    if clock[FLOATS]:
        uniform = draw_doubles(stream, n)
        for i in range(n):
            offset, scale = np.float32(real.noise_offset[i]), np.float32(real.noise_scale[i])
            noise[i] = (np.float32(-1.0 + 2.0 * uniform[i]) + offset) * scale
    else:
        drawn = draw_noise(stream, n)
        for i in range(n):
            noise[i] = np.int32((drawn[i] + real.noise_offset[i]) * real.noise_scale[i])


@jit
def collect(index, spiked, words, clock):
    """List which compartments fired, block by block, looking at whole words of spikes."""
    n_blocks = len(index.fired_count) - clock[N_INPUTS]
    block, end, count = 0, index.source_start[1], 0
    index.fired_count[:n_blocks] = 0
    for word in range(len(words)):
        if words[word] == 0:
            continue
        for i in range(8 * word, 8 * word + 8):
            if spiked[i]:
                while i >= end:
                    block, count = block + 1, 0
                    end = index.source_start[block + 1]
                first = index.source_start[block]
                index.fired[first + count] = i - first
                count += 1
                index.fired_count[block] = count
                clock[SPIKES] += 1


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


@jit
def begin_step(state, index, real, mantissas, noise, stream, clock, arriving, arriving_start, step):
    """Let the spikes of the step before arrive, learn from them, and draw noise."""
    clock[TIME] += 1
    n_inputs = clock[N_INPUTS]
    n_blocks = len(index.fired_count) - n_inputs
    for k in range(n_inputs):
        start = arriving_start[step * n_inputs + k]
        count = arriving_start[step * n_inputs + k + 1] - start
        first = index.source_start[n_blocks + k]
        index.fired[first : first + count] = arriving[start : start + count]
        index.fired_count[n_blocks + k] = count
        clock[HOST_SPIKES] += count
    deliver(state, index, mantissas, clock)
    if len(index.learning):
        trace(state, index, real, clock, stream)
        learn(state, index, real, clock, stream)
    if clock[RANDOM]:
        draw(real, noise, clock, stream)


@jit
def run_integer(
    state_block, state_bounds, index_block, index_bounds, real_block, real_bounds,
    mantissas, spiked, words, noise, stream, clock, arriving, arriving_start, out,
):  # fmt: skip
    """Run discretised blocks for a number of steps.

    Args:
        state_block, index_block, real_block: The chip's arenas.
        state_bounds, index_bounds, real_bounds: Where their arrays lie.
        mantissas: Weights of narrow routes, 16-bit.
        spiked: Spikes of the last step, 8-bit; the same memory as ``words``, 64-bit.
        words: See ``spiked``.
        noise: Scratch, one item per compartment.
        stream: State of the random stream.
        clock: Time, counters, flags and switches; changed.
        arriving: Neurons of the spike inputs that fire, step by step and input by input.
        arriving_start: Where each begins, shape (n_steps * n_inputs + 1,).
        out: What probes record, shape (n_steps, n_probed).
    """
    state = view_state(state_block, state_bounds)
    index = view_index(index_block, index_bounds)
    real = view_real(real_block, real_bounds)
    for step in range(len(out)):
        begin_step(
            state, index, real, mantissas, noise, stream, clock, arriving, arriving_start, step
        )
        update_integer(state, index, real, noise, spiked, clock)
        collect(index, spiked, words, clock)
        record(state, index, spiked, out[step])


@jit
def run_float(
    state_block, state_bounds, index_block, index_bounds, real_block, real_bounds,
    mantissas, spiked, words, noise, stream, clock, arriving, arriving_start, out,
):  # fmt: skip
    """Run blocks before discretisation; arguments as those of :func:`run_integer`."""
    state = view_state(state_block, state_bounds)
    index = view_index(index_block, index_bounds)
    real = view_real(real_block, real_bounds)
    for step in range(len(out)):
        begin_step(
            state, index, real, mantissas, noise, stream, clock, arriving, arriving_start, step
        )
        update_float(state, index, real, noise, spiked)
        collect(index, spiked, words, clock)
        record(state, index, spiked, out[step])
