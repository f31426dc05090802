"""Generalisation of a trained controller beyond its training.

Targets farther and farther from home, starts farther and farther off home, and faster and slower
reaches, on the chip's arithmetic with the reference's velocity fed forward, beside the analytic
controller on the same reaches.

.venv/bin/python scripts/generalisation.py --arm gen3
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tyro

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.console.console import console
from spikearm.experiments.console.progress import TrainingBars
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.studies.generalisation.measurement import FEEDFORWARD, measure_sweeps
from spikearm.experiments.studies.generalisation.point import Point
from spikearm.experiments.studies.generalisation.sweep import Sweep, plan_sweeps
from spikearm.experiments.studies.generalisation.table import points_table

LINEAR_TO = 10.0  # %, excess deviation that is drawn to scale; beyond, its logarithm
BLUE, AMBER, GREEN = "#2563a8", "#d97706", "#2f8f5b"


@dataclass(frozen=True)
class Options:
    """Measure one arm's shipped controller.

    Attributes:
        arm: Name of the arm.
        out: Folder for generalisation.png and generalisation.json.
        targets: Number of targets at a value; four times as many at a radius of 0.2 m, and the
            eight of the circle where the radius is not varied.
    """

    arm: str = "gen3"
    out: Path = Path("docs")
    targets: int = 25

    def execute(self) -> None:
        """Measure, print, draw and write."""
        arm, trained = load_arm(self.arm), shipped(self.arm)
        self.out.mkdir(parents=True, exist_ok=True)  # rather now than after the work is done
        with console.status("Looking for reaches that the arm can make"):
            sweeps = plan_sweeps(arm.model, trained, self.targets, console.print)
        with TrainingBars() as watcher:
            points = measure_sweeps(arm, trained, sweeps, watcher)
        console.print(points_table(points))
        result = {
            "arm": self.arm,
            "feedforward": FEEDFORWARD,
            "trained": {sweep.name: sweep.trained for sweep in sweeps},
            "provenance": provenance(),
            "points": [asdict(point) for point in points],
        }
        (self.out / "generalisation.json").write_text(json.dumps(result, indent=1) + "\n")
        draw(sweeps, points, self.out / "generalisation.png")


def draw(sweeps: Sequence[Sweep], points: Sequence[Point], path: Path) -> None:
    """Draw success rate and excess deviation against each property that was varied."""
    from matplotlib.figure import Figure  # a tool of development: not needed to measure

    figure = Figure(figsize=(9, 4.6), layout="constrained")
    panels = figure.subplots(2, len(sweeps), sharex="col", sharey="row", squeeze=False)
    for (above, below), sweep in zip(panels.T, sweeps, strict=True):
        mine = [point for point in points if point.sweep == sweep.name]
        values = [point.value for point in mine]
        above.plot(values, [100 * p.success_rate for p in mine], "o-", color=BLUE)
        excess = np.array([p.excess_deviation for p in mine], dtype=float)
        below.plot(values, 100 * excess, "o-", color=AMBER)
        below.set_xlabel(sweep.label)
        for axes in (above, below):
            axes.axvspan(*sweep.trained, color=GREEN, alpha=0.12, linewidth=0)
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(alpha=0.25)
        margin = 0.05 * (max(values) - min(values))
        above.set_xlim(min(values) - margin, max(values) + margin)
    panels[0, 0].set_ylim(0, 105)
    panels[0, 0].set_ylabel("success rate [%]")
    panels[1, 0].set_ylabel("excess deviation [%]")
    panels[1, 0].set_yscale("symlog", linthresh=LINEAR_TO)
    panels[1, 0].yaxis.set_major_formatter("{x:g}")
    drawn = [0.0, *(100 * p.excess_deviation for p in points if p.excess_deviation is not None)]
    panels[1, 0].set_ylim(min(2 * min(drawn), -LINEAR_TO), max(2 * max(drawn), LINEAR_TO))
    panels[0, 0].text(0.04, 0.06, "shaded: trained for", transform=panels[0, 0].transAxes)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
