"""Classifiers of digits, with the gradients that an attacker needs."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from spikearm.neural.softhebb.unit_norm import unit_norm


@dataclass(frozen=True)
class Classifier(ABC):
    """Classifier that scales images to unit length, and scores them by classes.

    Attributes:
        readout: Weights of the scores, shape (n_hidden, n_classes).
        offsets: Offsets of the scores, shape (n_classes,).
    """

    readout: np.ndarray
    offsets: np.ndarray

    def scores(self, images: np.ndarray) -> np.ndarray:
        """Compute the score of each class, shape (n_images, n_classes)."""
        return self.hidden(unit_norm(images)) @ self.readout + self.offsets

    def accuracy(self, images: np.ndarray, labels: np.ndarray) -> float:
        """Compute the share of images whose label has the largest score."""
        return float(np.mean(self.scores(images).argmax(axis=1) == labels))

    def gradient(self, images: np.ndarray, factors: np.ndarray) -> np.ndarray:
        """Compute the gradient of a sum of scores with respect to images.

        Args:
            images: Images, shape (n_images, n_pixels).
            factors: Factor of each score in the sum, shape (n_images, n_classes).
        """
        norms = np.linalg.norm(images, axis=1, keepdims=True)
        scaled = images / norms
        back = self.hidden_gradient(scaled, factors @ self.readout.T)
        return (back - scaled * np.sum(scaled * back, axis=1, keepdims=True)) / norms

    @abstractmethod
    def hidden(self, scaled: np.ndarray) -> np.ndarray:
        """Compute the hidden layer of scaled images."""

    @abstractmethod
    def hidden_gradient(self, scaled: np.ndarray, factors: np.ndarray) -> np.ndarray:
        """Compute the gradient of a sum of hidden values with respect to scaled images."""


@dataclass(frozen=True)
class PosteriorClassifier(Classifier):
    """Classifier that reads a layer of features through a softmax.

    Attributes:
        weights: Weights of unit length, shape (n_hidden, n_pixels).
        sharpness: Inverse temperature of the softmax.
    """

    weights: np.ndarray
    sharpness: float

    def hidden(self, scaled: np.ndarray) -> np.ndarray:
        """Compute the softmax of activations."""
        return softmax(self.sharpness * scaled @ self.weights.T, axis=1)

    def hidden_gradient(self, scaled: np.ndarray, factors: np.ndarray) -> np.ndarray:
        """Compute the gradient through the softmax."""
        y = self.hidden(scaled)
        back = y * (factors - np.sum(y * factors, axis=1, keepdims=True))
        return self.sharpness * back @ self.weights


@dataclass(frozen=True)
class BackpropagatedClassifier(Classifier):
    """Network of a hidden layer of rectified linear units.

    Attributes:
        weights: Weights of the hidden layer, shape (n_hidden, n_pixels).
        biases: Biases of the hidden layer, shape (n_hidden,).
    """

    weights: np.ndarray
    biases: np.ndarray

    def hidden(self, scaled: np.ndarray) -> np.ndarray:
        """Compute the rectified activations."""
        return np.maximum(scaled @ self.weights.T + self.biases, 0.0)

    def hidden_gradient(self, scaled: np.ndarray, factors: np.ndarray) -> np.ndarray:
        """Compute the gradient through the units that are active."""
        return (factors * (self.hidden(scaled) > 0.0)) @ self.weights
