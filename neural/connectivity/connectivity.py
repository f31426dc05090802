"""Connectivity: synapses between two populations, driven by spikes."""

from abc import ABC, abstractmethod

import numpy as np
import scipy.sparse

from spikearm.arm_models import SpikearmError
from spikearm.neural.numbers import checked_numbers


class Connectivity(ABC):
    """Synapses from one population to another.

    Attributes:
        n_pre: Number of neurons that spikes come from.
        n_post: Number of neurons that they go to.
        dtype: Type of the weights.
        synaptic_events: Number of weights that were added to an input since construction.
    """

    def __init__(self, n_pre: int, n_post: int, dtype: np.dtype) -> None:
        self.n_pre, self.n_post, self.dtype = n_pre, n_post, dtype
        self.synaptic_events = 0

    def propagate(self, spikes: np.ndarray, out: np.ndarray) -> int:
        """Add the weights of the synapses of neurons that fired to the inputs of their targets.

        Args:
            spikes: Neurons that fired, shape (n_spikes,), of an integer type; one that is named
                twice fired twice.
            out: Inputs that are added to, shape (n_post,), of the weights' type.

        Returns:
            Number of synaptic events.

        Raises:
            SpikearmError: A neuron is named that does not exist, or an array has another shape or
                type.
        """
        fits = isinstance(out, np.ndarray) and out.shape == (self.n_post,)
        if not fits or out.dtype != self.dtype or not out.flags.carray:
            raise SpikearmError(
                f"Inputs of shape {np.shape(out)} and type {getattr(out, 'dtype', type(out))}: "
                f"give a contiguous array that can be written, of shape ({self.n_post},) and type "
                f"{self.dtype}."
            )
        n_events = self._add_rows(checked_numbers(spikes, "neurons that fired"), out)
        if n_events < 0:
            raise SpikearmError(f"Spikes of neurons that do not exist: give 0 to {self.n_pre - 1}.")
        self.synaptic_events += n_events
        return n_events

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Memory of all that describes the synapses [bytes]."""

    @property
    @abstractmethod
    def n_synapses(self) -> int:
        """Number of synapses."""

    def materialize(self) -> scipy.sparse.csr_array:
        """Build the matrix of weights, shape (n_pre, n_post), with every synapse stored.

        Raises:
            SpikearmError: There is not enough memory.
        """
        try:
            return self._rows()
        except MemoryError as error:
            raise SpikearmError(
                f"Storing {self.n_synapses:,} synapses takes more memory than there is: use this "
                "connectivity as it is, which stores none."
            ) from error

    @abstractmethod
    def _rows(self) -> scipy.sparse.csr_array:
        """Build the matrix of weights."""

    @abstractmethod
    def _add_rows(self, spikes: np.ndarray, out: np.ndarray) -> int:
        """Add rows to inputs, and return the number of weights.

        If a neuron does not exist, nothing is added and -1 returned.
        """
