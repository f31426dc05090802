"""Spikes of pulsed neurons over time, with a gradient that they do not have by themselves."""

from typing import Any

from spikearm.perception.eye.eye_weights import EyeDynamics
from spikearm.perception.eye.pulsed_layer import THRESHOLD
from spikearm.perception.training.spiking.super_spike import super_spike
from spikearm.perception.training.tensorflow_compat import tf

STEEPNESS = 10.0


def fire_pulsed(inputs: tf.Tensor, dynamics: EyeDynamics) -> tf.Tensor:
    """Compute the spikes of :class:`~spikearm.perception.eye.pulsed_layer.PulsedLayer`'s neurons.

    The gradient takes SuperSpike's derivative of a spike, and passes through no reset.

    Args:
        inputs: Sum of the weights of the inputs that spike in each frame, shape
            (n_steps, n_views, ...).
        dynamics: Time constants of the neurons.

    Returns:
        Ones and zeros, of the same shape.
    """

    @tf.custom_gradient
    def spikes(inputs: tf.Tensor) -> Any:
        fired, potential = _run(tf.stop_gradient(inputs), dynamics)
        slope = super_spike(potential - THRESHOLD, STEEPNESS)

        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            return _input_gradient(tf.stop_gradient(upstream * slope), fired, potential, dynamics)

        return fired, gradient

    return spikes(inputs)


@tf.function(jit_compile=True)
def _run(inputs: tf.Tensor, dynamics: EyeDynamics) -> tuple[tf.Tensor, tf.Tensor]:
    """Compute the spikes, and the potentials that led to them."""

    def step(state: tuple[tf.Tensor, ...], arriving: tf.Tensor) -> tuple[tf.Tensor, ...]:
        rest, _, _ = state
        potential = tf.maximum(dynamics.decay * rest + arriving, dynamics.floor)
        fired = tf.cast(potential > THRESHOLD, inputs.dtype)
        return potential * (1.0 - fired), fired, potential

    zero = tf.zeros_like(inputs[0])
    _, fired, potential = tf.scan(step, inputs, (zero, zero, zero))
    return fired, potential


@tf.function(jit_compile=True)
def _input_gradient(
    by_potential: tf.Tensor, fired: tf.Tensor, potential: tf.Tensor, dynamics: EyeDynamics
) -> tf.Tensor:
    """Compute a loss's gradient by the inputs: the frames backwards.

    Args:
        by_potential: Gradient by the potential of every frame, as far as it is by its spikes.
        fired: Spikes.
        potential: Potentials.
        dynamics: Time constants of the neurons.
    """

    def step(after: tf.Tensor, now: tuple[tf.Tensor, ...]) -> tf.Tensor:
        by_spike, rests, above = now
        return (by_spike + dynamics.decay * after * rests) * above

    above_floor = tf.cast(potential > dynamics.floor, fired.dtype)
    elements = (by_potential, 1.0 - fired, above_floor)
    return tf.scan(step, elements, tf.zeros_like(fired[0]), reverse=True)
