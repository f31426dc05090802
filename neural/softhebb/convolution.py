"""SoftHebb convolution: kernels that are learned from patches."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import check_positive
from spikearm.neural.softhebb.patches import PatchShape, all_patches, draw_patches
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.state import SoftHebbState
from spikearm.neural.softhebb.unit_norm import unit_norm


@dataclass(frozen=True)
class SoftHebbConvolution:
    """Convolution whose kernels are the weights of a SoftHebb layer that sees patches.

    Attributes:
        layer: Layer with a neuron per kernel.
        kernel_shape: Height and width of a kernel [pixels].
        stride: Number of pixels from one output to the next, in either direction.
        n_patches: Number of patches that kernels are learned from.

    Raises:
        SpikearmError: A number is out of range.
    """

    layer: SoftHebb
    kernel_shape: PatchShape
    stride: int = 1
    n_patches: int = 8000

    def __post_init__(self) -> None:
        check_positive(self, "kernel_shape", "stride", "n_patches")

    def learn(self, images: np.ndarray, rng: np.random.Generator) -> SoftHebbState:
        """Learn kernels from patches, each scaled to unit length and seen once.

        Args:
            images: Images, shape (n_images, height, width, channels).
            rng: Generator of initial weights and patches.
        """
        patches = draw_patches(images, self.kernel_shape, self.n_patches, rng)
        inputs = unit_norm(patches.reshape(self.n_patches, -1))
        return self.layer.learn(self.layer.initial_state(inputs.shape[1], rng), inputs, rng)

    def kernels(self, state: SoftHebbState) -> np.ndarray:
        """Return the weights as Nengo's and TensorFlow's convolutions take them.

        Returns:
            Kernels, shape (kernel height, kernel width, channels, n_kernels).
        """
        return np.moveaxis(state.weights.reshape(len(state.weights), *self.kernel_shape, -1), 0, -1)

    def activation(self, state: SoftHebbState, images: np.ndarray) -> np.ndarray:
        """Compute the convolution, without padding.

        Args:
            state: Weights of the kernels.
            images: Images, shape (n_images, height, width, channels).

        Returns:
            Activations, shape (n_images, rows, columns, n_kernels).
        """
        patches = all_patches(images, self.kernel_shape, self.stride)
        return np.tensordot(patches, self.kernels(state), axes=3)
