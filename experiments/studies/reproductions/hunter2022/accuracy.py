"""Accuracy on digits of dense and sparse networks."""

from collections.abc import Mapping

import numpy as np

from spikearm.experiments.studies.reproductions.digits import load_digits
from spikearm.experiments.studies.reproductions.hunter2022.networks import (
    COMPLEMENTARY,
    DENSE,
    N_CLASSES,
    SETS,
    SHARE_OF_WINNERS,
    draw_masks,
)


def measure_accuracy(
    kind: str, seed: int, n_hidden: int = 1000, epochs: int = 12, n_digits: int = 4000
) -> Mapping[str, float]:
    """Train a network on digits, and test it, packed and as it was trained.

    Args:
        kind: Kind of network.
        seed: Seed of digits, masks, weights and order.
        n_hidden: Number of neurons of each of the two hidden layers.
        epochs: Number of passes over the digits.
        n_digits: Number of digits to learn from.
    """
    # TensorFlow is loaded in the process that trains
    from spikearm.perception.training.masked_classifier import ClassifierTraining, MaskedClassifier
    from spikearm.perception.training.masked_layer import MaskedLayerConfig

    rng = np.random.default_rng(seed)
    digits = load_digits(rng, n_digits)
    n_winners = None if kind == DENSE else int(SHARE_OF_WINNERS * n_hidden)
    layers = [
        MaskedLayerConfig(mask, n_winners, sets if kind == COMPLEMENTARY else None)
        for mask, sets in zip(draw_masks(kind, n_hidden, rng), SETS, strict=True)
    ]
    network = MaskedClassifier(layers, N_CLASSES, rng)
    network.fit(digits.images, digits.labels, ClassifierTraining(epochs=epochs))
    labels = network.predict(digits.test_images)
    accuracy = {"accuracy": float((labels == digits.test_labels).mean())}
    if kind == DENSE:
        return accuracy
    packed = network.packed()
    packed_labels = [packed.run(image).outputs.argmax() for image in digits.test_images]
    *hidden, _ = network.activations(digits.test_images)
    return accuracy | {
        "different_labels": int((labels != packed_labels).sum()),
        "most_active": max(int(np.count_nonzero(one, axis=1).max()) for one in hidden),
        "least_active": min(int(np.count_nonzero(one, axis=1).min()) for one in hidden),
        "smallest_duty_cycle": min(float(one.min()) for one in network.duty_cycles),
        "efficiency": min(layer.weights.efficiency for layer in packed.layers),
    }
