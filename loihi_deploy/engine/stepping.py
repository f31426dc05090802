"""Step of the chip, and of chip and host together, in machine code.

The order and the rounding are those of nengo-loihi's emulator, so that every voltage and
every spike is the same: first spikes of the step before reach their synapses, then learning
synapses trace and learn, then compartments are updated. Integers may be added in any order,
and are; floats are added in the emulator's.
"""

from spikearm.loihi_deploy.engine.host.kernels.products import multiply_left
from spikearm.loihi_deploy.engine.host.kernels.program import step_host
from spikearm.loihi_deploy.engine.jit import jit
from spikearm.loihi_deploy.engine.kernels.compartments import collect, draw, skip_draw, update
from spikearm.loihi_deploy.engine.kernels.delivery import deliver, deliver_routes, receive
from spikearm.loihi_deploy.engine.kernels.learning import learn, trace
from spikearm.loihi_deploy.engine.layout.layout import (
    N_INPUTS,
    NOISY,
    RANDOM,
    TIME,
    view_index,
    view_real,
    view_state,
)


@jit
def record(state, index, spiked, out):
    """Copy the probed values."""
    for k in range(len(index.probe_key)):
        i, key = index.probe_compartment[k], index.probe_key[k]
        if key == 0:
            out[k] = state.current[i]
        elif key == 1:
            out[k] = state.voltage[i]
        else:
            out[k] = spiked[i]


@jit
def step_chip(
    state, index, real, mantissas, spiked, spiked_words, stream, words, clock, arriving,
    arriving_start, out,
):  # fmt: skip
    """Deliver the spikes of the step before, learn from them, advance and record."""
    clock[TIME] += 1
    receive(index, clock, arriving, arriving_start)
    deliver(state, index, mantissas, clock)
    if len(index.route_source):
        deliver_routes(state, index, clock)
    if len(index.learning):
        trace(state, index, real, clock, stream, words)
        learn(state, index, real, clock, stream, words)
    if clock[NOISY]:
        draw(state, index, real, clock, stream, words)
    elif clock[RANDOM]:
        skip_draw(state, clock, stream)
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
        state_bounds, index_bounds, real_bounds: Bounds of their arrays.
        mantissas: Weights of tiles, 8-bit.
        spiked: Spikes of the last step, 8-bit; the same memory as ``spiked_words``, 64-bit.
        spiked_words: See ``spiked``.
        stream: State of the random stream.
        words: Scratch for random numbers.
        clock: Time, counters, flags and switches; changed.
        arriving: Neurons of the spike inputs that fire, step by step and input by input.
        arriving_start: Index of each first one, shape (n_steps * n_inputs + 1,).
        out: Rows of probed values, shape (n_steps, n_probed); written.
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
    memory, program, ticks, links, places, probed, sent, sent_start, alarms, outputs,
    output_weights, recorded, summand, state_block, state_bounds, index_block, index_bounds,
    real_block, real_bounds, mantissas, spiked, spiked_words, stream, words, clock, tape, rows, out,
):  # fmt: skip
    """Run host and chip in turn for a number of steps, or until a value is not finite.

    Args:
        memory, program, ticks, links, places, probed, alarms: Arguments of
            :func:`~spikearm.loihi_deploy.engine.host.kernels.program.step_host`.
        sent: Neurons that fire towards the chip in even and in odd steps.
        sent_start: Index of each input's first, shape (2, n_inputs + 1).
        outputs, output_weights, recorded, summand: Arguments of :func:`send_all`.
        state_block, state_bounds, index_block, index_bounds, real_block, real_bounds, mantissas,
            spiked, spiked_words, stream, words, clock, out: Arguments of :func:`run_chip`.
        tape: Values of the host's processes in each step.
        rows: Probed values of the host in each step; written.

    Returns:
        Number of completed steps.
    """
    state = view_state(state_block, state_bounds)
    index = view_index(index_block, index_bounds)
    real = view_real(real_block, real_bounds)
    for step in range(len(out)):
        now = clock[TIME] % 2
        if not step_host(
            memory, program, ticks, links, places, probed, sent[now], sent_start[now],
            state.errors, alarms, tape[step], rows[step],
        ):  # fmt: skip
            return step
        step_chip(
            state, index, real, mantissas, spiked, spiked_words, stream, words, clock,
            sent[1 - now], sent_start[1 - now], out[step],
        )  # fmt: skip
        send_all(out[step], outputs, output_weights, recorded, memory, summand)
    return len(out)


@jit
def send_all(values, outputs, weights, recorded, memory, summand):
    """Send the chip's probed values of a step to the host.

    Args:
        values: Probed values, shape (n_probed,).
        outputs: Outputs of the chip, arguments of :func:`_send`, shape (n_outputs, 7).
        weights: Weights, matrix by matrix.
        recorded: The same values as doubles; written.
        memory: Memory of the host; written.
        summand: Scratch, as long as the longest vector that is sent.
    """
    recorded[:] = values
    for k in range(len(outputs)):
        _send(recorded, weights, outputs[k], memory, summand)


@jit
def _send(recorded, weights, one, memory, summand):
    """Weight a block's probed values and write them to the host's memory, or add them there.

    Args:
        recorded: Probed values, shape (n_probed,).
        weights: Weights of all outputs.
        one: First probed value and their number, first weight, number of columns or 0 where one
            weight holds for all, whether rows are contiguous, place in ``memory``, and whether to
            add.
        memory: Memory of the host.
        summand: Scratch.
    """
    first, n, matrix, d, by_rows, place, adds = one
    if d == 0:
        for i in range(n):
            memory[place + i] = recorded[first + i] * weights[matrix]
    elif adds:
        multiply_left(recorded, first, n, weights, matrix, d, by_rows, summand, 0)
        for i in range(d):
            memory[place + i] += summand[i]
    else:
        multiply_left(recorded, first, n, weights, matrix, d, by_rows, memory, place)
