"""Spikes of a layer over time, with a gradient that they do not have by themselves."""

from typing import Any

from spikearm.neural.initialisation.lif import Lif
from spikearm.perception.training.tensorflow_compat import tf

STEEPNESS = 20.0  # beta; Rossbroich, Gygax and Zenke 2022


def fire(inputs: tf.Tensor, lif: Lif, beta: float = STEEPNESS) -> tf.Tensor:
    """Compute the spikes of neurons in every step, as :class:`Lif` defines it.

    A spike has no useful derivative: in its place, the gradient takes that of SuperSpike (Zenke
    and Ganguli 2018), ``1 / (beta |U - threshold| + 1)^2``. No gradient passes through the reset.

    Args:
        inputs: Sum of the weights of the inputs that spike, shape (n_steps, n_trials, ...).
        lif: Neurons.
        beta: Steepness of the surrogate.

    Returns:
        Ones and zeros, of the same shape.
    """

    @tf.custom_gradient
    def spikes(inputs: tf.Tensor) -> Any:
        potential = _potential(tf.stop_gradient(inputs), lif)
        fired = tf.cast(potential > lif.threshold, inputs.dtype)
        slope = super_spike(potential - lif.threshold, beta)

        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            return _input_gradient(tf.stop_gradient(upstream * slope), fired, lif)

        return fired, gradient

    return spikes(inputs)


def super_spike(distance: tf.Tensor, beta: float = STEEPNESS) -> tf.Tensor:
    """Compute the surrogate derivative of a spike by the potential's distance from threshold."""
    return 1.0 / tf.square(beta * tf.abs(distance) + 1.0)


@tf.function(jit_compile=True)
def _potential(inputs: tf.Tensor, lif: Lif) -> tf.Tensor:
    """Compute the potential at the beginning of every step."""
    a, b = lif.membrane_decay, lif.synapse_decay

    def step(state: tuple[tf.Tensor, tf.Tensor], arriving: tf.Tensor) -> tuple:
        potential, current = state
        rests = tf.cast(potential <= lif.threshold, inputs.dtype)
        return (a * potential + (1 - a) * current) * rests, b * current + arriving

    zero = tf.zeros_like(inputs[0])
    potential, _ = tf.scan(step, inputs, (zero, zero))
    return tf.concat([zero[None], potential[:-1]], 0)


@tf.function(jit_compile=True)
def _input_gradient(by_potential: tf.Tensor, fired: tf.Tensor, lif: Lif) -> tf.Tensor:
    """Compute a loss's gradient by the inputs: the steps of the neurons backwards.

    Args:
        by_potential: Gradient by the potential in every step, as far as it is by its spikes.
        fired: Spikes.
        lif: Neurons.
    """
    a, b = lif.membrane_decay, lif.synapse_decay

    def step(after: tuple[tf.Tensor, tf.Tensor], now: tuple[tf.Tensor, tf.Tensor]) -> tuple:
        by_spike, rests = now
        potential, current = after[0] * rests, after[1]
        return by_spike + a * potential, b * current + (1 - a) * potential

    zero = tf.zeros_like(fired[0])
    _, by_current = tf.scan(step, (by_potential, 1.0 - fired), (zero, zero), reverse=True)
    return tf.concat([by_current[1:], zero[None]], 0)
