"""Checks of what connectivity is made from, because kernels check nothing."""

from typing import SupportsIndex

import numpy as np

from spikearm.arm_models import SpikearmError

MOST = 2**31 - 1
"""Largest number of neurons, and of inputs from one output to the next."""


def check_whole(things: str, *numbers: SupportsIndex) -> None:
    """Check that numbers are whole, and at most :data:`MOST`.

    Raises:
        SpikearmError: A number is not.
    """
    for number in numbers:
        if not isinstance(number, int | np.integer) or isinstance(number, bool) or number > MOST:
            raise SpikearmError(f"{number!r} {things}: give a whole number, at most {MOST}.")


def check_type(dtype: np.dtype) -> None:
    """Check the type of weights.

    Raises:
        SpikearmError: It is neither float32 nor float64 in the machine's order of bytes.
    """
    if dtype not in (np.float32, np.float64) or not dtype.isnative:
        raise SpikearmError(f"Weights of type {dtype}: give float32 or float64.")


def checked_weights(weights: np.ndarray, n_axes: int) -> np.ndarray:
    """Return a contiguous copy of weights that nobody can change.

    Raises:
        SpikearmError: They are of another type, or have another number of axes.
    """
    kept = np.array(weights, order="C")
    check_type(kept.dtype)
    if kept.ndim != n_axes:
        raise SpikearmError(f"Weights of shape {kept.shape}: give an array with {n_axes} axes.")
    kept.flags.writeable = False
    return kept
