"""Layers of spiking neurons that are trained."""

from collections.abc import Sequence

import numpy as np

from spikearm.neural.initialisation.afferent import Afferent
from spikearm.neural.initialisation.lif import Lif
from spikearm.perception.training.spiking.projection import Projection
from spikearm.perception.training.spiking.super_spike import STEEPNESS, fire
from spikearm.perception.training.tensorflow_compat import tf


class SpikingLayer:
    """Spiking neurons behind a projection.

    Attributes:
        projection: Weights into the layer.
        lif: Neurons.
        beta: Steepness of the surrogate gradient.
    """

    def __init__(self, projection: Projection, lif: Lif = Lif(), beta: float = STEEPNESS) -> None:
        self.projection, self.lif, self.beta = projection, lif, beta

    @property
    def afferents(self) -> Sequence[Afferent]:
        """Connections into the layer."""
        return (self.projection.afferent,)

    def write(self, weights: Sequence[np.ndarray]) -> None:
        """Write the weights of the one connection."""
        (only,) = weights
        self.projection.write(only)

    def run(self, spikes: np.ndarray) -> np.ndarray:
        """Compute the layer's spikes, shape (n_steps, n_trials, ...), from those it receives."""
        return self(tf.constant(spikes, tf.float32)).numpy()

    def __call__(self, spikes: tf.Tensor) -> tf.Tensor:
        """Compute the layer's spikes, shape (n_steps, n_trials, ...), from those it receives."""
        return fire(self.projection(spikes), self.lif, self.beta)
