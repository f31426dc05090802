"""Convolutional layers that are measured."""

from dataclasses import dataclass

import numpy as np

from spikearm.neural.connectivity.event_convolution import EventConvolution


@dataclass(frozen=True)
class Layer:
    """Convolutional layer.

    Attributes:
        size: Rows, and columns, of the input.
        channels: Numbers of channels of input and output.
        kernel: Rows, and columns, of the kernel.
        stride: Distance between two outputs, in inputs.
    """

    size: int
    channels: tuple[int, int]
    kernel: int
    stride: int = 1

    @property
    def name(self) -> str:
        """Name in tables."""
        strided = f", stride {self.stride}" if self.stride > 1 else ""
        n_in, n_out = self.channels
        return f"{self.size}x{self.size}x{n_in} to {n_out}, {self.kernel}x{self.kernel}{strided}"

    def build(self, rng: np.random.Generator) -> EventConvolution:
        """Build the layer with normally distributed weights."""
        weights = rng.normal(size=(self.kernel, self.kernel, *self.channels)).astype(np.float32)
        shape = self.size, self.size, self.channels[0]
        return EventConvolution(weights, shape, (self.stride, self.stride))


EYE = Layer(64, (2, 32), 5, 2)
LARGE = Layer(32, (64, 64), 3)
DEEP = Layer(16, (128, 128), 3)
