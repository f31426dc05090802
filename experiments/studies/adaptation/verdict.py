"""Verdict on learning: curves in a sentence or two.

Console and report open with it::

    learning_verdict(curves)
"""

from collections.abc import Sequence

import numpy as np

from spikearm.experiments.studies.adaptation.curve import Curve
from spikearm.experiments.studies.adaptation.table import grouped
from spikearm.experiments.words import counted, millimetres

SINGLY = 3  # pairs of controller and perturbation that get a sentence each
Group = Sequence[Curve]


def learning_verdict(curves: Sequence[Curve]) -> str:
    """Write a verdict on the curves of a study: distances from the ideal path, means over seeds.

    Up to :data:`SINGLY` pairs of a controller and a perturbation have a sentence each; of more, a
    sentence counts them, and another is about the pair that gained least.
    """
    groups = grouped(curves)
    if not groups:
        return "No learning curve was finished."
    if len(groups) <= SINGLY:
        return " ".join(map(_sentence, groups))
    gains = [_gain(group) for group in groups]
    n_better = sum(gain > 0 for gain in gains)
    worst = groups[int(np.argmin(gains))]
    return (
        f"In {n_better} of {len(groups)} cases the hand ended nearer to the ideal path than "
        f"without learning. Least was gained here: {_sentence(worst)}"
    )


def _sentence(group: Group) -> str:
    first = group[0]
    label = (
        f"{first.controller} under {first.level.label}"
        if first.is_perturbed
        else (f"{first.controller}, unperturbed")
    )
    if _is_lost(group):
        trials = min(len(curve.trials()) for curve in group)
        return f"{label}: the arm was lost after {counted(trials, 'trial')}."
    n_trials = min(len(curve.trials()) for curve in group)
    ended = any(curve.learned.problem is not None for curve in group)
    label += ", ended early" if ended else ""
    now = f"{millimetres(_learned(group))} from the ideal path after {counted(n_trials, 'trial')}"
    before = "the arm was lost without learning"
    if (perturbed := _perturbed(group)) is not None:
        before = f"{millimetres(perturbed)} without learning"
    free = millimetres(float(np.mean([curve.plain.position_rmse for curve in group])))
    return f"{label}: {now}; {before}" + (
        f", {free} without the perturbation." if first.is_perturbed else "."
    )


def _gain(group: Group) -> float:
    """Return how much nearer to the ideal path the hand came by learning, as a part [1]."""
    if _is_lost(group):
        return -np.inf
    perturbed = _perturbed(group)
    return np.inf if perturbed is None else 1.0 - _learned(group) / perturbed


def _is_lost(group: Group) -> bool:
    return any(curve.learned.lost or not curve.trials() for curve in group)


def _learned(group: Group) -> float:
    n_trials = min(len(curve.trials()) for curve in group)
    return float(np.mean([curve.errors()[n_trials - 1] for curve in group]))


def _perturbed(group: Group) -> float | None:
    """Return the position rmse without learning [m]; None if the arm was lost."""
    trials = [curve.perturbed for curve in group if curve.perturbed is not None]
    if len(trials) < len(group):
        return None
    return float(np.mean([trial.position_rmse for trial in trials]))
