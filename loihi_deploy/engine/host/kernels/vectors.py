"""Operations on vectors in the host's memory, with Nengo's rounding.

A vector is a pair: its first item, and the distance between two items. Both are numbers without
sign, because one that may be negative is checked at each access.
"""

import numpy as np

from spikearm.loihi_deploy.engine.host.kernels.items import ITEM
from spikearm.loihi_deploy.engine.host.kernels.products import multiply
from spikearm.loihi_deploy.engine.jit import jit


@jit
def vector(instruction, k, place):
    """Return the k-th of an operand's vectors.

    Args:
        instruction: Numbers of an instruction.
        k: Number of the set of vectors.
        place: Place of the operand in the instruction.
    """
    first = np.uintp(instruction[place] + k * instruction[place + 2])
    return first, np.uintp(instruction[place + 1])


@jit
def copy(memory, n, y, x):
    """Copy a vector, ``y = x``."""
    (y, dy), (x, dx) = y, x
    for i in range(n):
        memory[y + i * dy] = memory[x + i * dx]


@jit
def add(memory, n, y, x):
    """Add a vector, ``y += x``."""
    (y, dy), (x, dx) = y, x
    for i in range(n):
        memory[y + i * dy] += memory[x + i * dx]


@jit
def multiply_add(memory, n, y, x, a):
    """Add a product item by item, ``y += a x``."""
    (y, dy), (x, dx), (a, da) = y, x, a
    for i in range(n):
        memory[y + i * dy] += memory[a + i * da] * memory[x + i * dx]


@jit
def rows_add(memory, n, y, a, b, links):
    """Add a product with a matrix that has one weight per row, ``y[i] += a[i] x[column[i]]``."""
    (y, dy), (a, da), (b, db) = y, a, b
    for i in range(n):
        memory[y + i * dy] += memory[a + i * da] * memory[np.uintp(links[b + i * db])]


@jit
def matrix_add(memory, n, y, x, a, b):
    """Add a product with a matrix, ``y += A x``, the product on its own first, as NumPy does.

    Args:
        memory: Memory of the host.
        n: Number of rows.
        y, x: Vectors.
        a: First item of the matrix.
        b: First item of scratch for the product, and the number of columns.
    """
    (y, dy), (b, n_columns) = y, b
    multiply(memory, a[0], n, n_columns, x[0], b)
    for i in range(n):
        memory[y + i * dy] += memory[b + i]


@jit
def lowpass(memory, n, y, x, state, rule):
    """Filter a vector; the rule is how much of the state and of the input is kept."""
    (y, dy), (x, dx), (a, da), (b, db) = y, x, state, rule
    for i in range(n):
        kept = memory[a + i * da] * memory[b + i * db]
        kept += memory[b + i * db + ITEM] * memory[x + i * dx]
        memory[a + i * da] = kept
        memory[y + i * dy] = kept
