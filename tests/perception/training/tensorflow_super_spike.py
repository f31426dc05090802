"""Spikes and their surrogate gradient, against steps that TensorFlow differentiates by itself."""

import numpy as np
import pytest

from spikearm.neural.initialisation.lif import Lif
from spikearm.perception.training.spiking.super_spike import fire, super_spike
from spikearm.perception.training.tensorflow_compat import tf

LIF = Lif(0.015, 0.008, 0.002, 0.7)
BETA = 12.0


@tf.custom_gradient
def spike(potential):
    def gradient(upstream):
        return upstream / (BETA * tf.abs(potential - LIF.threshold) + 1) ** 2

    return tf.cast(potential > LIF.threshold, tf.float32), gradient


def fire_step_by_step(inputs):
    potential = current = tf.zeros_like(inputs[0])
    fired = []
    for arriving in inputs:
        fired.append(spike(potential))
        a, b = LIF.membrane_decay, LIF.synapse_decay
        rests = 1.0 - tf.stop_gradient(fired[-1])
        potential = (a * potential + (1 - a) * current) * rests
        current = b * current + arriving
    return tf.stack(fired)


@pytest.fixture
def inputs():
    return tf.constant(np.random.default_rng(0).normal(0, 1.5, (25, 6, 8)), tf.float32)


def weighted(fired):
    return tf.reduce_sum(fired * np.random.default_rng(1).normal(size=fired.shape))


def test_spikes_and_gradients_are_those_of_the_steps(inputs):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        fired, expected = fire(inputs, LIF, BETA), fire_step_by_step(inputs)
        totals = weighted(fired), weighted(expected)
    assert 0.03 < float(tf.reduce_mean(fired)) < 0.5
    assert (fired == expected).numpy().all()
    gradient, oracle = (tape.gradient(total, inputs).numpy() for total in totals)
    assert np.abs(oracle[:-5]).max() > 0.05
    assert gradient == pytest.approx(oracle, rel=1e-4, abs=1e-6)


def test_the_surrogate_is_1_at_threshold_and_falls_on_either_side():
    assert super_spike(tf.constant([0.0, 0.05, -0.05, 0.2]), 20.0).numpy() == pytest.approx(
        [1.0, 1 / 4, 1 / 4, 1 / 25]
    )


def test_a_function_of_tensorflows_fires_alike(inputs):
    assert (tf.function(fire)(inputs, LIF) == fire(inputs, LIF)).numpy().all()
