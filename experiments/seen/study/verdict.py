"""Verdict on the task "seen": points in a sentence per sight or perturbation."""

from collections.abc import Sequence

from spikearm.experiments.perturbations.strength import NONE
from spikearm.experiments.seen.loop.sight_level import SightLevel
from spikearm.experiments.seen.study.points import SeenPoint
from spikearm.experiments.words import counted, millimetres


def seen_verdict(points: Sequence[SeenPoint]) -> str:
    """Write a verdict on each point whose target jumped or stood; on others if there are none."""
    told = [point for point in points if point.motion != "moving"] or list(points)
    sentences = [_sentence(point) for point in told if point.n_visible]
    return " ".join(sentences) or "No target was visible to all cameras."


def _sentence(point: SeenPoint) -> str:
    level = SightLevel(point.perturbation, point.strength)
    under = "" if point.perturbation == NONE else f" under {level.label}"
    error = (
        "" if point.hand_error_m is None else f", {millimetres(point.hand_error_m)} in the median"
    )
    n_near = round((point.within_20_mm or 0.0) * point.n_visible)
    stopped = f"; the arm was stopped at {point.n_stopped}" if point.n_stopped else ""
    return (
        f"{point.controller} with sight {point.sight}{under}, target {point.motion}: within 20 mm "
        f"at {n_near} of {counted(point.n_visible, 'target')}{error}{stopped}."
    )
