"""Step of the host in machine code: a small program over one block of memory.

Every instruction is one of Nengo's operators, or several joined, with Nengo's rounding.
"""

import numpy as np

from spikearm.loihi_deploy.engine.host.blas import (
    COLUMN_MAJOR,
    DOUBLE,
    NO_TRANSPOSE,
    ROW_MAJOR,
    TRANSPOSE,
    ddot,
    dgemv,
)
from spikearm.loihi_deploy.engine.jit import jit

# Operations; loihi_deploy.engine.host.operators sets their operands.
(
    TIME, COPY, ADD, MULTIPLY_ADD, ROWS_ADD, MATRIX_ADD, LOWPASS, INTEGRATE_AND_FIRE, SEND, ERROR,
    CHECK,
) = range(11)  # fmt: skip
WIDTH = (
    15  # numbers per instruction: the operation, two lengths, and four operands with two strides
)

ONE = np.uintp(1)
MAX_ERROR = 127  # of PES on the chip
ERROR_ABOVE, ERROR_BELOW, NOT_FINITE = 1, 2, 4  # alarms


@jit
def run_host(memory, program, first, last, ticks, links, sent, sent_start, errors, alarms):
    """Run some instructions of the program once.

    Args:
        memory: Signals and constants, doubles.
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
        op, m, n = p[0], p[1], np.uintp(p[2])
        for k in range(m):
            # Numbers without sign, because one that may be negative is checked at each access.
            y, dy, x, dx = _at(p, k, 3), np.uintp(p[4]), _at(p, k, 6), np.uintp(p[7])
            a, da, b, db = _at(p, k, 9), np.uintp(p[10]), _at(p, k, 12), np.uintp(p[13])
            if op == COPY:
                for i in range(n):
                    memory[y + i * dy] = memory[x + i * dx]
            elif op == ADD:
                for i in range(n):
                    memory[y + i * dy] += memory[x + i * dx]
            elif op == MULTIPLY_ADD:
                for i in range(n):
                    memory[y + i * dy] += memory[a + i * da] * memory[x + i * dx]
            elif op == ROWS_ADD:  # one weight per row: y[i] += a[i] x[column[i]]
                for i in range(n):
                    memory[y + i * dy] += memory[a + i * da] * memory[np.uintp(links[b + i * db])]
            elif op == MATRIX_ADD:  # y += A x, the product on its own first, as NumPy does
                multiply(memory, a, n, db, x, b)
                for i in range(n):
                    memory[y + i * dy] += memory[b + i]
            elif op == LOWPASS:
                for i in range(n):
                    rule = b + i * db
                    state = memory[a + i * da] * memory[rule]
                    state += memory[rule + ONE] * memory[x + i * dx]
                    memory[a + i * da] = state
                    memory[y + i * dy] = state
            elif op == INTEGRATE_AND_FIRE:
                for i in range(n):
                    rule = b + i * db
                    current = max(memory[x + i * dx], 0.0)
                    voltage = memory[a + i * da] + current * memory[rule]
                    spikes = np.floor(voltage)
                    memory[y + i * dy] = memory[rule + ONE] * spikes
                    memory[a + i * da] = voltage - spikes
            elif op == SEND:
                count = sent_start[y]
                for i in range(n):
                    if memory[x + i * dx] != 0.0:
                        sent[count] = np.intp(i)
                        count += 1
                sent_start[y + ONE] = count
            elif op == ERROR:
                for i in range(n):
                    errors[y + i * dy] = _error(memory[a] * memory[x + i * dx], alarms)
            elif op == CHECK:
                for i in range(n):
                    if not np.isfinite(memory[x + i * dx]):
                        alarms[0] |= NOT_FINITE
            else:  # TIME
                ticks[0] += 1
                memory[y] = ticks[0] * memory[x]


@jit
def play(memory, places, values):
    """Write the values that processes have in a step.

    Args:
        memory: Signals and constants, doubles; written.
        places: Place of each value in the memory.
        values: Values.
    """
    for i in range(len(places)):
        memory[places[i]] = values[i]


@jit
def keep(memory, probed, row):
    """Copy probed items of the memory.

    Args:
        memory: Signals and constants, doubles.
        probed: Place of each probed item.
        row: Values; written.
    """
    for i in range(len(probed)):
        row[i] = memory[probed[i]]


@jit
def _at(instruction, k, place):
    """Compute the first item of the k-th of an operand's vectors."""
    return np.uintp(instruction[place] + k * instruction[place + 2])


@jit
def multiply(memory, matrix, n_rows, n_columns, x, y):
    """Multiply a matrix with a vector, ``y = A x``, as ``np.dot`` does; all in one memory."""
    matrix, n_rows, n_columns = np.intp(matrix), np.intp(n_rows), np.intp(n_columns)
    x, y = np.intp(x), np.intp(y)
    start = memory.ctypes.data
    A, vector = start + DOUBLE * matrix, start + DOUBLE * x
    if n_rows == 1:
        memory[y] = 0.0 + ddot(n_columns, A, 1, vector, 1)
    else:
        out = start + DOUBLE * y
        dgemv(ROW_MAJOR, NO_TRANSPOSE, n_rows, n_columns, 1.0, A, n_columns, vector, 1, 0.0, out, 1)


@jit
def multiply_left(x, first, n, weights, matrix, d, by_rows, y, place):
    """Multiply a row with a matrix, ``y = x W``, as ``np.dot`` does.

    Args:
        x, first, n: Array and first item of the row, and its length.
        weights, matrix, d: Array and first item of the matrix, and its number of columns.
        by_rows: True if its rows are contiguous, False if its columns are.
        y, place: Array and first item of the result; written.
    """
    row, W = x.ctypes.data + DOUBLE * first, weights.ctypes.data + DOUBLE * matrix
    if d == 1:
        y[place] = 0.0 + ddot(n, row, 1, W, 1)
    else:
        out = y.ctypes.data + DOUBLE * place
        order, apart = (ROW_MAJOR, d) if by_rows else (COLUMN_MAJOR, n)
        dgemv(order, TRANSPOSE, n, d, 1.0, W, apart, row, 1, 0.0, out, 1)


@jit
def _error(scaled, alarms):
    """Round a learning error, and cut it to the chip's range."""
    error = np.rint(scaled)
    if error > MAX_ERROR:
        alarms[0] |= ERROR_ABOVE
    elif error < -MAX_ERROR:
        alarms[0] |= ERROR_BELOW
    return min(max(error, -MAX_ERROR), MAX_ERROR)
