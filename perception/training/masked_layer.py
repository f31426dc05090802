"""Masked layers: hidden layers that learn the weights of a mask, and no others."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.sparsity.packing import pack
from spikearm.neural.sparsity.sparse_network import SparseLayer
from spikearm.neural.sparsity.winners import KWinners
from spikearm.perception.training.tensorflow_compat import tf


@dataclass(frozen=True)
class MaskedLayerConfig:
    """Form of a hidden layer.

    Attributes:
        mask: Mask, shape (n_out, n_in), True where there is a weight.
        n_winners: Number of neurons that pass their activation on; None for all, rectified.
        sets: Number of neurons in a group, for packing; None if the mask is not complementary.
    """

    mask: np.ndarray
    n_winners: int | None = None
    sets: int | None = None


class MaskedLayer(tf.Module):
    """Hidden layer: masked weights, batch normalisation, and winners or rectified neurons.

    Weights outside the mask are 0 at the start, and their gradient is 0.
    """

    def __init__(self, config: MaskedLayerConfig, rng: np.random.Generator) -> None:
        super().__init__()
        n_out = config.mask.shape[0]
        # by the inputs that a neuron has; small, as Adam's steps do not depend on their size
        bound = 1 / np.sqrt(config.mask.sum(axis=1, keepdims=True).clip(1))
        weights = (rng.uniform(-1, 1, config.mask.shape) * bound * config.mask).T
        self._config = config
        self._mask = tf.constant(config.mask.T, tf.float32)
        self._weights = tf.Variable(weights, dtype=tf.float32)
        self._normalisation = tf.keras.layers.BatchNormalization(momentum=0.9)
        self._normalisation.build((None, n_out))
        self.winners = None if config.n_winners is None else KWinners(n_out, config.n_winners)

    @property
    def boost(self) -> np.ndarray:
        """Factor of each neuron in the selection, shape (n_out,)."""
        if self.winners is None:
            return np.ones(self._config.mask.shape[0], np.float32)
        return self.winners.boost

    def __call__(self, inputs: tf.Tensor, boost: tf.Tensor, training: bool) -> tf.Tensor:
        """Compute the activations that are passed on, shape (n_samples, n_out)."""
        sums = self._normalisation(inputs @ (self._weights * self._mask), training=training)
        if self._config.n_winners is None:
            return tf.nn.relu(sums)
        return sums * tf.stop_gradient(_won(sums * boost, self._config.n_winners))

    def packed(self) -> SparseLayer:
        """Build the layer that runs, with its normalisation in weights and bias.

        Raises:
            SpikearmError: The layer is rectified.
        """
        if self.winners is None:
            raise SpikearmError("A layer without winners has no sparse form: choose a number.")
        normal = self._normalisation
        gain = normal.gamma.numpy() / np.sqrt(normal.moving_variance.numpy() + normal.epsilon)
        weights = self._weights.numpy().T * gain[:, np.newaxis]
        bias = normal.beta.numpy() - normal.moving_mean.numpy() * gain
        packed = pack(weights, self._config.mask, self._config.sets)
        return SparseLayer(packed, bias, self.winners.n_winners, self.winners.boost)


def _won(scores: tf.Tensor, n_winners: int) -> tf.Tensor:
    """Return 1 for exactly as many neurons of each sample, of equal ones the first, else 0."""
    winners = tf.math.top_k(scores, n_winners, sorted=False).indices  # (n_samples, n_winners)
    samples = tf.repeat(tf.range(tf.shape(scores)[0]), n_winners)
    places = tf.stack([samples, tf.reshape(winners, [-1])], axis=1)
    return tf.scatter_nd(places, tf.ones_like(samples, scores.dtype), tf.shape(scores))
