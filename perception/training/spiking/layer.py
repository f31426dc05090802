"""Neurons behind a projection."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from spikearm.neural.initialisation.afferent import Afferent
from spikearm.neural.initialisation.lif import Lif
from spikearm.perception.training.spiking.projection import Projection
from spikearm.perception.training.tensorflow_compat import tf


class Layer(ABC):
    """Neurons behind a projection, whose weights an initialisation can write.

    Attributes:
        projection: Weights into the layer.
        lif: Neurons.
    """

    def __init__(self, projection: Projection, lif: Lif) -> None:
        self.projection, self.lif = projection, lif

    @property
    def afferents(self) -> Sequence[Afferent]:
        """Connections into the layer."""
        return (self.projection.afferent,)

    def write(self, weights: Sequence[np.ndarray]) -> None:
        """Write the weights of the one connection."""
        (only,) = weights
        self.projection.write(only)

    def run(self, spikes: np.ndarray) -> np.ndarray:
        """Compute outputs, shape (n_steps, n_trials, ...), from the spikes it receives."""
        return self(tf.constant(spikes, tf.float32)).numpy()

    @abstractmethod
    def __call__(self, spikes: tf.Tensor) -> tf.Tensor:
        """Compute outputs, shape (n_steps, n_trials, ...), from the spikes it receives."""
