"""The eye's training: spikes and gradients against loops, and learning that can be resumed."""

import numpy as np
import pytest

from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.layerwise import initialise_layerwise
from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_shape import EyeShape
from spikearm.perception.eye.eye_training_config import EyeTrainingConfig
from spikearm.perception.eye.eye_weights import EyeDynamics, EyeLayer
from spikearm.perception.eye.heat_reading import HeatReader
from spikearm.perception.eye.scene_set import SceneSet
from spikearm.perception.training.eye.eye_training import EyeTrainer
from spikearm.perception.training.eye.first_spikes import FirstSpikes
from spikearm.perception.training.eye.learning_eye import LearningEye
from spikearm.perception.training.eye.pulsed_spikes import STEEPNESS, fire_pulsed
from spikearm.perception.training.tensorflow_compat import tf

DYNAMICS = EyeDynamics()
SIZE, N_STEPS = 16, 12
DECAY = np.exp(-0.2)


@tf.custom_gradient
def spike(potential):
    def gradient(upstream):
        return upstream / (STEEPNESS * tf.abs(potential - 1.0) + 1) ** 2

    return tf.cast(potential > 1.0, tf.float32), gradient


def fire_step_by_step(inputs):
    """Steps that TensorFlow differentiates by itself; no gradient passes through the reset."""
    rest, fired = tf.zeros_like(inputs[0]), []
    for arriving in inputs:
        potential = tf.maximum(DECAY * rest + arriving, -4.0)
        fired.append(spike(potential))
        rest = potential * (1.0 - tf.stop_gradient(fired[-1]))
    return tf.stack(fired)


def test_spikes_and_gradients_are_those_of_steps_one_by_one():
    inputs = tf.constant(np.random.default_rng(0).normal(0, 1.2, (20, 5, 7)), tf.float32)
    weights = np.random.default_rng(1).normal(size=(20, 5, 7)).astype(np.float32)
    results = []
    for fire in (lambda given: fire_pulsed(given, DYNAMICS), fire_step_by_step):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            fired = fire(inputs)
            total = tf.reduce_sum(fired * weights)
        results.append((fired.numpy(), tape.gradient(total, inputs).numpy()))
    (fired, gradient), (expected_fired, expected) = results
    np.testing.assert_array_equal(fired, expected_fired)
    np.testing.assert_allclose(gradient, expected, atol=1e-5)


def scenes(n_scenes: int) -> SceneSet:
    """A square of events, somewhere, and noise."""
    rng = np.random.default_rng(0)
    events = rng.random((n_scenes, N_STEPS, 2, SIZE, SIZE, 2)) < 0.02
    corners = rng.integers(2, SIZE - 6, (n_scenes, 2, 2))
    for scene, pair in zip(events, corners, strict=True):
        for camera, (column, row) in enumerate(pair):
            scene[:, camera, row : row + 4, column : column + 4, 0] |= (
                rng.random((N_STEPS, 4, 4)) < 0.5
            )
    pixels = np.repeat((corners + 2.0)[:, None], N_STEPS, axis=1)
    return SceneSet(
        np.packbits(events.reshape(n_scenes, N_STEPS, 2, -1), axis=-1),
        np.zeros((n_scenes, N_STEPS, 3)), pixels, pixels, np.ones((n_scenes, 2)),
        np.zeros((n_scenes, 2, SIZE, SIZE, 3), np.uint8),
    )  # fmt: skip


@pytest.fixture(scope="module")
def watched():
    return scenes(40)


@pytest.fixture(scope="module")
def first():
    rng = np.random.default_rng(3)
    return EyeLayer(rng.normal(0.05, 0.3, (3, 3, 2, 6)).astype(np.float32), 2)


def network(first, spikes):
    made = LearningEye(first, EyeShape((8,), (1,)), DYNAMICS)
    some, rng = spikes.take(np.arange(20)), np.random.default_rng(4)
    initialise_layerwise(made.layers, some, FluctuationDriven(), rng)
    return made


def trained(first, watched, updates, state=None, stop=None):
    spikes = FirstSpikes.of(first, watched, DYNAMICS)
    made = network(first, spikes)
    config = EyeTrainingConfig(updates, 16, 1e-2, N_STEPS, 4)
    kept = {}

    def keep(read, n_updates):
        if n_updates == stop:
            kept.update(read())

    losses = EyeTrainer(made, watched, spikes, config).train(state, keep)
    return made, losses, kept


def test_the_network_learns_and_a_resumed_training_ends_with_the_same_weights(first, watched):
    made, losses, kept = trained(first, watched, 60, stop=30)
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:5])
    again, rest, _ = trained(first, watched, 60, state=kept)
    assert len(rest) == 30
    for one, other in zip(made.variables, again.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_the_eye_that_runs_reads_what_the_network_that_learned_says(first, watched):
    spikes = FirstSpikes.of(first, watched, DYNAMICS)
    made = network(first, spikes)
    odds, _ = made(tf.constant(spikes.take(np.arange(6))))
    expected = tf.nn.softmax(odds[-1]).numpy()  # (6, n_maps, n_places + 1)
    weights = made.read(SIZE, {})
    for view in range(6):
        eye, reader = Eye(weights), HeatReader(weights)
        frames = watched.views(np.array([view]))[:, 0]
        *_, sights = (reader.read(eye.see(events)) for events in frames)
        for number, sight in enumerate(sights.values()):
            np.testing.assert_allclose(sight.heat.ravel(), expected[view, number, :-1], atol=1e-4)


def test_a_longer_filter_in_use_is_read_less_sharply(first):
    """A neuron that fires in every frame then adds the same log odds."""
    made = LearningEye(first, EyeShape((8,), (1,)), DYNAMICS, tau_learning=0.016)
    usual = LearningEye(first, EyeShape((8,), (1,)), DYNAMICS)
    sums = [1 / (1 - np.exp(-0.004 / tau)) for tau in (0.016, 0.032)]
    np.testing.assert_allclose(
        made.read(SIZE, {}).sharpness * sums[1], usual.read(SIZE, {}).sharpness * sums[0], rtol=1e-6
    )
