"""Items and numbers that steps of neurons share."""

import numpy as np

from spikearm.loihi_deploy.engine.jit import jit

ITEM = np.uintp(1)


@jit
def positive(x):
    """Return what is above zero of a number; not a number remains so, as in NumPy."""
    return 0.0 if x < 0 else x


@jit
def at_most(x, most):
    """Return the smaller of two numbers; not a number remains so, as in NumPy."""
    return most if x > most else x


@jit
def three_items(memory, first):
    """Return three items that lie side by side."""
    return memory[first], memory[first + ITEM], memory[first + ITEM + ITEM]
