"""Training of spiking networks through their spikes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import check_count, check_positive
from spikearm.perception.training.spiking.losses import Loss
from spikearm.perception.training.spiking.rate_band import RateBand
from spikearm.perception.training.spiking.spiking_network import SpikingNetwork
from spikearm.perception.training.tensorflow_compat import tf

MOST_EPOCHS = 10**6


@dataclass(frozen=True)
class TrainingConfig:
    """Choices of a training.

    Attributes:
        epochs: Number of times that all trials are shown.
        batch_size: Number of trials between two updates; what is left of an epoch is passed over.
        learning_rate: Step size of Adam (Kingma and Ba 2015).
        rate_band: Losses that hold the layers' spike counts in a band; None for none.
        seed: Seed of the order of the trials.

    Raises:
        SpikearmError: A number is out of range.
    """

    epochs: int = 25
    batch_size: int = 200
    learning_rate: float = 5e-3
    rate_band: RateBand | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        check_count(self.epochs, "epochs", MOST_EPOCHS)
        check_positive(self, "batch_size", "learning_rate")


def train(
    network: SpikingNetwork,
    spikes: np.ndarray,
    targets: np.ndarray,
    loss: Loss,
    config: TrainingConfig = TrainingConfig(),
) -> list[float]:
    """Train a network's weights, in place; the same each time on the same machine.

    Args:
        network: Network with initial weights.
        spikes: Spikes of the inputs, shape (n_steps, n_trials, ...).
        targets: Labels or wanted outputs, one per trial.
        loss: Loss of the outputs.
        config: Choices.

    Returns:
        Mean loss of each epoch, that of the rate band included.
    """
    weights = network.weights
    optimizer = tf.keras.optimizers.Adam(config.learning_rate)
    optimizer.build(weights)

    @tf.function
    def update(spikes: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            outputs, fired = network(spikes)
            total = loss(outputs, targets)
            if config.rate_band is not None:
                total += config.rate_band.loss(fired)
        optimizer.apply_gradients(zip(tape.gradient(total, weights), weights, strict=True))
        return total

    def show_all() -> float:
        losses = [
            update(tf.constant(spikes[:, some], tf.float32), tf.constant(targets[some]))
            for some in _batches(len(targets), config.batch_size, rng)
        ]
        return float(np.mean(losses))

    rng = np.random.default_rng(config.seed)
    return [show_all() for _ in range(config.epochs)]


def _batches(n_trials: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Split trials into batches, in random order."""
    order = rng.permutation(n_trials)
    size = min(size, n_trials)
    return (order[start : start + size] for start in range(0, n_trials - size + 1, size))
