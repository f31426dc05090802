"""Masked classifiers: networks that learn classes with few weights and few active neurons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikearm.arm_models.errors import check_count, check_positive
from spikearm.neural.sparsity.packing import pack
from spikearm.neural.sparsity.sparse_network import SparseNetwork
from spikearm.perception.training.masked_layer import MaskedLayer, MaskedLayerConfig
from spikearm.perception.training.tensorflow_compat import tf


@dataclass(frozen=True)
class ClassifierTraining:
    """Settings of a training.

    Attributes:
        epochs: Number of passes over the samples.
        batch_size: Number of samples of a step.
        learning_rate: First step size of Adam, which falls to 0 in equal steps.

    Raises:
        SpikearmError: A number is not positive.
    """

    epochs: int = 12
    batch_size: int = 50
    learning_rate: float = 1e-3

    def __post_init__(self) -> None:
        check_count(self.epochs, "epochs", 100_000)
        check_count(self.batch_size, "samples of a batch", 1_000_000)
        check_positive(self, "learning_rate")


class MaskedClassifier(tf.Module):
    """Hidden layers and a dense readout, which learn classes by cross-entropy.

    The same code trains dense networks and sparse ones; masks and winners make the difference.

    Args:
        layers: Hidden layers, the first one beside the inputs.
        n_classes: Number of classes.
        rng: Source of the first weights, and of the order of samples.
    """

    def __init__(
        self, layers: Sequence[MaskedLayerConfig], n_classes: int, rng: np.random.Generator
    ) -> None:
        super().__init__()
        self._layers = [MaskedLayer(config, rng) for config in layers]
        n_hidden = layers[-1].mask.shape[0]
        readout = rng.normal(size=(n_hidden, n_classes)) / np.sqrt(n_hidden)
        self._readout = tf.Variable(readout, dtype=tf.float32)
        self._readout_bias = tf.Variable(tf.zeros(n_classes))
        self._rng = rng

    @property
    def duty_cycles(self) -> list[np.ndarray]:
        """Duty cycles of the layers that have winners, shape (n_neurons,) each."""
        return [layer.winners.duty_cycles for layer in self._layers if layer.winners is not None]

    def fit(self, inputs: np.ndarray, labels: np.ndarray, training: ClassifierTraining) -> None:
        """Learn the labels.

        Args:
            inputs: Inputs, shape (n_samples, n_in).
            labels: Class of each, shape (n_samples,).
            training: Settings.
        """
        n_steps = training.epochs * -(-len(labels) // training.batch_size)
        optimizer = tf.keras.optimizers.Adam(
            tf.keras.optimizers.schedules.PolynomialDecay(training.learning_rate, n_steps, 0.0)
        )
        step = tf.function(self._step_of(optimizer))
        inputs, labels = inputs.astype(np.float32), labels.astype(np.int32)
        for _ in range(training.epochs):
            order = self._rng.permutation(len(labels))
            for first in range(0, len(labels), training.batch_size):
                batch = order[first : first + training.batch_size]
                wins = step(inputs[batch], labels[batch], self._boosts())
                self._record(wins, len(batch))
            for layer in self._layers:
                if layer.winners is not None:
                    layer.winners.end_epoch()

    def activations(self, inputs: np.ndarray) -> list[np.ndarray]:
        """Compute what each hidden layer passes on, and the outputs, after training.

        Args:
            inputs: Inputs, shape (n_samples, n_in).
        """
        samples = tf.constant(inputs, tf.float32)
        hidden, outputs = self._outputs(samples, self._boosts(), training=False)
        return [one.numpy() for one in (*hidden, outputs)]

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Return the likeliest class of each sample, shape (n_samples,)."""
        return self.activations(inputs)[-1].argmax(axis=1)

    def packed(self) -> SparseNetwork:
        """Build the network that runs, without TensorFlow and without zeros.

        Raises:
            SpikearmError: A layer has no winners.
        """
        layers = [layer.packed() for layer in self._layers]
        readout = pack(self._readout.numpy().T, sets=1)
        return SparseNetwork(layers, readout, self._readout_bias.numpy())

    def _boosts(self) -> list[tf.Tensor]:
        return [tf.constant(layer.boost) for layer in self._layers]

    def _record(self, wins: Sequence[tf.Tensor], n_samples: int) -> None:
        for layer, won in zip(self._layers, wins, strict=True):
            if layer.winners is not None:
                layer.winners.record(won.numpy(), n_samples)

    def _outputs(
        self, inputs: tf.Tensor, boosts: Sequence[tf.Tensor], training: bool
    ) -> tuple[list[tf.Tensor], tf.Tensor]:
        hidden = []
        for layer, boost in zip(self._layers, boosts, strict=True):
            inputs = layer(inputs, boost, training)
            hidden.append(inputs)
        return hidden, inputs @ self._readout + self._readout_bias

    def _step_of(self, optimizer: Any) -> Callable:
        def step(inputs: tf.Tensor, labels: tf.Tensor, boosts: list[tf.Tensor]) -> list[tf.Tensor]:
            with tf.GradientTape() as tape:
                hidden, outputs = self._outputs(inputs, boosts, training=True)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, outputs)
                loss = tf.reduce_mean(losses)
            variables = self.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
            return [tf.math.count_nonzero(one, axis=0) for one in hidden]

        return step
