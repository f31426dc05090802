"""Convolutional layers upon one another, learned from digits or random."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from spikearm.experiments.studies.reproductions.digits import Digits, load_digits
from spikearm.experiments.studies.reproductions.moraitis2022.learners import RANDOM
from spikearm.neural.softhebb.convolution import SoftHebbConvolution
from spikearm.neural.softhebb.deep import DeepSoftHebb
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.state import SoftHebbState

N_DIGITS, N_LEARNED = 2000, 500  # images for the read-out, and for kernels
RIDGES = tuple(np.logspace(-2, 3, 6))
BATCH = 250  # images whose features are computed at a time
FIRST = SoftHebb(32, beta=20.0, norm_power=0.5, competition="anti-hebbian")
TWO_LAYERS = DeepSoftHebb(
    (
        SoftHebbConvolution(FIRST, (5, 5)),
        SoftHebbConvolution(replace(FIRST, n_neurons=64), (3, 3)),
    )
)
ONE_LAYER = DeepSoftHebb(TWO_LAYERS.convolutions[:1], pool=4)


def measure_deep_features(learner: str, seed: int, n_digits: int = N_DIGITS) -> Mapping[str, float]:
    """Measure the accuracy of a linear read-out of one convolutional layer and of two."""
    rng = np.random.default_rng(seed)
    digits = load_digits(rng, n_digits)
    if learner == RANDOM:
        states = _random_states(rng)
    else:
        states = TWO_LAYERS.learn(_pictures(digits.images[:N_LEARNED]), rng)
    return {
        "accuracy_1": _accuracy(ONE_LAYER, states[:1], digits),
        "accuracy_2": _accuracy(TWO_LAYERS, states, digits),
    }


def _random_states(rng: np.random.Generator) -> list[SoftHebbState]:
    states, channels = [], 1
    for convolution in TWO_LAYERS.convolutions:
        n_inputs = int(np.prod(convolution.kernel_shape)) * channels
        states.append(convolution.layer.initial_state(n_inputs, rng))
        channels = convolution.layer.n_neurons
    return states


def _accuracy(network: DeepSoftHebb, states: Sequence[SoftHebbState], digits: Digits) -> float:
    from sklearn.linear_model import RidgeClassifierCV

    learned, tested = (
        _features(network, states, images) for images in (digits.images, digits.test_images)
    )
    mean, spread = learned.mean(axis=0), learned.std()
    model = RidgeClassifierCV(RIDGES).fit((learned - mean) / spread, digits.labels)
    return float(model.score((tested - mean) / spread, digits.test_labels))


def _features(
    network: DeepSoftHebb, states: Sequence[SoftHebbState], images: np.ndarray
) -> np.ndarray:
    batches = np.array_split(_pictures(images), -(-len(images) // BATCH))
    return np.concatenate([network.features(states, one).reshape(len(one), -1) for one in batches])


def _pictures(images: np.ndarray) -> np.ndarray:
    """Return images of 784 pixels in rows and columns, with one channel."""
    return images.reshape(-1, 28, 28, 1)
