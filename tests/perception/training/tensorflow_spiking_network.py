"""Spiking layers, readouts and their training."""

from dataclasses import replace

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.free_membrane import poisson_spikes
from spikearm.neural.initialisation.kaiming import Kaiming
from spikearm.neural.initialisation.layerwise import initialise, initialise_layerwise
from spikearm.neural.initialisation.lif import Lif
from spikearm.perception.training.spiking.leaky_readout import LeakyReadout
from spikearm.perception.training.spiking.losses import (
    largest_cross_entropy,
    late_mean,
    late_square_error,
)
from spikearm.perception.training.spiking.projection import Convolution, Dense
from spikearm.perception.training.spiking.rate_band import RateBand
from spikearm.perception.training.spiking.spiking_layer import SpikingLayer
from spikearm.perception.training.spiking.spiking_network import SpikingNetwork, dense_network
from spikearm.perception.training.spiking.training import TrainingConfig, train
from spikearm.perception.training.tensorflow_compat import tf

N_STEPS, N_TRIALS = 30, 60
READOUT = Lif(0.06)


@pytest.fixture(scope="module")
def trials():
    """Make trials of two classes: the first units fire before the others, or after them."""
    rng = np.random.default_rng(0)
    labels = np.arange(N_TRIALS) % 2
    steps = rng.integers(0, 10, (N_TRIALS, 12)) + 10 * (labels[:, None] ^ (np.arange(12) < 6))
    return (np.arange(N_STEPS)[:, None, None] == steps).astype(np.float32), labels


def begun(seed=0, sizes=(12, 20, 20, 2)):
    network = dense_network(sizes, Lif(), READOUT)
    rng = np.random.default_rng(seed)
    initialise([*network.layers, network.readout], FluctuationDriven(nu=15.0), rng)
    return network


def config(**choices):
    return TrainingConfig(batch_size=20, learning_rate=0.02, **choices)


def accuracy(network, trials):
    return np.mean(network.outputs(trials[0]).max(axis=0).argmax(axis=-1) == trials[1])


def test_a_dense_projection_sums_weights(trials):
    dense = Dense(12, 3)
    weights = np.random.default_rng(1).normal(size=(12, 3))
    dense.write(weights)
    assert dense(tf.constant(trials[0])).numpy() == pytest.approx(trials[0] @ weights, abs=1e-5)


def test_a_convolution_treats_every_step_as_an_image():
    rng = np.random.default_rng(2)
    spikes = (rng.random((4, 3, 7, 8, 2)) < 0.3).astype(np.float32)
    convolution = Convolution((3, 3), 2, 5, stride=2)
    kernel = rng.normal(size=(3, 3, 2, 5))
    convolution.write(kernel)
    windows = np.lib.stride_tricks.sliding_window_view(spikes, (3, 3), axis=(2, 3))
    expected = np.einsum("tbyxcij,ijco->tbyxo", windows[:, :, ::2, ::2], kernel)
    assert convolution(tf.constant(spikes)).numpy() == pytest.approx(expected, abs=1e-5)
    assert convolution.afferent.fan_in.tolist() == [18] * 5


def test_a_readout_integrates_without_threshold(trials):
    readout = LeakyReadout(Dense(12, 2), READOUT)
    weights = np.random.default_rng(3).normal(0, 5, (12, 2))
    readout.write([weights])
    potential = current = np.zeros((N_TRIALS, 2))
    a, b = READOUT.membrane_decay, READOUT.synapse_decay
    for arriving, output in zip(trials[0] @ weights, readout.run(trials[0]), strict=True):
        assert output == pytest.approx(potential, abs=1e-4)
        potential, current = a * potential + (1 - a) * current, b * current + arriving


def test_losses_are_those_worked_out_by_hand():
    outputs = tf.constant([[[5.0, 0.0]], [[0.0, 1.0]], [[2.0, 0.0]], [[4.0, 3.0]]])
    assert late_mean(outputs).numpy().tolist() == [[3.0, 1.5]]
    assert float(late_square_error(outputs, tf.constant([[3.0, 0.5]]))) == pytest.approx(0.5)
    entropy = np.log(np.exp(5.0) + np.exp(3.0)) - 3.0
    assert float(largest_cross_entropy(outputs, tf.constant([1]))) == pytest.approx(entropy)


def test_training_learns_from_spike_times_through_two_layers(trials):
    network = begun()
    assert accuracy(network, trials) < 0.75
    losses = train(network, trials[0], trials[1], largest_cross_entropy, config(epochs=25))
    assert losses[-1] < 0.3 * losses[0]
    assert accuracy(network, trials) > 0.95


def test_a_seed_gives_the_same_weights_and_another_seed_others(trials):
    weights = []
    for seed in (4, 4, 5):
        network = begun(sizes=(12, 10, 2))
        train(network, trials[0], trials[1], largest_cross_entropy, config(epochs=2, seed=seed))
        weights.append(np.concatenate([one.numpy().ravel() for one in network.weights]))
    assert (weights[0] == weights[1]).all()
    assert (weights[0] != weights[2]).any()


def test_a_rate_band_brings_a_silent_layer_to_spike(trials):
    network = dense_network((12, 20, 20, 2), Lif(), READOUT)
    layers = [*network.layers, network.readout]
    initialise(layers, FluctuationDriven(0.45, nu=15.0), np.random.default_rng(6))
    assert network.rates(trials[0])[1] < 0.1
    train(
        network,
        trials[0],
        trials[1],
        largest_cross_entropy,
        config(epochs=20, rate_band=RateBand()),
    )
    assert network.rates(trials[0])[1] > 1.0


def test_a_network_of_convolutions_is_initialised_layer_by_layer_and_trained():
    rng = np.random.default_rng(7)
    images = poisson_spikes(30.0, (N_STEPS, 20, 8, 8, 2), 0.002, rng)
    targets = rng.normal(size=(20, 3)).astype(np.float32)
    layers = [SpikingLayer(Convolution((3, 3), 2, 6, stride=2), Lif(threshold=2.0)),
              SpikingLayer(Dense(3 * 3 * 6, 15), Lif())]  # fmt: skip
    network = SpikingNetwork(layers, LeakyReadout(Dense(15, 3), READOUT))
    initialise([network.readout], Kaiming(), rng)
    rates = initialise_layerwise(layers, images, FluctuationDriven(), rng)
    assert rates[0] == pytest.approx(30.0, rel=0.05)
    assert rates[1:] == pytest.approx(network.rates(images)[:-1])
    assert min(network.rates(images)) > 1
    losses = train(network, images, targets, late_square_error, config(epochs=20))
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("name", ["epochs", "batch_size", "learning_rate"])
def test_trainings_of_nothing_are_refused(name):
    with pytest.raises(SpikearmError):
        replace(TrainingConfig(), **{name: 0})
