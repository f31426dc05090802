"""Readouts that integrate spikes, and do not fire."""

import numpy as np

from spikearm.neural.initialisation.psp import psp_kernel
from spikearm.perception.training.spiking.layer import Layer
from spikearm.perception.training.tensorflow_compat import tf


class LeakyReadout(Layer):
    """Leaky integrators behind a projection: membranes whose threshold is out of use."""

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
