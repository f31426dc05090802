"""Layers of an eye behind its first, and the reading of their heat neurons, in TensorFlow."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from spikearm.neural.initialisation.lif import Lif
from spikearm.neural.sparsity.masks import complementary_mask
from spikearm.perception.eye.eye_shape import EyeShape
from spikearm.perception.eye.eye_weights import MAPS, EyeDynamics, EyeLayer, EyeWeights
from spikearm.perception.training.eye.pulsed_spikes import fire_pulsed
from spikearm.perception.training.spiking.layer import Layer
from spikearm.perception.training.spiking.projection import Convolution
from spikearm.perception.training.tensorflow_compat import tf

INSTANT = 1e-6  # s; a synapse that is over before the next frame
SHARPNESS, ABSENCE = 1.3, 6.0  # at the beginning


class PulsedConvolution(Layer):
    """Pulsed neurons behind a convolution.

    An initialisation sees them as neurons whose synapses are over at once.

    Args:
        projection: Weights into the layer.
        dynamics: Time constants.
    """

    def __init__(self, projection: Convolution, dynamics: EyeDynamics) -> None:
        super().__init__(projection, Lif(dynamics.tau_membrane, INSTANT, dynamics.period))
        self.projection: Convolution = projection
        self._dynamics = dynamics

    def write(self, weights: Sequence[np.ndarray]) -> None:
        """Write the weights of the one connection, which :class:`Lif` filters by ``1 - a``."""
        (only,) = weights
        super().write([(1.0 - self.lif.membrane_decay) * only])

    def __call__(self, spikes: tf.Tensor) -> tf.Tensor:
        """Compute spikes, shape (n_steps, n_views, ...), from those it receives."""
        return fire_pulsed(self.projection(spikes), self._dynamics)


class LearningEye:
    """Layers of an eye behind its first, which learn.

    Args:
        first: First layer, which stays as it is.
        shape: Layers behind it.
        dynamics: Time constants.
        tau_learning: Time constant of the filter that heat neurons are read through while they
            learn [s]; the dynamics' when left out.

    Attributes:
        layers: Spiking layers, the heat neurons' last.
    """

    def __init__(
        self, first: EyeLayer, shape: EyeShape, dynamics: EyeDynamics,
        tau_learning: float | None = None,
    ) -> None:  # fmt: skip
        self._first, self._dynamics = first, dynamics
        tau = dynamics.tau_reading if tau_learning is None else tau_learning
        self._decay = replace(dynamics, tau_reading=tau).reading_decay
        n_maps, n_in = len(MAPS), first.kernel.shape[-1]
        n_heat = n_maps * shape.per_map
        sizes = [*zip(shape.channels, shape.strides, strict=True), (n_heat, 1)]
        self.layers: list[PulsedConvolution] = []
        for number, (n_out, stride) in enumerate(sizes):
            side = shape.side if number < len(shape.channels) else shape.heat_side
            dense = number == len(shape.channels) or shape.sets == 1
            mask = None if dense else _mask((side, side, n_in, n_out), shape.sets)
            projection = Convolution((side, side), n_in, n_out, stride, "SAME", mask)
            self.layers.append(PulsedConvolution(projection, dynamics))
            n_in = n_out
        rough = tf.fill([n_maps], float(np.log(np.expm1(SHARPNESS))))
        self._rough_sharpness = tf.Variable(rough)  # softplus makes it positive
        self._absence = tf.Variable(tf.fill([n_maps], ABSENCE))

    @property
    def stride(self) -> int:
        """Distance between two heat neurons [pixels]."""
        strides = [self._first.stride, *(layer.projection.stride for layer in self.layers)]
        return int(np.prod(strides))

    @property
    def variables(self) -> list[tf.Variable]:
        """Variables that a training changes."""
        kernels = [layer.projection.weights for layer in self.layers]
        return [*kernels, self._rough_sharpness, self._absence]

    def __call__(self, spikes: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Compute the log odds of places, and the spikes of every layer.

        Args:
            spikes: Spikes of the first layer, shape (n_steps, n_views, rows, columns, channels).

        Returns:
            Log odds of each map's places, and of absence at the end, shape
            (n_steps, n_views, n_maps, n_places + 1), and spikes of each layer.
        """
        fired: list[tf.Tensor] = []
        for layer in self.layers:
            spikes = layer(spikes)
            fired.append(spikes)
        return self._log_odds(self._filtered(spikes)), fired

    def read(self, size: int, about: dict[str, object]) -> EyeWeights:
        """Return the weights as they are now.

        Sharpness is that of a filter in use, which adds more spikes up than the one in learning.

        Args:
            size: Rows and columns of the event cameras' pixels.
            about: Account of the training.
        """
        layers = [
            EyeLayer(tf.convert_to_tensor(layer.projection.kernel).numpy(), layer.projection.stride)
            for layer in self.layers
        ]
        longer = (1.0 - self._dynamics.reading_decay) / (1.0 - self._decay)
        sharpness = longer * tf.nn.softplus(self._rough_sharpness).numpy()
        return EyeWeights(
            size, (self._first, *layers), sharpness, self._absence.numpy(), self._dynamics, about
        )

    def _filtered(self, spikes: tf.Tensor) -> tf.Tensor:
        """Filter the spikes of a map's neurons at a place, shape (..., rows, columns, n_maps)."""
        shape = tf.concat([tf.shape(spikes)[:-1], [len(MAPS), -1]], 0)
        counts = tf.reduce_sum(tf.reshape(spikes, shape), -1)
        return tf.scan(lambda before, now: self._decay * before + now, counts)

    def _log_odds(self, filtered: tf.Tensor) -> tf.Tensor:
        odds = filtered * tf.nn.softplus(self._rough_sharpness)
        n_steps, n_views = tf.shape(odds)[0], tf.shape(odds)[1]
        by_map = tf.transpose(tf.reshape(odds, (n_steps, n_views, -1, len(MAPS))), (0, 1, 3, 2))
        absence = tf.broadcast_to(self._absence[:, None], (n_steps, n_views, len(MAPS), 1))
        return tf.concat([by_map, absence], -1)


def _mask(shape: tuple[int, int, int, int], sets: int) -> np.ndarray:
    """Draw a complementary mask of a kernel, the same each time, as ones and zeros."""
    n_in, n_out = int(np.prod(shape[:-1])), shape[-1]
    mask = complementary_mask(n_out, n_in, sets, np.random.default_rng(sets))
    return mask.T.reshape(shape).astype(np.float32)
