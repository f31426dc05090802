"""Products of vectors and matrices, as ``np.dot`` computes them."""

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
