"""Compressed columns: weights without zeros, as sparse matrices are stored in general."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from spikearm.neural.sparsity.kernels import multiply_columns_selected
from spikearm.neural.sparsity.product import Product, check_indices, checked_activations


@dataclass(frozen=True)
class CompressedColumns:
    """Weights of a layer by input (CSC), for inputs that are events.

    The simplest program that multiplies nothing by zero: what packing is compared with.

    Attributes:
        values: Weights, shape (n_weights,).
        rows: Neuron of each weight, shape (n_weights,).
        starts: First weight of each input, and their number, shape (n_in + 1,).
        n_out: Number of neurons.
    """

    values: np.ndarray
    rows: np.ndarray
    starts: np.ndarray
    n_out: int

    @classmethod
    def of(cls, weights: np.ndarray, index_type: type = np.uint32) -> "CompressedColumns":
        """Build them.

        Args:
            weights: Weights, shape (n_out, n_in).
            index_type: Type of rows, and signed or not for starts too. Signed, as SciPy's are,
                they are slower in compiled code, which counts negative ones from the end.
        """
        columns = sparse.csc_array(weights)
        columns.sort_indices()
        signed = np.issubdtype(index_type, np.signedinteger)
        starts = columns.indptr.astype(np.int32 if signed else np.uint32)
        return cls(columns.data, columns.indices.astype(index_type), starts, weights.shape[0])

    @property
    def nbytes(self) -> int:
        """Bytes of weights, neurons and starts."""
        return self.values.nbytes + self.rows.nbytes + self.starts.nbytes

    def multiply_selected(self, indices: np.ndarray, activations: np.ndarray) -> Product:
        """Compute the product with a few activations.

        Args:
            indices: Inputs that are active, shape (n_active,).
            activations: Their activations, shape (n_active,).

        Raises:
            SpikearmError: There are more indices or fewer than activations, or an index is beyond
                the inputs.
        """
        activations = checked_activations(activations, self.values.dtype, np.shape(indices))
        outputs = np.zeros(self.n_out, self.values.dtype)
        macs = multiply_columns_selected(
            self.values, self.rows, self.starts, indices, activations, outputs
        )
        check_indices(macs, self.starts.size - 1)
        return Product(outputs, macs)
