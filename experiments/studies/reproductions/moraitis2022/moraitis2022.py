"""Moraitis et al. 2022: hidden causes that a layer learns without labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import Measurement, values_of
from spikearm.experiments.studies.reproductions.moraitis2022.findings import (
    list_findings,
)
from spikearm.experiments.studies.reproductions.moraitis2022.learners import LEARNERS
from spikearm.experiments.studies.reproductions.moraitis2022.parts import DIGITS, list_parts
from spikearm.experiments.studies.reproductions.part import Part
from spikearm.experiments.studies.reproductions.reproduction import Reproduction

TESTS = {
    "clean": "clean",
    "noise": "pixel noise of 0.4",
    "attack": "attack of 0.1",
    "transfer": "attack on another network",
}


@dataclass(frozen=True)
class Moraitis2022(Reproduction):
    """Mixtures whose causes are known, digits, and an arm's joint states."""

    citation = (
        "Moraitis, Toichkin, Journé, Chua and Guo 2022: SoftHebb, Bayesian inference in "
        "unsupervised Hebbian soft winner-take-all networks"
    )
    summary = (
        "A layer of competing neurons learns the posterior of its inputs' hidden causes from local "
        "signals alone, in fewer passes than backpropagation, and is more robust to noise and "
        "attacks."
    )
    needs = (("mlxtend", "reproduce"),)

    def parts(self, quick: bool) -> Sequence[Part]:
        """List mixtures, digits, shuffled labels, deep features and joint states."""
        return list_parts(quick)

    def findings(self, measurements: Sequence[Measurement]) -> list[Finding]:
        """Compare with what the abstracts claim; their tables need data that are not at hand."""
        return list_findings(measurements)

    def figure(self, measurements: Sequence[Measurement]) -> go.Figure:
        """Draw accuracies on digits, clean and not, a bar per learner."""
        figure = go.Figure()
        for learner in LEARNERS:
            values = [values_of(measurements, DIGITS, learner, name, 100.0) for name in TESTS]
            means = [sum(one) / len(one) if one else None for one in values]
            figure.add_bar(x=list(TESTS.values()), y=means, name=learner)
        figure.update_layout(
            title="Digits that were held out, 400 neurons", template="plotly_white",
            yaxis_title="accuracy %",
        )  # fmt: skip
        return figure
