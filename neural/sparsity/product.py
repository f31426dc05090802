"""Products of a layer's weights and activations, with what they took."""

from typing import NamedTuple

import numpy as np

from spikearm.arm_models import SpikearmError


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
