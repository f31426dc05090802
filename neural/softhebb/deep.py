"""Deep SoftHebb: convolutions that are learned one upon the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import check_positive
from spikearm.neural.softhebb.convolution import SoftHebbConvolution
from spikearm.neural.softhebb.patches import all_patches
from spikearm.neural.softhebb.state import SoftHebbState
from spikearm.neural.softhebb.triangle import triangle


@dataclass(frozen=True)
class DeepSoftHebb:
    """Network of SoftHebb convolutions with triangle activations and pooling (Journé et al. 2023).

    Attributes:
        convolutions: Convolutions, from the first to the last.
        power: Exponent of the triangle activation.
        pool: Side of the squares that activations are averaged over, after each convolution.

    Raises:
        SpikearmError: A number is out of range.
    """

    convolutions: tuple[SoftHebbConvolution, ...]
    power: float = 1.0
    pool: int = 2

    def __post_init__(self) -> None:
        check_positive(self, "power", "pool")

    def learn(self, images: np.ndarray, rng: np.random.Generator) -> list[SoftHebbState]:
        """Learn each convolution from the features of those before it, without labels.

        Args:
            images: Images, shape (n_images, height, width, channels).
            rng: Generator of initial weights and patches.
        """
        states: list[SoftHebbState] = []
        for convolution in self.convolutions:
            states.append(convolution.learn(images, rng))
            images = self._layer(convolution, states[-1], images)
        return states

    def features(self, states: Sequence[SoftHebbState], images: np.ndarray) -> np.ndarray:
        """Compute the last layer's features.

        Args:
            states: Weights of the convolutions.
            images: Images, shape (n_images, height, width, channels).

        Returns:
            Features, shape (n_images, rows, columns, n_kernels).
        """
        for convolution, state in zip(self.convolutions, states, strict=True):
            images = self._layer(convolution, state, images)
        return images

    def _layer(
        self, convolution: SoftHebbConvolution, state: SoftHebbState, images: np.ndarray
    ) -> np.ndarray:
        features = triangle(convolution.activation(state, images), self.power)
        return all_patches(features, (self.pool, self.pool), self.pool).mean(axis=(-3, -2))
