"""Weights between layers: all to all, or a convolution."""

from abc import ABC, abstractmethod
from typing import Literal

import numpy as np

from spikearm.neural.initialisation.afferent import Afferent
from spikearm.perception.training.tensorflow_compat import tf


class Projection(ABC):
    """Weights that carry spikes into a layer; zero until they are written.

    Attributes:
        shape: Shape of the weights; the last axis is the neuron or channel that receives.
        weights: Weights, which a training changes.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.weights = tf.Variable(tf.zeros(shape))

    @property
    def afferent(self) -> Afferent:
        """The projection, as an initialisation sees it."""
        return Afferent(self.shape)

    def write(self, weights: np.ndarray) -> None:
        """Write the weights."""
        self.weights.assign(weights.astype(np.float32))

    @abstractmethod
    def __call__(self, spikes: tf.Tensor) -> tf.Tensor:
        """Sum the weights of the inputs that spike, shape (n_steps, n_trials, ...)."""


class Dense(Projection):
    """Weights from every input to every neuron.

    Args:
        n_in: Number of inputs, all axes of a trial's step together.
        n_out: Number of neurons.
    """

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__((n_in, n_out))

    def __call__(self, spikes: tf.Tensor) -> tf.Tensor:
        """Sum the weights of the inputs that spike."""
        n_in, n_out = self.shape
        flat = tf.reshape(spikes, (-1, n_in))
        return tf.reshape(flat @ self.weights, (*_times(spikes), n_out))


class Convolution(Projection):
    """Kernel that is moved over images of spikes, each of shape (height, width, n_channels).

    Args:
        kernel_size: Height and width of the kernel.
        n_channels_in: Number of channels of the images.
        n_channels_out: Number of channels of the layer.
        stride: Steps of the kernel.
        padding: ``VALID`` for windows within the image alone, ``SAME`` for zeros around it.
        mask: True for weights that may differ from zero, of the kernel's shape; None if all may.
    """

    def __init__(
        self,
        kernel_size: tuple[int, int],
        n_channels_in: int,
        n_channels_out: int,
        stride: int = 1,
        padding: Literal["VALID", "SAME"] = "VALID",
        mask: np.ndarray | None = None,
    ) -> None:
        super().__init__((*kernel_size, n_channels_in, n_channels_out))
        self._mask = mask
        self.stride: int = stride
        self.padding: Literal["VALID", "SAME"] = padding

    def __call__(self, spikes: tf.Tensor) -> tf.Tensor:
        """Sum the weights of the inputs that spike."""
        images = tf.reshape(spikes, (-1, *spikes.shape[2:]))
        summed = tf.nn.conv2d(images, self.kernel, self.stride, self.padding)
        return tf.reshape(summed, (*_times(spikes), *summed.shape[1:]))

    @property
    def afferent(self) -> Afferent:
        """The projection, as an initialisation sees it."""
        return Afferent(self.shape, mask=self._mask)

    @property
    def kernel(self) -> tf.Tensor:
        """Weights, zero where the mask has none."""
        return self.weights if self._mask is None else self.weights * self._mask


def _times(spikes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the numbers of steps and trials."""
    shape = tf.shape(spikes)
    return shape[0], shape[1]
