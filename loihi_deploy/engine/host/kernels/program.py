"""Step of the host in machine code: a small program over one block of memory.

Every instruction is one of Nengo's operators, or several joined, with Nengo's rounding.
"""

import numpy as np

from spikearm.loihi_deploy.engine.host.kernels.interface import (
    check,
    keep,
    play,
    send,
    send_errors,
)
from spikearm.loihi_deploy.engine.host.kernels.lif import (
    adaptive_lif,
    adaptive_lif_rate,
    lif,
    lif_rate,
    loihi_lif,
)
from spikearm.loihi_deploy.engine.host.kernels.neurons import (
    hyperbolic_tangent,
    izhikevich,
    loihi_spiking_rectified_linear,
    rectified_linear,
    regular_spiking,
    sigmoid,
    spiking_rectified_linear,
)
from spikearm.loihi_deploy.engine.host.kernels.vectors import (
    add,
    copy,
    lowpass,
    matrix_add,
    multiply_add,
    rows_add,
    vector,
)
from spikearm.loihi_deploy.engine.host.operations import (
    ADAPTIVE_LIF,
    ADAPTIVE_LIF_RATE,
    ADD,
    CHECK,
    COPY,
    ERROR,
    FIRST_NEURONS,
    LIF,
    LIF_RATE,
    LOIHI_LIF,
    LOIHI_SPIKING_RECTIFIED_LINEAR,
    LOWPASS,
    MATRIX_ADD,
    MULTIPLY_ADD,
    NOT_FINITE,
    RECTIFIED_LINEAR,
    REGULAR_SPIKING,
    ROWS_ADD,
    SEND,
    SIGMOID,
    SPIKING_RECTIFIED_LINEAR,
    TANH,
)
from spikearm.loihi_deploy.engine.jit import jit


@jit
def run_steps(
    memory, program, ticks, links, places, probed, sent, sent_start, errors, alarms, tape, rows,
):  # fmt: skip
    """Run a host that is compiled as a whole for a number of steps, or until a value is not finite.

    Args:
        memory, program, ticks, links, places, probed, errors, alarms: Arguments of
            :func:`step_host`.
        sent: Neurons that fire towards the chip, step by step and input by input; written.
        sent_start: Index of each first one, shape (n_steps * n_inputs + 1,); written.
        tape: Values that processes have in each step, or receive from the chip.
        rows: Probed values in each step; written.
    """
    n_inputs = (len(sent_start) - 1) // len(rows)
    for step in range(len(rows)):
        if not step_host(
            memory, program, ticks, links, places, probed, sent, sent_start[step * n_inputs :],
            errors, alarms, tape[step], rows[step],
        ):  # fmt: skip
            return


@jit
def step_host(
    memory, program, ticks, links, places, probed, sent, sent_start, errors, alarms, values, row
):
    """Run such a host for a step.

    Args:
        memory, program, ticks, links, sent, sent_start, errors, alarms: Arguments of
            :func:`run_host`.
        places: Places of ``values`` in the memory.
        probed: Places of the values of ``row`` there.
        values: Values of the host's processes.
        row: Probed values; written.

    Returns:
        True, or False if a value is not finite: then nothing is probed.
    """
    play(memory, places, values)
    run_host(memory, program, 0, len(program), ticks, links, sent, sent_start, errors, alarms)
    if alarms[0] & NOT_FINITE:
        return False
    keep(memory, probed, row)
    return True


@jit
def run_host(memory, program, first, last, ticks, links, sent, sent_start, errors, alarms):
    """Run some instructions of the program once.

    Args:
        memory: Signals, constants and scratch, doubles.
        program: Operation and operands of each instruction, shape (n_instructions, WIDTH).
        first: First instruction to run.
        last: End of the instructions to run.
        ticks: Steps since the start, shape (1,); the time signal follows it.
        links: Places of the columns of sparse matrices in the memory.
        sent: Neurons that send a spike to the chip; written.
        sent_start: Index of each input's first, shape (n_inputs + 1,); written.
        errors: Learning errors, scaled and rounded; written.
        alarms: Flags of errors that were cut and of values that are not finite, shape (1,).
    """
    for number in range(first, last):
        p = program[number]
        op, n = p[0], np.uintp(p[2])
        for k in range(p[1]):
            y, x, a, b = vector(p, k, 3), vector(p, k, 6), vector(p, k, 9), vector(p, k, 12)
            if op == COPY:
                copy(memory, n, y, x)
            elif op == ADD:
                add(memory, n, y, x)
            elif op == MULTIPLY_ADD:
                multiply_add(memory, n, y, x, a)
            elif op == ROWS_ADD:
                rows_add(memory, n, y, a, b, links)
            elif op == MATRIX_ADD:
                matrix_add(memory, n, y, x, a, b)
            elif op == LOWPASS:
                lowpass(memory, n, y, x, a, b)
            elif op >= FIRST_NEURONS:
                advance_neurons(memory, op, n, y, x, a, b, vector(p, k, 15), vector(p, k, 18))
            elif op == SEND:
                send(memory, n, y[0], x, sent, sent_start)
            elif op == ERROR:
                send_errors(memory, n, y, x, a, errors, alarms)
            elif op == CHECK:
                check(memory, n, x, alarms)
            else:  # TIME
                ticks[0] += 1
                memory[y[0]] = ticks[0] * memory[x[0]]


@jit
def advance_neurons(memory, op, n, y, x, a, b, c, d):
    """Advance neurons with the rule ``b``, and the states ``a``, ``c`` and ``d``."""
    if op == SPIKING_RECTIFIED_LINEAR:
        spiking_rectified_linear(memory, n, y, x, a, b)
    elif op == RECTIFIED_LINEAR:
        rectified_linear(memory, n, y, x, b)
    elif op == LOIHI_SPIKING_RECTIFIED_LINEAR:
        loihi_spiking_rectified_linear(memory, n, y, x, a, b)
    elif op == REGULAR_SPIKING:
        regular_spiking(memory, n, y, x, a, b)
    elif op == SIGMOID:
        sigmoid(memory, n, y, x, b)
    elif op == TANH:
        hyperbolic_tangent(memory, n, y, x, b)
    elif op == LIF_RATE:
        lif_rate(memory, n, y, x, b)
    elif op == ADAPTIVE_LIF_RATE:
        adaptive_lif_rate(memory, n, y, x, a, b)
    elif op == LIF:
        lif(memory, n, y, x, a, c, b)
    elif op == LOIHI_LIF:
        loihi_lif(memory, n, y, x, a, c, b)
    elif op == ADAPTIVE_LIF:
        adaptive_lif(memory, n, y, x, a, c, d, b)
    else:  # IZHIKEVICH
        izhikevich(memory, n, y, x, a, c, b)
