"""Products of a layer's weights and activations, with what they took."""

from typing import NamedTuple

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.sparsity.kernels import OUT_OF_RANGE


class Product(NamedTuple):
    """Product of weights and activations.

    Attributes:
        values: Sum for each neuron, shape (n_out,).
        macs: Number of multiplications, each with an addition, as the loops counted them.
    """

    values: np.ndarray
    macs: int


def checked_activations(
    activations: np.ndarray, dtype: np.dtype, shape: tuple[int, ...]
) -> np.ndarray:
    """Return activations as the kernels take them, or raise.

    Raises:
        SpikearmError: They have another shape.
    """
    activations = np.ascontiguousarray(activations, dtype)
    if activations.shape != shape:
        raise SpikearmError(
            f"Activations of shape {activations.shape} are not possible: give one for each input "
            f"that is multiplied, shape {shape}."
        )
    return activations


def checked_indices(indices: np.ndarray) -> np.ndarray:
    """Return numbers of inputs as the kernels take them, or raise.

    Raises:
        SpikearmError: They are no integers in a row.
    """
    indices = np.asarray(indices)
    if indices.ndim != 1 or (indices.size and not np.issubdtype(indices.dtype, np.integer)):
        raise SpikearmError(
            f"Indices of type {indices.dtype} and shape {indices.shape} are not possible: give "
            "integers, shape (n_active,); np.flatnonzero makes them from a mask."
        )
    return indices.astype(np.intp, copy=False)


def check_indices(macs: int, n_in: int) -> None:
    """Check that a kernel found all indices among the inputs.

    Raises:
        SpikearmError: It did not.
    """
    if macs == OUT_OF_RANGE:
        raise SpikearmError(f"An index is beyond the inputs: give integers from 0 to {n_in - 1}.")
