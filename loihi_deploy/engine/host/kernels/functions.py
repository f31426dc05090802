"""Elementary functions on the host's memory, as NumPy computes them.

The memory ends with scratch: vectors of what neurons compute on the way, then what a loop of
NumPy's is called with.
"""

import numpy as np

from spikearm.loihi_deploy.engine.host import ufuncs
from spikearm.loihi_deploy.engine.host.blas import DOUBLE
from spikearm.loihi_deploy.engine.jit import jit

N_VECTORS = 3
CALL = 5  # items: addresses of argument and result, number of items, bytes between two, twice

_exp, _expm1, _log1p, _tanh = ufuncs.exp, ufuncs.expm1, ufuncs.log1p, ufuncs.tanh


def scratch_size(longest: int) -> int:
    """Return the number of items that a memory ends with.

    Args:
        longest: Number of items of the longest vector of scratch.
    """
    return N_VECTORS * longest + CALL


@jit
def scratch(memory, n):
    """Return the first items of three vectors of scratch."""
    first = np.uintp(len(memory) - CALL) - np.uintp(N_VECTORS) * n
    return first, first + n, first + n + n


@jit
def exp(memory, n, x, y):
    """Compute the exponential of each item; ``x`` and ``y`` are first items of two vectors."""
    call = _prepare(memory, n, x, y)
    _exp(call, call + 2 * DOUBLE, call + 3 * DOUBLE, 0)


@jit
def expm1(memory, n, x, y):
    """Compute the exponential of each item, minus one, as :func:`exp` otherwise."""
    call = _prepare(memory, n, x, y)
    _expm1(call, call + 2 * DOUBLE, call + 3 * DOUBLE, 0)


@jit
def log1p(memory, n, x, y):
    """Compute the logarithm of each item plus one, as :func:`exp` otherwise."""
    call = _prepare(memory, n, x, y)
    _log1p(call, call + 2 * DOUBLE, call + 3 * DOUBLE, 0)


@jit
def tanh(memory, n, x, y):
    """Compute the hyperbolic tangent of each item, as :func:`exp` otherwise."""
    call = _prepare(memory, n, x, y)
    _tanh(call, call + 2 * DOUBLE, call + 3 * DOUBLE, 0)


@jit
def _prepare(memory, n, x, y):
    """Write a call's arguments, and return their address.

    They are in the memory, because an array of this function's might be freed before the call.
    """
    first, start = len(memory) - CALL, memory.ctypes.data
    call = memory[first:].view(np.int64)
    call[0], call[1] = start + DOUBLE * np.intp(x), start + DOUBLE * np.intp(y)
    call[2], call[3], call[4] = np.intp(n), DOUBLE, DOUBLE
    return start + DOUBLE * first
