"""Findings of the experiment, with bounds that every seed keeps."""

from collections.abc import Sequence

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import Measurement, values_of
from spikearm.experiments.studies.reproductions.rossbroich2022.learning import (
    KAIMING,
    MEASURED_RATES,
    ONE_RATE,
)
from spikearm.experiments.studies.reproductions.rossbroich2022.membrane import CLOSED_FORM, RULE
from spikearm.experiments.studies.reproductions.rossbroich2022.parts import (
    ALPHAS,
    BANDED,
    DEEP,
    HOMEOSTASIS,
    KAIMING_BANDED,
    MEMBRANE,
    OTHER_LAYERS,
    OTHERS,
    RATES,
    SHALLOW,
    SHARES,
    UNAIDED,
    WEAK,
)

LARGEST_DEVIATION = 6.0  # percent
LARGEST_SHARE_ERROR = 0.03
CHANCE = 0.15  # accuracy of networks that learned nothing: ten classes, and some luck
LEAST_DEEP, LEAST_BANDED = 0.50, 0.60
MOST_ERROR, LEAST_DEAD_ERROR = 0.35, 0.9
SLOWEST, FASTEST = 1.0, 50.0  # Hz


def all_findings(measurements: Sequence[Measurement]) -> list[Finding]:
    """Compare with bounds, and with controls; published figures need data not at hand."""
    return [
        *_membrane_findings(measurements),
        *_learning_findings(measurements),
        *_rate_findings(measurements),
        Finding("accuracy on SHD, 7 layers [%]", "80.9; Kaiming 4.5 (second-hand)", offline=False),
        Finding(
            "accuracy on CIFAR-10, 4 layers [%]",
            "65.6; Kaiming 10.0 (second-hand)",
            offline=False,
        ),
        Finding(
            "accuracy on DVS-Gesture, 8 layers [%]",
            "86.4; Kaiming 9.1 (second-hand)",
            offline=False,
        ),
    ]


def _membrane_findings(measurements: Sequence[Measurement]) -> list[Finding]:
    """Compare free membranes with their targets."""

    def deviation(part: str, condition: str) -> tuple[float, ...]:
        return values_of(measurements, part, condition, "deviation", 100.0)

    least = "standard deviation of the free membrane, largest deviation"
    return [
        Finding(
            f"{least} in six random layers [%]", "", deviation(MEMBRANE, RULE),
            CLOSED_FORM, deviation(MEMBRANE, CLOSED_FORM), most=LARGEST_DEVIATION,
            remark="The closed form is of short timesteps; these are 1 or 2 ms.",
        ),
        Finding(
            "the same with Kaiming's weights [%]", "", deviation(MEMBRANE, KAIMING),
            remark="Kaiming's rule knows neither rates nor time constants.",
        ),
        *(
            Finding(
                f"share of the variance that is not recurrent, {name}", "",
                values_of(measurements, SHARES, name, "share"),
                least=alpha - LARGEST_SHARE_ERROR, most=alpha + LARGEST_SHARE_ERROR,
            )
            for name, alpha in ALPHAS.items()
        ),
        *(
            Finding(f"{least}, {name} [%]", "", deviation(OTHERS, name), most=LARGEST_DEVIATION)
            for name in OTHER_LAYERS
        ),
    ]  # fmt: skip


def _learning_findings(measurements: Sequence[Measurement]) -> list[Finding]:
    """Compare trainings on smooth random manifolds."""

    def of(part: str, condition: str, quantity: str = "accuracy") -> tuple[float, ...]:
        return values_of(measurements, part, condition, quantity)

    return [
        Finding(
            "accuracy on manifolds, 7 layers", "", of(DEEP, RULE),
            KAIMING, of(DEEP, KAIMING), least=LEAST_DEEP,
        ),
        Finding(
            "accuracy on manifolds, 7 layers, Kaiming", "", of(DEEP, KAIMING), most=CHANCE
        ),
        Finding(
            "rate of the slowest layer before training, 7 layers [Hz]", "",
            of(DEEP, RULE, "least_rate_before"), KAIMING, of(DEEP, KAIMING, "least_rate_before"),
            least=SLOWEST, most=FASTEST,
        ),
        Finding(
            "rate of the fastest layer before training, 7 layers [Hz]", "",
            of(DEEP, RULE, "most_rate_before"), KAIMING, of(DEEP, KAIMING, "most_rate_before"),
            least=SLOWEST, most=FASTEST,
        ),
        Finding(
            "accuracy on manifolds, 1 layer", "", of(SHALLOW, RULE), KAIMING, of(SHALLOW, KAIMING),
            remark="With one layer, Kaiming's weights learn too: depth makes the difference.",
        ),
        Finding(
            f"accuracy on manifolds from sigma_u {WEAK:g}, with rate bands", "restores training",
            of(HOMEOSTASIS, BANDED), UNAIDED, of(HOMEOSTASIS, UNAIDED), least=LEAST_BANDED,
        ),
        Finding(
            f"accuracy on manifolds from sigma_u {WEAK:g}, without rate bands", "",
            of(HOMEOSTASIS, UNAIDED), most=CHANCE,
        ),
        Finding(
            "rate of the fastest layer behind the third, before training [Hz]", "",
            of(HOMEOSTASIS, BANDED, "deep_rate_before"), most=0.05,
        ),
        Finding(
            "rate of the slowest layer after training with rate bands [Hz]", "",
            of(HOMEOSTASIS, BANDED, "least_rate_after"), UNAIDED,
            of(HOMEOSTASIS, UNAIDED, "least_rate_after"), least=SLOWEST,
        ),
        Finding(
            "accuracy on manifolds from Kaiming's weights, with rate bands", "",
            of(HOMEOSTASIS, KAIMING_BANDED),
            remark="Rates above zero do not prove that a network learns: see the next row.",
        ),
        Finding(
            "rate of the slowest layer after that training [Hz]", "",
            of(HOMEOSTASIS, KAIMING_BANDED, "least_rate_after"),
        ),
    ]  # fmt: skip


def _rate_findings(measurements: Sequence[Measurement]) -> list[Finding]:
    """Compare rates that are measured by layer with one rate for all."""

    def of(condition: str) -> tuple[float, ...]:
        return values_of(measurements, RATES, condition, "error")

    quantity = "error of the hand's position over its standard deviation, 7 layers"
    return [
        Finding(
            f"{quantity}, rates measured layer by layer", "", of(MEASURED_RATES),
            ONE_RATE, of(ONE_RATE), most=MOST_ERROR,
            remark="A rate that holds for the inputs alone leaves deep layers silent.",
        ),
        Finding(f"{quantity}, Kaiming", "", of(KAIMING), least=LEAST_DEAD_ERROR),
    ]  # fmt: skip
