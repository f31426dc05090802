"""Learners of a hidden layer: SoftHebb and what it is compared with."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from spikearm.experiments.studies.reproductions.digits import Digits
from spikearm.experiments.studies.reproductions.moraitis2022.classifier import (
    BackpropagatedClassifier,
    PosteriorClassifier,
)
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.unit_norm import unit_norm

N_NEURONS = 400
SOFT = SoftHebb(N_NEURONS, beta=100.0, learning_rate=0.1, nonnegative=True)
SOFTHEBB, HARD = "SoftHebb", "hard winner"
HEBBIAN = {SOFTHEBB: SOFT, HARD: replace(SOFT, competition="hard")}
K_MEANS, RANDOM, BACKPROPAGATION = "k-means", "random weights", "backpropagation"
LEARNERS = (SOFTHEBB, HARD, K_MEANS, RANDOM, BACKPROPAGATION)
SHARPNESS = 30.0  # of the softmax that is read out
RIDGES = tuple(np.logspace(-4, 1, 6))  # one is chosen by cross-validation
N_CLASSES = 10


def learn_weights(learner: str, images: np.ndarray, epochs: int, seed: int) -> np.ndarray:
    """Learn a layer's weights from images alone.

    Args:
        learner: Name of the learner, any but backpropagation.
        images: Pixels, shape (n_images, n_pixels).
        epochs: Number of times that each image is seen.
        seed: Seed of initial weights and order.

    Returns:
        Weights of unit length, shape (n_neurons, n_pixels).
    """
    rng, inputs = np.random.default_rng(seed), unit_norm(images)
    if learner == K_MEANS:
        return k_means(inputs, N_NEURONS, epochs, seed)
    layer = HEBBIAN.get(learner, SOFT)
    state = layer.initial_state(inputs.shape[1], rng)
    if learner != RANDOM:
        state = layer.learn(state, inputs, rng, epochs)
    return unit_norm(state.weights)


def k_means(inputs: np.ndarray, size: int, epochs: int, seed: int) -> np.ndarray:
    """Compute the centres of clusters, scaled to unit length, shape (size, n_inputs)."""
    from sklearn.cluster import KMeans

    model = KMeans(size, init="random", n_init=1, max_iter=epochs, random_state=seed)
    return unit_norm(model.fit(inputs).cluster_centers_)


def read_out(weights: np.ndarray, digits: Digits) -> PosteriorClassifier:
    """Fit a linear read-out of a layer's features, which is what labels are needed for."""
    from sklearn.linear_model import RidgeClassifierCV

    empty = np.empty(0)
    layer = PosteriorClassifier(empty, empty, weights, SHARPNESS)
    model = RidgeClassifierCV(RIDGES).fit(layer.hidden(unit_norm(digits.images)), digits.labels)
    return replace(layer, readout=model.coef_.T, offsets=model.intercept_)


def winner_label_accuracy(weights: np.ndarray, digits: Digits) -> float:
    """Compute the accuracy if each neuron names the digit that it won most often."""

    def winners(images: np.ndarray) -> np.ndarray:
        return (unit_norm(images) @ weights.T).argmax(axis=1)

    won = np.zeros((len(weights), N_CLASSES))
    np.add.at(won, (winners(digits.images), digits.labels), 1)
    names = won.argmax(axis=1)
    return float(np.mean(names[winners(digits.test_images)] == digits.test_labels))


def used_share(weights: np.ndarray, images: np.ndarray) -> float:
    """Compute the share of neurons that win at least one image."""
    return len(np.unique((unit_norm(images) @ weights.T).argmax(axis=1))) / len(weights)


def backpropagate(digits: Digits, epochs: int, seed: int) -> Iterator[BackpropagatedClassifier]:
    """Train a network of the same size with labels, and yield it after each epoch."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier((N_NEURONS,), random_state=seed, batch_size=32)
    inputs = unit_norm(digits.images)
    for _ in range(epochs):
        model.partial_fit(inputs, digits.labels, classes=np.arange(N_CLASSES))
        (hidden, readout), (biases, offsets) = model.coefs_, model.intercepts_
        yield BackpropagatedClassifier(
            readout.copy(), offsets.copy(), hidden.T.copy(), biases.copy()
        )
