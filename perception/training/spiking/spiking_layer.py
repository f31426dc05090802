"""Layers of spiking neurons that are trained."""

from spikearm.neural.initialisation.lif import Lif
from spikearm.perception.training.spiking.layer import Layer
from spikearm.perception.training.spiking.projection import Projection
from spikearm.perception.training.spiking.super_spike import STEEPNESS, fire
from spikearm.perception.training.tensorflow_compat import tf


class SpikingLayer(Layer):
    """Spiking neurons behind a projection.

    Attributes:
        beta: Steepness of the surrogate gradient.
    """

    def __init__(self, projection: Projection, lif: Lif = Lif(), beta: float = STEEPNESS) -> None:
        super().__init__(projection, lif)
        self.beta = beta

    def __call__(self, spikes: tf.Tensor) -> tf.Tensor:
        """Compute the layer's spikes, shape (n_steps, n_trials, ...), from those it receives."""
        return fire(self.projection(spikes), self.lif, self.beta)
