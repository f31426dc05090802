"""Weights of a layer that are multiplied by a few active inputs."""

from abc import ABC, abstractmethod

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.numbers import checked_numbers
from spikearm.neural.sparsity.kernels import OUT_OF_RANGE
from spikearm.neural.sparsity.product import Product, checked_activations


class EventWeights(ABC):
    """Weights of a layer, stored by input, so that those of silent inputs are not read.

    Attributes:
        values: Stored weights.
    """

    values: np.ndarray

    @property
    @abstractmethod
    def n_in(self) -> int:
        """Number of inputs."""

    def multiply_selected(self, indices: np.ndarray, activations: np.ndarray) -> Product:
        """Compute the product with a few activations: sparse weights, sparse activations.

        Args:
            indices: Inputs that are active, shape (n_active,).
            activations: Their activations, shape (n_active,).

        Raises:
            SpikearmError: There are more indices or fewer than activations, they are no integers,
                or one is beyond the inputs.
        """
        indices = checked_numbers(indices, "inputs that are active")
        activations = checked_activations(activations, self.values.dtype, indices.shape)
        sums, macs = self._add_selected(indices, activations)
        if macs == OUT_OF_RANGE:
            raise SpikearmError(
                f"An index is beyond the inputs: give integers from 0 to {self.n_in - 1}."
            )
        return Product(sums, macs)

    @abstractmethod
    def _add_selected(self, indices: np.ndarray, activations: np.ndarray) -> tuple[np.ndarray, int]:
        """Return the sum for each neuron, and the number of multiplications.

        If an index is beyond the inputs, that number is :data:`OUT_OF_RANGE`.
        """
