"""Readouts that integrate spikes, and do not fire."""

from collections.abc import Sequence

import numpy as np

from spikearm.neural.initialisation.afferent import Afferent
from spikearm.neural.initialisation.lif import Lif
from spikearm.neural.initialisation.psp import psp_kernel
from spikearm.perception.training.spiking.projection import Projection
from spikearm.perception.training.tensorflow_compat import tf


class LeakyReadout:
    """Leaky integrators behind a projection: membranes without threshold.

    Attributes:
        projection: Weights into the readout.
        lif: Time constants of the integrators; the threshold is the unit of their outputs.
    """

    def __init__(self, projection: Projection, lif: Lif) -> None:
        self.projection, self.lif = projection, lif

    @property
    def afferents(self) -> Sequence[Afferent]:
        """Connections into the readout."""
        return (self.projection.afferent,)

    def write(self, weights: Sequence[np.ndarray]) -> None:
        """Write the weights of the one connection."""
        (only,) = weights
        self.projection.write(only)

    def run(self, spikes: np.ndarray) -> np.ndarray:
        """Compute outputs, shape (n_steps, n_trials, n_outputs)."""
        return self(tf.constant(spikes, tf.float32)).numpy()

    def __call__(self, spikes: tf.Tensor) -> tf.Tensor:
        """Compute outputs, shape (n_steps, n_trials, n_outputs)."""
        n_steps = spikes.shape[0]
        assert n_steps is not None  # known when a function of TensorFlow's is traced
        response = tf.constant(self._response(n_steps))
        return tf.tensordot(response, self.projection(spikes), 1)

    def _response(self, n_steps: int) -> np.ndarray:
        """Compute the potential in each step after a spike in each step, shape (n, n)."""
        kernel = psp_kernel(self.lif)
        kernel = np.pad(kernel, (0, max(0, n_steps - len(kernel))))
        lag = np.subtract.outer(np.arange(n_steps), np.arange(n_steps))
        return np.where(lag > 0, kernel[np.maximum(lag, 0)], 0.0).astype(np.float32)
