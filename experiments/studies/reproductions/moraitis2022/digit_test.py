"""Test of hidden layers on handwritten digits: clean, in noise and under attack."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spikearm.experiments.studies.reproductions.digits import Digits, load_digits
from spikearm.experiments.studies.reproductions.moraitis2022.attack import add_noise, attack
from spikearm.experiments.studies.reproductions.moraitis2022.classifier import (
    BackpropagatedClassifier,
    Classifier,
)
from spikearm.experiments.studies.reproductions.moraitis2022.learners import (
    BACKPROPAGATION,
    backpropagate,
    learn_weights,
    read_out,
    used_share,
    winner_label_accuracy,
)

EPOCHS = (1, 5)
NOISE = 0.4
ATTACK, STEPS = 0.1, 20
OTHER_NETWORK = 1000  # added to the seed
N_SHUFFLED = 1000  # digits whose labels are shuffled


@dataclass(frozen=True)
class DigitTest:
    """Test of a learner's accuracy on digits that are held out.

    Attributes:
        network_epochs: Epochs of backpropagation, five or more.
        attacker_epochs: Epochs of the network, of another seed, whose gradients attack by transfer.
        n_attacked: Number of digits that are attacked.
        many_steps: Number of steps of the longest attack.
        n_digits: Number of digits to learn from.
    """

    network_epochs: int = 30
    attacker_epochs: int = 10
    n_attacked: int = 1000
    many_steps: int = 100
    n_digits: int = 4000

    def measure(self, learner: str, seed: int) -> Mapping[str, float]:
        """Train a learner, and measure its accuracies."""
        digits = load_digits(np.random.default_rng(seed), self.n_digits)
        tested = self._network if learner == BACKPROPAGATION else self._features
        values, classifier = tested(learner, digits, seed)
        return {**values, **self._robustness(classifier, digits, seed)}

    def _features(
        self, learner: str, digits: Digits, seed: int
    ) -> tuple[Mapping[str, float], Classifier]:
        weights = {one: learn_weights(learner, digits.images, one, seed) for one in EPOCHS}
        classifiers = {epochs: read_out(one, digits) for epochs, one in weights.items()}
        last = weights[EPOCHS[-1]]
        values = {f"accuracy_{epochs}": _clean(one, digits) for epochs, one in classifiers.items()}
        values |= {
            f"winner_label_{epochs}": winner_label_accuracy(one, digits)
            for epochs, one in weights.items()
        }
        return values | {"used": used_share(last, digits.images)}, classifiers[EPOCHS[-1]]

    def _network(
        self, learner: str, digits: Digits, seed: int
    ) -> tuple[Mapping[str, float], Classifier]:
        networks = list(backpropagate(digits, self.network_epochs, seed))
        values = {f"accuracy_{epochs}": _clean(networks[epochs - 1], digits) for epochs in EPOCHS}
        return values, networks[-1]

    def _robustness(self, classifier: Classifier, digits: Digits, seed: int) -> Mapping[str, float]:
        chosen = slice(self.n_attacked)
        images, labels = digits.test_images[chosen], digits.test_labels[chosen]
        noisy = add_noise(images, NOISE, np.random.default_rng(seed))
        other = _trained(digits, self.attacker_epochs, seed + OTHER_NETWORK)
        changed = {
            "noise": noisy,
            "attack": attack(classifier, images, labels, ATTACK, STEPS),
            "long_attack": attack(classifier, images, labels, ATTACK, self.many_steps),
            "transfer": attack(other, images, labels, ATTACK, STEPS),
        }
        accuracies = {name: classifier.accuracy(one, labels) for name, one in changed.items()}
        return {"clean": _clean(classifier, digits), **accuracies}


def measure_shuffled_labels(learner: str, seed: int) -> Mapping[str, float]:
    """Learn twice, the second time with labels in another order, and compare weights."""
    rng = np.random.default_rng(seed)
    digits = load_digits(rng, N_SHUFFLED)
    labels = rng.permutation(digits.labels)
    shuffled = Digits(digits.images, labels, digits.test_images, digits.test_labels)
    first, second = (_weights(learner, one, seed) for one in (digits, shuffled))
    return {"weight_change": float(np.abs(first - second).max())}


def _weights(learner: str, digits: Digits, seed: int) -> np.ndarray:
    if learner == BACKPROPAGATION:
        return _trained(digits, 1, seed).weights
    return learn_weights(learner, digits.images, 1, seed)


def _trained(digits: Digits, epochs: int, seed: int) -> BackpropagatedClassifier:
    *_, last = backpropagate(digits, epochs, seed)
    return last


def _clean(classifier: Classifier, digits: Digits) -> float:
    return classifier.accuracy(digits.test_images, digits.test_labels)
