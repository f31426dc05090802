"""What a step of the host computes, in machine code: a small program over one block of memory.

Every line of the program is one of Nengo's operators, in Nengo's order and with Nengo's
rounding.
"""

import numba
import numpy as np

jit = numba.njit(cache=True, nogil=True, error_model="numpy")

# Operations; the numbers behind each are listed in loihi_deploy.engine.host.
(
    TIME, FILL, COPY, ADD, MULTIPLY_ADD, ROWS_ADD, LOWPASS, INTEGRATE_AND_FIRE, SEND, ERROR, CHECK,
) = range(11)  # fmt: skip
WIDTH = 9  # numbers per line: the operation and up to eight operands

MAX_ERROR = 127  # of PES on the chip
ERROR_ABOVE, ERROR_BELOW, NOT_FINITE = 1, 2, 4  # alarms


@jit
def run_host(memory, program, first, last, ticks, links, sent, sent_start, errors, alarms):
    """Run some lines of the program once.

    Args:
        memory: All signals and constants, doubles.
        program: One operation and its operands per line, shape (n_lines, WIDTH).
        first: First line to run.
        last: The line after the last one.
        ticks: Steps since the start, shape (1,); the time signal follows it.
        links: Columns of sparse matrices.
        sent: Takes the neurons that fire towards the chip.
        sent_start: Takes where each input's begin, shape (n_inputs + 1,).
        errors: Takes the learning errors, scaled and rounded.
        alarms: Set where an error was cut or a value is not finite, shape (1,).
    """
    for line in range(first, last):
        p = program[line]
        op, y, n, dy, x, dx = p[0], p[1], p[2], p[3], p[4], p[5]
        if op == FILL:
            for i in range(n):
                memory[y + i * dy] = memory[x]
        elif op == COPY:
            for i in range(n):
                memory[y + i * dy] = memory[x + i * dx]
        elif op == ADD:
            for i in range(n):
                memory[y + i * dy] += memory[x + i * dx]
        elif op == MULTIPLY_ADD:
            for i in range(n):
                memory[y + i * dy] += memory[p[6] + i * p[7]] * memory[x + i * dx]
        elif op == ROWS_ADD:  # one weight per row: y[i] += a[i] x[column[i]]
            for i in range(n):
                memory[y + i * dy] += memory[p[6] + i] * memory[x + links[p[7] + i] * dx]
        elif op == LOWPASS:
            a, b = memory[p[7]], memory[p[7] + 1]
            for i in range(n):
                state = memory[p[6] + i] * a
                state += b * memory[x + i * dx]
                memory[p[6] + i] = state
                memory[y + i * dy] = state
        elif op == INTEGRATE_AND_FIRE:
            dt, amplitude = memory[p[7]], memory[p[7] + 1]
            for i in range(n):
                current = memory[x + i * dx]
                voltage = memory[p[6] + i] + max(current, 0.0) * dt
                spikes = np.floor(voltage)
                memory[y + i * dy] = amplitude * spikes
                memory[p[6] + i] = voltage - spikes
        elif op == SEND:
            count = sent_start[y]
            for i in range(n):
                if memory[x + i * dx] != 0.0:
                    sent[count] = i
                    count += 1
            sent_start[y + 1] = count
        elif op == ERROR:
            _send_error(memory, p, errors, alarms)
        elif op == CHECK:
            for i in range(n):
                if not np.isfinite(memory[y + i]):
                    alarms[0] |= NOT_FINITE
        else:  # TIME
            ticks[0] += 1
            memory[y] = ticks[0] * memory[x]


@jit
def _send_error(memory, p, errors, alarms):
    for i in range(p[2]):
        error = np.rint(memory[p[6]] * memory[p[4] + i * p[5]])
        if error > MAX_ERROR:
            error = MAX_ERROR
            alarms[0] |= ERROR_ABOVE
        elif error < -MAX_ERROR:
            error = -MAX_ERROR
            alarms[0] |= ERROR_BELOW
        errors[p[1] + i] = error
