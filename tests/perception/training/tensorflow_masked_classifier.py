"""Masked training: weights outside the mask stay out, and what is packed is what was trained."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.sparsity.masks import complementary_mask
from spikearm.perception.training.masked_classifier import ClassifierTraining, MaskedClassifier
from spikearm.perception.training.masked_layer import MaskedLayer, MaskedLayerConfig
from spikearm.perception.training.tensorflow_compat import tf

N_IN, N_HIDDEN, N_CLASSES, N_WINNERS, SETS = 24, 40, 3, 5, 4


def layers(n_winners: int | None = N_WINNERS) -> list[MaskedLayerConfig]:
    rng = np.random.default_rng(0)
    return [
        MaskedLayerConfig(complementary_mask(N_HIDDEN, n_in, SETS, rng), n_winners, SETS)
        for n_in in (N_IN, N_HIDDEN)
    ]


def samples(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Draw noisy samples around a centre per class."""
    rng = np.random.default_rng(7)
    labels = rng.integers(N_CLASSES, size=n)
    centres = rng.normal(size=(N_CLASSES, N_IN))
    return centres[labels] + 0.5 * rng.normal(size=(n, N_IN)), labels


def trained(n_winners: int | None) -> MaskedClassifier:
    network = MaskedClassifier(layers(n_winners), N_CLASSES, np.random.default_rng(0))
    network.fit(*samples(), ClassifierTraining(epochs=5, batch_size=20, learning_rate=0.01))
    return network


@pytest.fixture(scope="module")
def network() -> MaskedClassifier:
    return trained(N_WINNERS)


def test_it_learns(network):
    inputs, labels = samples()
    untrained = MaskedClassifier(layers(), N_CLASSES, np.random.default_rng(0))
    assert (network.predict(inputs) == labels).mean() > 0.9
    assert (untrained.predict(inputs) == labels).mean() < 0.7


def test_weights_outside_the_mask_are_never_learned(network):
    packed = network.packed()
    for config, layer in zip(layers(), packed.layers, strict=True):
        weights = layer.weights.unpack()
        assert (weights[~config.mask] == 0).all()
        assert (weights[config.mask] != 0).all()


def test_exactly_k_neurons_pass_their_activation_on(network):
    inputs, _ = samples()
    *hidden, outputs = network.activations(inputs)
    assert [set(np.count_nonzero(one, axis=1)) for one in hidden] == [{N_WINNERS}] * 2
    assert outputs.shape == (len(inputs), N_CLASSES)


def test_also_where_all_activations_are_equal():
    (config, _) = layers()
    layer = MaskedLayer(config, np.random.default_rng(0))
    bias = np.full(N_HIDDEN, 2.5, np.float32)
    layer._normalisation.beta.assign(bias)
    passed = layer(tf.zeros((3, N_IN)), tf.ones(N_HIDDEN), training=False).numpy()
    assert (passed[:, :N_WINNERS] == 2.5).all() and not passed[:, N_WINNERS:].any()


def test_the_packed_network_computes_what_the_trained_one_does(network):
    inputs, _ = samples()
    packed = network.packed()
    outputs = np.array([packed.run(one).outputs for one in inputs])
    np.testing.assert_allclose(outputs, network.activations(inputs)[-1], atol=1e-4)
    np.testing.assert_array_equal(outputs.argmax(axis=1), network.predict(inputs))
    assert [layer.weights.efficiency for layer in packed.layers] == [1.0, 1.0]
    first, second, readout = packed.run(inputs[0]).macs
    assert first == N_IN * N_HIDDEN // SETS
    assert second == N_WINNERS * N_HIDDEN // SETS
    assert readout == N_WINNERS * N_CLASSES


def test_duty_cycles_are_the_winners_share(network):
    begun = 1 - (1 - 20 / 1000) ** 75  # 75 batches of 20 samples, in a period of 1,000
    for duty_cycles in network.duty_cycles:
        assert duty_cycles.sum() == pytest.approx(begun * N_WINNERS)


def test_only_winners_learn():
    (config, _) = layers()
    layer = MaskedLayer(config, np.random.default_rng(0))
    inputs = tf.constant(np.random.default_rng(1).normal(size=(1, N_IN)), tf.float32)
    with tf.GradientTape() as tape:
        passed = layer(inputs, tf.ones(N_HIDDEN), training=False)
        loss = tf.reduce_sum(passed)
    gradient = tape.gradient(loss, layer._weights).numpy()  # (n_in, n_out)
    won = np.flatnonzero(passed.numpy()[0])
    assert set(np.flatnonzero(gradient.any(axis=0))) == set(won)
    assert (gradient[~config.mask.T] == 0).all()


def test_one_seed_gives_the_same_network_and_two_seeds_two():
    inputs, labels = samples(40)

    def outputs(seed: int) -> np.ndarray:
        network = MaskedClassifier(layers(), N_CLASSES, np.random.default_rng(seed))
        network.fit(inputs, labels, ClassifierTraining(epochs=1, batch_size=20))
        return network.activations(inputs)[-1]

    tf.config.run_functions_eagerly(True)  # a few steps are faster than their graph is built
    try:
        one, same, other = outputs(3), outputs(3), outputs(4)
    finally:
        tf.config.run_functions_eagerly(False)
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_without_winners_neurons_are_rectified_and_there_is_no_sparse_form():
    dense = trained(None)
    inputs, labels = samples()
    assert all((one >= 0).all() for one in dense.activations(inputs)[:-1])
    assert (dense.predict(inputs) == labels).mean() > 0.9
    assert dense.duty_cycles == []
    with pytest.raises(SpikearmError, match="has no sparse form"):
        dense.packed()


def test_trainings_that_cannot_be_are_refused():
    with pytest.raises(SpikearmError, match="0 epochs"):
        ClassifierTraining(epochs=0)
    with pytest.raises(SpikearmError, match="learning_rate"):
        ClassifierTraining(learning_rate=0.0)
