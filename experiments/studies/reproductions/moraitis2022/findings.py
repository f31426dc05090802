"""Findings on SoftHebb: measurements beside the claims of the abstracts."""

from collections.abc import Sequence

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import Measurement, values_of
from spikearm.experiments.studies.reproductions.moraitis2022.hidden_causes import LAYERS
from spikearm.experiments.studies.reproductions.moraitis2022.joint_states import SOME_STATES
from spikearm.experiments.studies.reproductions.moraitis2022.learners import (
    BACKPROPAGATION,
    HARD,
    K_MEANS,
    RANDOM,
    SOFTHEBB,
)
from spikearm.experiments.studies.reproductions.moraitis2022.parts import (
    CAUSES,
    DEEP,
    DIGITS,
    LABELS,
    STATES,
)

DEEP_PUBLISHED = {
    "60,000 digits": "99.4", "CIFAR-10": "80.3", "STL-10": "76.2", "ImageNet": "27.3",
}  # fmt: skip
"""Accuracies of the deep variant (Journé et al. 2023) [%]."""


def list_findings(measurements: Sequence[Measurement]) -> list[Finding]:
    """List findings on hidden causes, digits, robustness, labels, depth and joint states."""
    return [
        *_of_causes(measurements), *_of_digits(measurements), *_of_robustness(measurements),
        *_of_labels(measurements), *_of_depth(measurements), *_of_states(measurements),
    ]  # fmt: skip


def _of_causes(measurements: Sequence[Measurement]) -> list[Finding]:
    soft, equal, hard = LAYERS

    def of(condition: str, quantity: str) -> tuple[float, ...]:
        return values_of(measurements, CAUSES, condition, quantity)

    return [
        Finding(
            "divergence of the learned posterior from the true one [nat]",
            "Bayesian inference", of(soft, "divergence"), equal, of(equal, "divergence"),
            most=0.01,
        ),
        Finding(
            "divergence of a hard winner's output [nat]", "", of(hard, "divergence"),
            "its weights, read softly", of(hard, "divergence_read_softly"), least=0.5,
            remark="Probabilities of 0 count as 1e-6: an output of ones and zeros is no posterior, "
            "however good its weights are.",
        ),
        Finding(
            "smallest cosine of a cause's centre and its weights", "", of(soft, "cosine"), hard,
            of(hard, "cosine"), least=0.99,
        ),
        Finding(
            "largest error of a prior", "", of(soft, "prior_error"), hard, of(hard, "prior_error"),
            most=0.03,
        ),
    ]  # fmt: skip


def _of_digits(measurements: Sequence[Measurement]) -> list[Finding]:
    def of(learner: str, quantity: str) -> tuple[float, ...]:
        return values_of(measurements, DIGITS, learner, quantity, 100.0)

    def gain(learner: str, over: str, quantity: str) -> tuple[float, ...]:
        return _differences(measurements, learner, over, quantity)

    return [
        Finding(
            "digits, accuracy after 1 epoch beyond backpropagation's [points]", "fewer iterations",
            gain(SOFTHEBB, BACKPROPAGATION, "accuracy_1"), RANDOM,
            gain(RANDOM, BACKPROPAGATION, "accuracy_1"), least=0.0,
            remark="Random weights gain nearly as much: fast is the read-out, which is solved for, "
            "with labels.",
        ),
        Finding(
            "digits, linear read-out after 5 epochs [%]", "", of(SOFTHEBB, "accuracy_5"), RANDOM,
            of(RANDOM, "accuracy_5"), least=90.0,
            remark="Random weights reach nearly as much: the read-out learns, with labels.",
        ),
        Finding(
            "digits, a label per neuron after 5 epochs [%]", "", of(SOFTHEBB, "winner_label_5"),
            RANDOM, of(RANDOM, "winner_label_5"), least=85.0,
        ),
        Finding(
            "digits, linear read-out beyond a hard winner's [points]", "",
            gain(SOFTHEBB, HARD, "accuracy_5"),
            remark="Digits cannot tell soft from hard competition (the standard error of 1,000 of "
            "them is 0.8 points); the mixtures can.",
        ),
        Finding(
            "digits, a label per neuron, beyond k-means' [points]", "",
            gain(SOFTHEBB, K_MEANS, "winner_label_5"),
        ),
    ]  # fmt: skip


