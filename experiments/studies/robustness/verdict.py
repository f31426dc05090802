"""Verdict on robustness: points in a sentence per controller.

Console and report open with it::

    stress_verdict(points)
"""

from collections.abc import Sequence

from spikearm.experiments.perturbations.strength import NONE
from spikearm.experiments.studies.robustness.summary import REACHED, Point, break_point, curve
from spikearm.experiments.studies.robustness.table import controllers_of, measured
from spikearm.experiments.words import counted, listed

NAMED = 3  # break points that a sentence names


def stress_verdict(points: Sequence[Point]) -> str:
    """Write a verdict on each controller: what it bore, and where it broke.

    Args:
        points: Points of all controllers, perturbations and strengths.
    """
    sentences = [_sentence(points, controller) for controller in controllers_of(points)]
    if not sentences:
        return "No motion was measured."
    return (
        f"{' '.join(sentences)} Borne: every motion ended within {1e3 * REACHED:g} mm of its "
        "target."
    )


def _sentence(points: Sequence[Point], controller: str) -> str:
    curves = [curve(points, controller, name) for name in measured(points)]
    curves = [one for one in curves if one]
    breaks = [point for one in curves if (point := break_point(one)) is not None]
    if not curves:
        return f"{controller} was measured without perturbations only."
    if any(point.perturbation == NONE for point in breaks):
        return f"{controller} missed targets even without a perturbation."
    tested = counted(len(curves), "perturbation")
    if not breaks:
        return f"{controller} bore {tested} at every strength."
    names = [point.level.label for point in breaks[:NAMED]]
    if len(breaks) > NAMED:
        names.append(f"{len(breaks) - NAMED} more")
    n_borne = len(curves) - len(breaks)
    return (
        f"{controller} bore {n_borne} of {tested} at every strength; it broke at {listed(names)}."
    )
