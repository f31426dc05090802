"""Parts of the experiment: mixtures whose causes are known, digits, and joint states."""

from collections.abc import Sequence

from spikearm.experiments.studies.reproductions.moraitis2022.deep_features import (
    measure_deep_features,
)
from spikearm.experiments.studies.reproductions.moraitis2022.digit_test import (
    DigitTest,
    measure_shuffled_labels,
)
from spikearm.experiments.studies.reproductions.moraitis2022.hidden_causes import (
    LAYERS,
    measure_hidden_causes,
)
from spikearm.experiments.studies.reproductions.moraitis2022.joint_states import (
    ENCODERS,
    measure_joint_states,
)
from spikearm.experiments.studies.reproductions.moraitis2022.learners import (
    BACKPROPAGATION,
    LEARNERS,
    RANDOM,
    SOFTHEBB,
)
from spikearm.experiments.studies.reproductions.part import Part

CAUSES, DIGITS, LABELS = "hidden causes", "digits", "shuffled labels"
DEEP, STATES = "deep features", "joint states"
MIXTURE_SEEDS, SEEDS, QUICK_SEEDS = (0, 1, 2, 3, 4), (0, 1, 2), (0,)
QUICK = DigitTest(network_epochs=10, attacker_epochs=2, n_attacked=300, many_steps=40)


def list_parts(quick: bool) -> Sequence[Part]:
    """List mixtures, digits, shuffled labels, deep features and joint states."""
    seeds, mixtures = (QUICK_SEEDS, QUICK_SEEDS) if quick else (SEEDS, MIXTURE_SEEDS)
    digits = QUICK if quick else DigitTest()
    return [
        Part(CAUSES, tuple(LAYERS), mixtures, measure_hidden_causes),
        Part(DIGITS, LEARNERS, seeds, digits.measure),
        Part(LABELS, (SOFTHEBB, BACKPROPAGATION), seeds, measure_shuffled_labels),
        Part(DEEP, (SOFTHEBB, RANDOM), seeds, measure_deep_features),
        Part(STATES, ENCODERS, seeds, measure_joint_states),
    ]