def _of_robustness(measurements: Sequence[Measurement]) -> list[Finding]:
    def of(learner: str, quantity: str) -> tuple[float, ...]:
        return values_of(measurements, DIGITS, learner, quantity, 100.0)

    def gain(learner: str) -> tuple[float, ...]:
        return _differences(measurements, learner, BACKPROPAGATION, "noise")

    return [
        Finding(
            "accuracy in pixel noise of 0.4 beyond backpropagation's [points]", "more robust",
            gain(SOFTHEBB), K_MEANS, gain(K_MEANS), least=15.0,
            remark="k-means gains at least as much: what is robust are prototypes.",
        ),
        Finding(
            "accuracy under projected gradient descent of 0.1 [%]", "more robust",
            of(SOFTHEBB, "attack"), BACKPROPAGATION, of(BACKPROPAGATION, "attack"), least=55.0,
        ),
        Finding(
            "the same with more steps [%]", "", of(SOFTHEBB, "long_attack"), K_MEANS,
            of(K_MEANS, "long_attack"), least=55.0,
        ),
        Finding(
            "accuracy under an attack on another network [%]", "", of(SOFTHEBB, "transfer"),
            BACKPROPAGATION, of(BACKPROPAGATION, "transfer"), least=55.0,
            remark="It does less than the attack on the layer itself: gradients are not masked.",
        ),
        Finding(
            "random weights under projected gradient descent of 0.1 [%]", "", of(RANDOM, "attack"),
            remark="The same read-out on weights that were not learned is not robust.",
        ),
    ]  # fmt: skip


def _of_labels(measurements: Sequence[Measurement]) -> list[Finding]:
    def of(learner: str) -> tuple[float, ...]:
        return values_of(measurements, LABELS, learner, "weight_change")

    return [
        Finding(
            "largest change of a weight by shuffled labels", "unsupervised", of(SOFTHEBB),
            BACKPROPAGATION, of(BACKPROPAGATION), most=0.0,
        )
    ]  # fmt: skip


def _of_depth(measurements: Sequence[Measurement]) -> list[Finding]:
    def of(learner: str, layers: int) -> tuple[float, ...]:
        return values_of(measurements, DEEP, learner, f"accuracy_{layers}", 100.0)

    here = [
        Finding(
            f"2,000 digits, linear read-out of {name} [%]", "",
            of(SOFTHEBB, layers), RANDOM, of(RANDOM, layers),
            remark="Random kernels do as well on digits.",
        )
        for layers, name in ((1, "one convolutional layer"), (2, "two convolutional layers"))
    ]  # fmt: skip
    elsewhere = [
        Finding(f"deep SoftHebb on {data}, accuracy [%]", published, offline=False)
        for data, published in DEEP_PUBLISHED.items()
    ]
    return here + elsewhere


def _of_states(measurements: Sequence[Measurement]) -> list[Finding]:
    def of(encoders: str, size: int) -> tuple[float, ...]:
        return values_of(measurements, STATES, encoders, f"error_{size}")

    return [
        Finding(
            f"gravity torque from {size} encoders of joint states, error [std]", "",
            of(SOFTHEBB, size), SOME_STATES, of(SOME_STATES, size),
            remark="k-means, and joint states that are drawn at random, encode about as well.",
        )
        for size in (100, 400)
    ]  # fmt: skip


def _differences(
    measurements: Sequence[Measurement], learner: str, other: str, quantity: str
) -> tuple[float, ...]:
    """Return how far a learner is above another on digits [points], with each seed of both."""
    values = {
        (one.condition, one.seed): 100.0 * one.values[quantity]
        for one in measurements
        if one.part == DIGITS and quantity in one.values
    }
    return tuple(
        value - values[other, seed]
        for (condition, seed), value in values.items()
        if condition == learner and (other, seed) in values
    )
