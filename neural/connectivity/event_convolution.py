"""Convolutions whose synapses are worked out at each spike."""

import math

import numpy as np
import scipy.sparse

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.checks import check_whole, checked_weights
from spikearm.neural.connectivity.connectivity import Connectivity
from spikearm.neural.connectivity.geometry import Axis, Padding
from spikearm.neural.connectivity.kernels import add_convolved


class EventConvolution(Connectivity):
    """Convolution that keeps its kernel alone (Turner et al. 2022).

    For each neuron that fires, the outputs that see it are worked out from the geometry, and its
    weights, a run of the kernel, are added to them. Neurons are numbered by row, column and
    channel, the channel fastest.

    Args:
        kernel: Weights, shape (height, width, n_channels_in, n_channels_out).
        input_shape: Rows, columns and channels of the input.
        strides: Distances between two outputs along rows and columns, in inputs.
        padding: ``valid`` or ``same``.

    Attributes:
        kernel: The weights.
        output_shape: Rows, columns and channels of the output.

    Raises:
        SpikearmError: Shapes do not fit, a stride is less than 1, or weights have another type than
            float32 and float64.
    """

    def __init__(
        self,
        kernel: np.ndarray,
        input_shape: tuple[int, int, int],
        strides: tuple[int, int] = (1, 1),
        padding: Padding = "same",
    ) -> None:
        kernel = checked_weights(kernel, 4)
        if len(input_shape) != 3 or np.size(strides) != 2:
            raise SpikearmError(
                f"An input of shape {input_shape} with strides {strides}: give (rows, columns, "
                "channels), and a stride along each of the first two."
            )
        check_whole("as a size or a stride", *input_shape, *strides, math.prod(input_shape))
        if kernel.shape[2] != input_shape[2]:
            raise SpikearmError(
                f"A kernel of shape {kernel.shape} for an input of {input_shape}: give one of "
                f"shape (height, width, {input_shape[2]}, number of output channels)."
            )
        self.kernel = kernel
        self._axes = tuple(
            Axis(input_shape[axis], kernel.shape[axis], strides[axis], padding) for axis in (0, 1)
        )
        rows, columns = self._axes
        self.input_shape = input_shape
        self.output_shape = rows.n_out, columns.n_out, kernel.shape[3]
        n_pre, n_post = (math.prod(shape) for shape in (input_shape, self.output_shape))
        check_whole("outputs", n_post)
        super().__init__(n_pre, n_post, kernel.dtype)

    @property
    def nbytes(self) -> int:
        """Memory of the kernel [bytes]."""
        return self.kernel.nbytes

    @property
    def n_synapses(self) -> int:
        """Number of synapses."""
        seen = [sum(map(axis.fan_out, range(axis.n_in))) for axis in self._axes]
        return seen[0] * seen[1] * self.kernel.shape[2] * self.kernel.shape[3]

    def _rows(self) -> scipy.sparse.csr_array:
        (in_rows, out_rows, row_stride, above), (in_columns, out_columns, column_stride, left) = (
            axis.numbers for axis in self._axes
        )
        height, width, n_in, n_out = self.kernel.shape
        y, x, i, j, c, o = np.ogrid[:out_rows, :out_columns, :height, :width, :n_in, :n_out]
        row, column = y * row_stride + i - above, x * column_stride + j - left
        inside = (row >= 0) & (row < in_rows) & (column >= 0) & (column < in_columns)
        shape = np.broadcast_shapes(*(one.shape for one in (y, x, i, j, c, o)))
        kept = np.broadcast_to(inside, shape)
        pre = np.broadcast_to((row * in_columns + column) * n_in + c, shape)[kept]
        post = np.broadcast_to((y * out_columns + x) * n_out + o, shape)[kept]
        weights = np.broadcast_to(self.kernel, shape)[kept]
        return scipy.sparse.csr_array((weights, (pre, post)), shape=(self.n_pre, self.n_post))

    def _add_rows(self, spikes: np.ndarray, out: np.ndarray) -> int:
        rows, columns = self._axes
        flat, shape = self.kernel.ravel(), self.kernel.shape
        return add_convolved(spikes, flat, shape, rows.numbers, columns.numbers, out)
