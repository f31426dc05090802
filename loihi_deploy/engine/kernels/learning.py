"""The chip's learning rule: traces of spikes times errors, rounded at random."""

import numpy as np

from spikearm.loihi_deploy.engine.jit import jit
from spikearm.loihi_deploy.engine.kernels.mersenne import draw_doubles, skip_doubles
from spikearm.loihi_deploy.engine.layout.layout import (
    CLIPPED_TRACE,
    CLIPPED_WEIGHT,
    FLAGS,
    FLOATS,
    LEARNED,
    PER_LEARNING,
    PER_RULE,
    TIME,
)

TRACE_MAX = 127


@jit
def _round(x, bound, uniform):
    """Round a magnitude stochastically; return the value and whether the bound cut it."""
    magnitude = abs(x)
    whole = np.floor(magnitude)
    value = np.int32(whole) + np.int32(magnitude - whole > uniform)
    cut = value > bound
    value = bound if cut else value
    return (-value if x < 0 else value), cut


@jit
def trace(state, index, real, clock, stream, words):
    """Update traces: decay, then rise with spikes."""
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
        traces = state.traces[plan[3] :][: plan[0]]
        errors = state.errors[plan[4] :][: plan[1] // 2]
        if clock[FLOATS]:
            _outer(changes, traces, errors)
            _learn_floats(weights, changes, plan[7], rule[2])
        else:
            # The first time, weights may be finer or larger than rounding leaves them.
            first = clock[TIME] <= plan[6]
            uniform = real.uniform[:size]
            learned = weights, changes, traces, errors, uniform
            if _learn_where_it_changes(learned, plan, rule[3], first, stream, words):
                clock[FLAGS] |= CLIPPED_WEIGHT


@jit
def _learn_where_it_changes(learned, plan, scale, everywhere, stream, words):
    """Learn from runs of neurons whose traces are not zero; for others only pass over the stream.

    Rounding leaves their weights as they are, whatever is drawn.
    """
    weights, changes, traces, errors, uniform = learned
    any_error, width = np.any(errors != 0), plan[1]
    row, cut_any = 0, False
    while row < len(traces):
        active = everywhere or (any_error and traces[row] != 0)
        end = row + 1
        while end < len(traces) and active == (everywhere or (any_error and traces[end] != 0)):
            end += 1
        first, size = row * width, (end - row) * width
        if active:
            _outer(changes[:size], traces[row:end], errors)
            draw_doubles(stream, words, uniform[:size])
            part = weights[first : first + size]
            cut_any |= _learn_integers(part, changes[:size], plan, scale, uniform[:size])
        else:
            skip_doubles(stream, size)
        row = end
    return cut_any


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
