"""Parts of the experiment: free membranes, depth, homeostasis and rates."""

from collections.abc import Mapping, Sequence

from spikearm.experiments.studies.reproductions.part import Part
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
OTHER_LAYERS = {"convolution": measure_convolution, "Dale's law": measure_dale}
BANDED, UNAIDED, KAIMING_BANDED = "with rate bands", "without", "Kaiming with rate bands"
ALPHAS = {"alpha 0.9": 0.9, "alpha 0.5": 0.5}
DEPTH = 7
WEAK = 0.6  # sigma_u with which layers behind the third are silent
"""Conditions, and sizes of the experiments."""


def all_parts(quick: bool) -> Sequence[Part]:
    """List the parts; quick ones have one seed, fewer epochs and not all controls."""
    seeds = (0,) if quick else (0, 1, 2)
    deep, shallow, held, located = (25, 15, 30, 10) if quick else (25, 40, 50, 15)
    rules = {RULE: FluctuationDriven(), KAIMING: Kaiming()}
    deep_starts = {name: Setting(rule, DEPTH, deep) for name, rule in rules.items()}
    shallow_starts = {name: Setting(rule, 1, shallow) for name, rule in rules.items()}
    weak_starts = {
        BANDED: Setting(FluctuationDriven(WEAK), DEPTH, held, banded=True),
        UNAIDED: Setting(FluctuationDriven(WEAK), DEPTH, held),
        KAIMING_BANDED: Setting(Kaiming(), DEPTH, held, banded=True),
    }
    located_starts = [MEASURED_RATES, ONE_RATE, KAIMING]
    if quick:
        del weak_starts[KAIMING_BANDED]
        located_starts.remove(KAIMING)

    return [
        Part(MEMBRANE, (RULE, CLOSED_FORM, KAIMING), seeds, measure_configurations),
        Part(
            SHARES, tuple(ALPHAS), seeds,
            lambda condition, seed: measure_shares(ALPHAS[condition], seed),
        ),
        Part(OTHERS, tuple(OTHER_LAYERS), seeds, lambda name, seed: OTHER_LAYERS[name](seed)),
        _trainings(DEEP, deep_starts, seeds),
        _trainings(SHALLOW, shallow_starts, seeds),
        _trainings(HOMEOSTASIS, weak_starts, seeds),
        Part(
            RATES, tuple(located_starts), seeds,
            lambda condition, seed: locate(condition, DEPTH, located, seed),
        ),
    ]  # fmt: skip


def _trainings(name: str, settings: Mapping[str, Setting], seeds: tuple[int, ...]) -> Part:
    """Make a part of trainings on smooth random manifolds."""
    return Part(
        name, tuple(settings), seeds,
        lambda condition, seed: classify(settings[condition], seed),
    )  # fmt: skip
