"""Attacks on classifiers: noise, and projected gradient descent."""

import numpy as np

from spikearm.experiments.studies.reproductions.moraitis2022.classifier import Classifier

STEP = 2.5
"""Length of all steps together, in units of the largest change: any point can be reached."""


def add_noise(images: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Add Gaussian noise of a standard deviation to each pixel, within 0 and 1."""
    return np.clip(images + size * rng.normal(size=images.shape), 0.0, 1.0)


def attack(
    classifier: Classifier, images: np.ndarray, labels: np.ndarray, size: float, steps: int
) -> np.ndarray:
    """Change images within bounds so that a classifier takes them for another class.

    Projected gradient descent (Madry et al. 2018) on the margin, the score of the label less the
    largest other one.

    Args:
        classifier: Classifier whose gradients are used.
        images: Pixels from 0 to 1, shape (n_images, n_pixels).
        labels: True classes, shape (n_images,).
        size: Largest change of a pixel.
        steps: Number of steps.
    """
    changed = images.copy()
    for _ in range(steps):
        gradient = classifier.gradient(changed, _margin_factors(classifier.scores(changed), labels))
        changed = changed - STEP * size / steps * np.sign(gradient)
        changed = np.clip(np.clip(changed, images - size, images + size), 0.0, 1.0)
    return changed


def _margin_factors(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return factors of the scores in the margin, shape (n_images, n_classes)."""
    rows = np.arange(len(labels))
    others = scores.copy()
    others[rows, labels] = -np.inf
    factors = np.zeros_like(scores)
    factors[rows, labels] = 1.0
    factors[rows, others.argmax(axis=1)] = -1.0
    return factors
