"""Connectivity that is stored: compressed rows, or all pairs."""

import numpy as np
import scipy.sparse

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.checks import check_type, checked_weights
from spikearm.neural.connectivity.connectivity import Connectivity
from spikearm.neural.connectivity.kernels import add_dense, add_stored


class StoredConnectivity(Connectivity):
    """Connectivity with a target and a weight stored for every synapse.

    Args:
        weights: Weights, shape (n_pre, n_post).

    Raises:
        SpikearmError: They are no sparse matrix in rows, of float32 or float64, or one whose
            targets do not exist.
    """

    def __init__(self, weights: scipy.sparse.csr_array) -> None:
        if not scipy.sparse.issparse(weights) or weights.format != "csr" or weights.ndim != 2:
            raise SpikearmError(
                f"Weights as {type(weights).__name__}: give a scipy.sparse.csr_array, which "
                "tocsr() makes of other sparse matrices."
            )
        check_type(weights.dtype)
        kept = weights.copy()
        try:
            kept.check_format(full_check=True)
        except ValueError as error:
            raise SpikearmError(
                f"The rows of these weights are broken ({error}): give a matrix of SciPy's own."
            ) from error
        n_pre, n_post = kept.shape
        super().__init__(n_pre, n_post, kept.dtype)
        self._weights = kept

    @property
    def nbytes(self) -> int:
        """Memory of weights, targets and starts of rows [bytes]."""
        return sum(one.nbytes for one in self._arrays)

    @property
    def n_synapses(self) -> int:
        """Number of synapses."""
        return self._weights.nnz

    def _rows(self) -> scipy.sparse.csr_array:
        return self._weights

    @property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self._weights.indptr, self._weights.indices, self._weights.data

    def _add_rows(self, spikes: np.ndarray, out: np.ndarray) -> int:
        return add_stored(spikes, *self._arrays, out)


class DenseConnectivity(Connectivity):
    """Connectivity with a weight stored for every pair of neurons.

    Args:
        weights: Weights, shape (n_pre, n_post).

    Raises:
        SpikearmError: They are no matrix of float32 or float64.
    """

    def __init__(self, weights: np.ndarray) -> None:
        self._weights = checked_weights(weights, 2)
        n_pre, n_post = self._weights.shape
        super().__init__(n_pre, n_post, self._weights.dtype)

    @property
    def nbytes(self) -> int:
        """Memory of the weights [bytes]."""
        return self._weights.nbytes

    @property
    def n_synapses(self) -> int:
        """Number of pairs."""
        return self._weights.size

    def _rows(self) -> scipy.sparse.csr_array:
        return scipy.sparse.csr_array(self._weights)

    def _add_rows(self, spikes: np.ndarray, out: np.ndarray) -> int:
        return add_dense(spikes, self._weights, out)
