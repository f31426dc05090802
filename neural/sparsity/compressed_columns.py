"""Compressed columns: weights without zeros, as sparse matrices are stored in general."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from spikearm.arm_models import SpikearmError
from spikearm.neural.sparsity.event_weights import EventWeights
from spikearm.neural.sparsity.kernels import multiply_columns_selected


@dataclass(frozen=True, eq=False)
class CompressedColumns(EventWeights):
    """Weights of a layer by input (CSC), for inputs that are events.

    The simplest program that multiplies nothing by zero: what packing is compared with.

    Attributes:
        values: Weights, shape (n_weights,).
        rows: Neuron of each weight, shape (n_weights,).
        starts: First weight of each input, and their number, shape (n_in + 1,).
        n_out: Number of neurons.

    Raises:
        SpikearmError: A weight has no neuron, or inputs have no weights to start from.
    """

    values: np.ndarray
    rows: np.ndarray
    starts: np.ndarray
    n_out: int

    def __post_init__(self) -> None:
        ascending = self.starts.size > 0 and (self.starts[1:] >= self.starts[:-1]).all()
        if not ascending or self.starts[0] != 0 or self.starts[-1] != self.values.size:
            raise SpikearmError(
                f"Inputs whose weights do not start one after the other are not possible: give "
                f"starts that rise from 0 to {self.values.size}, the number of weights."
            )
        rows = self.rows
        exist = rows.min(initial=0) >= 0 and rows.max(initial=0) < max(self.n_out, 1)
        if rows.shape != self.values.shape or not exist:
            raise SpikearmError(
                f"Weights of shape {self.values.shape} of neurons {rows.min(initial=0)} to "
                f"{rows.max(initial=0)} are not possible: give each weight one of {self.n_out}."
            )

    @classmethod
    def of(cls, weights: np.ndarray, index_type: type = np.uint32) -> "CompressedColumns":
        """Build them.

        Args:
            weights: Weights, shape (n_out, n_in).
            index_type: Type of rows, and signed or not for starts too. Signed, as SciPy's are,
                they are slower in compiled code, which counts negative ones from the end.

        Raises:
            SpikearmError: Weights are no matrix, or the type has fewer numbers than there are
                neurons.
        """
        weights = np.asarray(weights)
        whole = np.issubdtype(index_type, np.integer)
        if weights.ndim != 2 or not whole or np.iinfo(index_type).max < weights.shape[0] - 1:
            raise SpikearmError(
                f"Weights of shape {weights.shape} with rows of type {np.dtype(index_type)} are "
                "not possible: give a matrix, and a type of integers that has a number for each "
                "neuron."
            )
        columns = sparse.csc_array(weights)
        columns.sort_indices()
        signed = np.issubdtype(index_type, np.signedinteger)
        starts = columns.indptr.astype(np.int32 if signed else np.uint32)
        return cls(columns.data, columns.indices.astype(index_type), starts, weights.shape[0])

    @property
    def nbytes(self) -> int:
        """Bytes of weights, neurons and starts."""
        return self.values.nbytes + self.rows.nbytes + self.starts.nbytes

    @property
    def n_in(self) -> int:
        """Number of inputs."""
        return self.starts.size - 1

    def _add_selected(self, indices: np.ndarray, activations: np.ndarray) -> tuple[np.ndarray, int]:
        sums = np.zeros(self.n_out, self.values.dtype)
        macs = multiply_columns_selected(
            self.values, self.rows, self.starts, indices, activations, sums
        )
        return sums, macs
