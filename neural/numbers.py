"""Numbers of neurons and of inputs, as compiled code takes them."""

import numpy as np

from spikearm.arm_models import SpikearmError


def checked_numbers(numbers: np.ndarray, things: str) -> np.ndarray:
    """Return numbers of neurons or of inputs as kernels take them.

    Args:
        numbers: Numbers, shape (n,).
        things: Plural of whose numbers they are, as "neurons that fired".

    Raises:
        SpikearmError: They are no integers in a row.
    """
    found = np.asarray(numbers)
    if found.ndim != 1 or (found.size and not np.issubdtype(found.dtype, np.integer)):
        raise SpikearmError(
            f"An array of type {found.dtype} and shape {found.shape} is not possible: give the "
            f"numbers of the {things}, integers in a row; np.flatnonzero makes them from a mask."
        )
    return np.ascontiguousarray(found, dtype=np.int64)


def is_rising(numbers: np.ndarray) -> bool:
    """Return whether every number is larger than the one before, and so none comes twice.

    Args:
        numbers: Numbers, shape (n,).
    """
    return bool((numbers[1:] > numbers[:-1]).all())
