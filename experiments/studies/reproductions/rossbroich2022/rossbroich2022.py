"""Rossbroich, Gygax and Zenke 2022: deep spiking networks that learn from the first step on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import Measurement, values_of
from spikearm.experiments.studies.reproductions.part import Part
from spikearm.experiments.studies.reproductions.reproduction import Reproduction
from spikearm.experiments.studies.reproductions.rossbroich2022.learning import (
    KAIMING,
    MEASURED_RATES,
    ONE_RATE,
    Setting,
    classify,
    locate,
)
from spikearm.experiments.studies.reproductions.rossbroich2022.membrane import (
    CLOSED_FORM,
    RULE,
    measure_configurations,
    measure_convolution,
    measure_dale,
    measure_shares,
)
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.kaiming import Kaiming

MEMBRANE, SHARES, OTHERS = "free membrane", "recurrent share", "other layers"
DEEP, SHALLOW, HOMEOSTASIS, RATES = "7 layers", "1 layer", "homeostasis", "rates"
CONVOLUTION, DALE = "convolution", "Dale's law"
BANDED, UNAIDED, KAIMING_BANDED = "with rate bands", "without", "Kaiming with rate bands"
ALPHAS = {"alpha 0.9": 0.9, "alpha 0.5": 0.5}
DEPTH = 7
WEAK = 0.6  # sigma_u with which layers behind the third are silent
"""Conditions, and sizes of the experiments."""

LARGEST_DEVIATION = 6.0  # percent
LARGEST_SHARE_ERROR = 0.03
CHANCE = 0.15  # accuracy of networks that learned nothing: ten classes, and some luck
LEAST_DEEP, LEAST_BANDED = 0.50, 0.60
MOST_ERROR, LEAST_DEAD_ERROR = 0.35, 0.9
SLOWEST, FASTEST = 1.0, 50.0  # Hz


@dataclass(frozen=True)
class Rossbroich2022(Reproduction):
    """Free membranes, and trainings that begin with fluctuation-driven or Kaiming's weights."""

    citation = (
        "Rossbroich, Gygax and Zenke 2022: Fluctuation-driven initialization for spiking neural "
        "network training"
    )
    summary = (
        "Weights that make the free membrane fluctuate by about a threshold let deep spiking "
        "networks learn; losses that hold rates in a band repair weaker ones."
    )

    def parts(self, quick: bool) -> Sequence[Part]:
        """List membranes, depth, homeostasis and rates."""
        seeds = (0,) if quick else (0, 1, 2)
        deep, shallow, held, located = (25, 15, 30, 10) if quick else (25, 40, 50, 15)
        rules = {RULE: FluctuationDriven(), KAIMING: Kaiming()}
        starts = {
            BANDED: Setting(FluctuationDriven(WEAK), DEPTH, held, banded=True),
            UNAIDED: Setting(FluctuationDriven(WEAK), DEPTH, held),
        }
        if not quick:
            starts[KAIMING_BANDED] = Setting(Kaiming(), DEPTH, held, banded=True)

        def others(condition: str, seed: int) -> Mapping[str, float]:
            return (measure_convolution if condition == CONVOLUTION else measure_dale)(seed)

        def depth(layers: int, epochs: int) -> Part:
            name = DEEP if layers == DEPTH else SHALLOW
            settings = {rule: Setting(rules[rule], layers, epochs) for rule in rules}
            return _trainings(name, settings, seeds)

        return [
            Part(MEMBRANE, (RULE, CLOSED_FORM, KAIMING), seeds, measure_configurations),
            Part(
                SHARES, tuple(ALPHAS), seeds,
                lambda condition, seed: measure_shares(ALPHAS[condition], seed),
            ),
            Part(OTHERS, (CONVOLUTION, DALE), seeds, others),
            depth(DEPTH, deep),
            depth(1, shallow),
            _trainings(HOMEOSTASIS, starts, seeds),
            Part(
                RATES, (MEASURED_RATES, ONE_RATE) if quick else (MEASURED_RATES, ONE_RATE, KAIMING),
                seeds,
                lambda condition, seed: locate(condition, DEPTH, located, seed),
            ),
        ]  # fmt: skip

    def findings(self, measurements: Sequence[Measurement]) -> list[Finding]:
        """Compare with bounds, and with controls; published figures need data not at hand."""
        return [
            *_membrane_findings(measurements),
            *_learning_findings(measurements),
            *_rate_findings(measurements),
            Finding(
                "accuracy on SHD, 7 layers [%]", "80.9; Kaiming 4.5 (second-hand)", offline=False
            ),
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

    def figure(self, measurements: Sequence[Measurement]) -> go.Figure:
        """Draw the accuracies, a dot per seed."""
        figure = go.Figure()
        for part, conditions in (
            (DEEP, (RULE, KAIMING)),
            (SHALLOW, (RULE, KAIMING)),
            (HOMEOSTASIS, (BANDED, UNAIDED, KAIMING_BANDED)),
        ):
            points = [
                (f"{part}: {condition}", value)
                for condition in conditions
                for value in values_of(measurements, part, condition, "accuracy")
            ]
            figure.add_scatter(
                x=[name for name, _ in points], y=[value for _, value in points],
                mode="markers", name=part,
            )  # fmt: skip
        figure.update_layout(
            title="smooth random manifolds: test accuracy; chance is 0.1",
            template="plotly_white", yaxis_title="accuracy", yaxis_range=[0, 1],
        )  # fmt: skip
        return figure


def _trainings(name: str, settings: Mapping[str, Setting], seeds: tuple[int, ...]) -> Part:
    """Make a part of trainings on smooth random manifolds."""
    return Part(
        name, tuple(settings), seeds,
        lambda condition, seed: classify(settings[condition], seed),
    )  # fmt: skip


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
            for name in (CONVOLUTION, DALE)
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
            remark="There is no gain with one layer.",
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
