"""Rossbroich, Gygax and Zenke 2022: deep spiking networks that learn from the first step on."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.studies.reproductions.measurement import (
    Measurement,
    conditions_of,
    values_of,
)
from spikearm.experiments.studies.reproductions.part import Part
from spikearm.experiments.studies.reproductions.reproduction import Reproduction
from spikearm.experiments.studies.reproductions.rossbroich2022.findings import all_findings
from spikearm.experiments.studies.reproductions.rossbroich2022.parts import (
    DEEP,
    HOMEOSTASIS,
    SHALLOW,
    all_parts,
)


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
    needs = (("tensorflow", "train"),)

    def parts(self, quick: bool) -> Sequence[Part]:
        """List membranes, depth, homeostasis and rates."""
        return all_parts(quick)

    def findings(self, measurements: Sequence[Measurement]) -> list[Finding]:
        """Compare with bounds, and with controls."""
        return all_findings(measurements)

    def figure(self, measurements: Sequence[Measurement]) -> go.Figure:
        """Draw the accuracies, a dot per seed."""
        figure = go.Figure()
        for part in (DEEP, SHALLOW, HOMEOSTASIS):
            points = [
                (f"{part}: {condition}", value)
                for condition in conditions_of(measurements, part)
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
