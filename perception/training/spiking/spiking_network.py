"""Deep spiking networks with a readout."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from spikearm.neural.initialisation.lif import Lif
from spikearm.perception.training.spiking.leaky_readout import LeakyReadout
from spikearm.perception.training.spiking.losses import Loss
from spikearm.perception.training.spiking.projection import Dense
from spikearm.perception.training.spiking.spiking_layer import SpikingLayer
from spikearm.perception.training.tensorflow_compat import tf


class SpikingNetwork:
    """Layers of spiking neurons in a row, and a readout of the last of them.

    Attributes:
        layers: Spiking layers, the first one next to the inputs.
        readout: Readout of the last one's spikes.
    """

    def __init__(self, layers: Sequence[SpikingLayer], readout: LeakyReadout) -> None:
        self.layers, self.readout = tuple(layers), readout

    @property
    def weights(self) -> list[tf.Variable]:
        """Weights that a training changes."""
        return [one.projection.weights for one in (*self.layers, self.readout)]

    def __call__(self, spikes: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Compute outputs and the spikes of every layer.

        Args:
            spikes: Spikes of the inputs, shape (n_steps, n_trials, ...).

        Returns:
            Outputs, shape (n_steps, n_trials, n_outputs), and spikes likewise.
        """
        fired: list[tf.Tensor] = []
        for layer in self.layers:
            spikes = layer(spikes)
            fired.append(spikes)
        return self.readout(spikes), fired

    def outputs(self, spikes: np.ndarray) -> np.ndarray:
        """Compute the outputs alone, shape (n_steps, n_trials, n_outputs)."""
        return self(tf.constant(spikes, tf.float32))[0].numpy()

    def evaluate(self, spikes: np.ndarray, targets: np.ndarray, loss: Loss) -> float:
        """Compute the loss of its outputs."""
        return float(loss(tf.constant(self.outputs(spikes)), tf.constant(targets)))

    def rates(self, spikes: np.ndarray) -> list[float]:
        """Measure the mean rate of each layer [Hz]."""
        _, fired = self(tf.constant(spikes, tf.float32))
        return [
            float(tf.reduce_mean(one)) / layer.lif.timestep
            for one, layer in zip(fired, self.layers, strict=True)
        ]


def dense_network(sizes: Sequence[int], lif: Lif, readout: Lif) -> SpikingNetwork:
    """Build a network whose layers are all to all.

    Args:
        sizes: Numbers of inputs, of the neurons of each layer, and of outputs.
        lif: Neurons of the layers.
        readout: Time constants of the readout.
    """
    projections = [Dense(n_in, n_out) for n_in, n_out in pairwise(sizes)]
    layers = [SpikingLayer(one, lif) for one in projections[:-1]]
    return SpikingNetwork(layers, LeakyReadout(projections[-1], readout))
