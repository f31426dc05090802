"""Attacks: gradients against finite differences, and changes within their bounds."""

import numpy as np
import pytest

from spikearm.experiments.studies.reproductions.moraitis2022.attack import add_noise, attack
from spikearm.experiments.studies.reproductions.moraitis2022.classifier import (
    BackpropagatedClassifier,
    PosteriorClassifier,
)
from spikearm.neural.softhebb.unit_norm import unit_norm

N_PIXELS, N_HIDDEN, N_CLASSES, N_IMAGES = 12, 7, 4, 30
RNG = np.random.default_rng(31)
READOUT, OFFSETS = RNG.normal(size=(N_HIDDEN, N_CLASSES)), 0.1 * RNG.normal(size=N_CLASSES)
WEIGHTS = RNG.normal(size=(N_HIDDEN, N_PIXELS))
IMAGES = RNG.uniform(0.05, 1.0, (N_IMAGES, N_PIXELS))
CLASSIFIERS = [
    PosteriorClassifier(READOUT, OFFSETS, unit_norm(WEIGHTS), 5.0),
    BackpropagatedClassifier(READOUT, OFFSETS, WEIGHTS, 0.1 * RNG.normal(size=N_HIDDEN)),
]
every_classifier = pytest.mark.parametrize(
    "classifier", CLASSIFIERS, ids=lambda one: type(one).__name__
)


@every_classifier
def test_gradients_are_finite_differences(classifier):
    factors = np.random.default_rng(32).normal(size=(N_IMAGES, N_CLASSES))
    there = classifier.gradient(IMAGES, factors)
    step = 1e-6
    for pixel in range(N_PIXELS):
        change = step * np.eye(N_PIXELS)[pixel]
        ahead, behind = classifier.scores(IMAGES + change), classifier.scores(IMAGES - change)
        expected = np.sum(factors * (ahead - behind), axis=1) / (2 * step)
        np.testing.assert_allclose(there[:, pixel], expected, rtol=1e-4, atol=1e-6)


@every_classifier
def test_an_attack_stays_within_its_bounds_and_does_harm(classifier):
    labels = classifier.scores(IMAGES).argmax(axis=1)
    assert len(set(labels)) > 1
    assert classifier.accuracy(IMAGES, labels) == 1.0
    changed = attack(classifier, IMAGES, labels, size=0.2, steps=15)
    assert np.abs(changed - IMAGES).max() == pytest.approx(0.2)
    assert changed.min() >= 0.0 and changed.max() <= 1.0
    assert classifier.accuracy(changed, labels) < 0.7
    random = np.random.default_rng(33).choice([-0.2, 0.2], IMAGES.shape)
    harmless = np.clip(IMAGES + random, 0.0, 1.0)
    assert classifier.accuracy(changed, labels) < classifier.accuracy(harmless, labels) - 0.1


def test_noise_has_its_size_and_stays_within_the_pixels_bounds():
    gray = np.full((50, 400), 0.5)
    noisy = add_noise(gray, 0.1, np.random.default_rng(34))
    assert np.std(noisy - gray) == pytest.approx(0.1, rel=0.02)
    wild = add_noise(gray, 3.0, np.random.default_rng(34))
    assert wild.min() == 0.0 and wild.max() == 1.0
