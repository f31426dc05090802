"""Losses that hold spike counts within a band."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from spikearm.arm_models.errors import check_not_negative, check_positive
from spikearm.perception.training.tensorflow_compat import tf

Per = Literal["neuron", "population", "channel"]
"""Neurons whose mean count is bounded: each alone, a layer's, or those of a channel."""


@dataclass(frozen=True)
class Bound:
    """Bound of spike counts.

    Attributes:
        count: Spikes in a trial.
        strength: Factor of the squared excess.
        per: Neurons whose mean count is bounded.
        each_trial: True if it holds in each trial, False if on average over a batch.

    Raises:
        SpikearmError: A number is out of range.
    """

    count: float
    strength: float
    per: Per = "neuron"
    each_trial: bool = False

    def __post_init__(self) -> None:
        check_not_negative(self, "count")
        check_positive(self, "strength")

    def loss(self, spikes: tf.Tensor, sign: float) -> tf.Tensor:
        """Compute the mean squared excess, of counts above (sign 1) or below (sign -1)."""
        counts = tf.reduce_sum(spikes, 0)  # (n_trials, ...)
        last = len(counts.shape) - 1
        neurons = {"neuron": [], "population": range(1, last + 1), "channel": range(1, last)}
        trials = [] if self.each_trial else [0]
        means = tf.reduce_mean(counts, [*trials, *neurons[self.per]])
        excess = tf.nn.relu(sign * (means - self.count))
        return self.strength * tf.reduce_mean(tf.square(excess))


@dataclass(frozen=True)
class RateBand:
    """Band of spike counts, held by two losses (Rossbroich, Gygax and Zenke 2022).

    The defaults are estimates for trials of 0.1 s: a neuron fires in every tenth trial at least,
    and a layer at no more than 40 Hz.

    Attributes:
        lower: Lower bound, or None.
        upper: Upper bound, or None.
    """

    lower: Bound | None = Bound(0.1, 0.1, "neuron")
    upper: Bound | None = Bound(4.0, 0.01, "population")

    def loss(self, layers: Sequence[tf.Tensor]) -> tf.Tensor:
        """Compute the loss of all layers.

        Args:
            layers: Spikes of each layer, shape (n_steps, n_trials, ...), channels last.
        """
        bounds = [(self.lower, -1.0), (self.upper, 1.0)]
        terms = [bound.loss(spikes, sign) for spikes in layers for bound, sign in bounds if bound]
        return tf.add_n(terms) if terms else tf.constant(0.0)
