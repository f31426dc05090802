"""Firmness: accuracy, quiet, and what is borne, over gains and the smoothing of the torque.

The arm's shipped controller, in the chip's arithmetic, on the circle. Damping grows with the root
of the stiffness, as much as the default gains have.

.venv/bin/python scripts/firmness.py --arm gen3
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import tyro

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.console.console import console
from spikearm.experiments.controllers import ChosenController, ControllerSetup
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.studies.firmness.measurement import FirmnessPlan, FirmnessPoint
from spikearm.experiments.studies.firmness.table import firmness_table
from spikearm.experiments.tasks.centre_out import CentreOut

BLUE, AMBER = "#2563a8", "#d97706"
PANELS = {
    "fidelity_rmse_m": ("fidelity, endpoint (dashed) [mm]", 1e3),
    "hand_acceleration_rms_hold": ("shaking at rest [m/s²]", 1.0),
    "delay": ("delay borne [ms]", 1e3),
    "payload": ("payload borne [kg]", 1.0),
}
"""Label and factor of what is drawn over the stiffness."""


@dataclass(frozen=True)
class Options:
    """Measure one arm's shipped controller.

    Attributes:
        arm: Name of the arm.
        kp: Stiffnesses of position and of orientation [1/s^2].
        smoothing: Time constants of the torque's second low-pass, each at every stiffness [s].
        perturbations: Perturbations that are to be borne; each takes as long as some benchmarks.
        task: Reaches.
        seeds: Number of seeds.
        out: Folder for firmness-ARM.json, and for firmness-ARM.png if there are several
            stiffnesses.
        jobs: Number of processes. Default: the number of cores.
    """

    arm: str = "gen3"
    kp: tuple[float, ...] = (100.0, 200.0, 400.0, 800.0, 1600.0)
    smoothing: tuple[float, ...] = (0.0,)
    perturbations: tuple[str, ...] = ("delay", "payload")
    task: CentreOut = CentreOut()
    seeds: int = 1
    out: Path = Path("docs")
    jobs: int | None = None

    def execute(self) -> None:
        """Measure, print, draw and write after every point, so that nothing finished is lost."""
        arm, trained = load_arm(self.arm), shipped(self.arm)
        self.out.mkdir(parents=True, exist_ok=True)
        plan = FirmnessPlan(
            arm, self.task, ChosenController("loihi"), ControllerSetup(arm.model, trained),
            range(self.seeds), self.perturbations, self.jobs,
        )  # fmt: skip
        points: list[FirmnessPoint] = []
        for kp in self.kp:
            for tau in self.smoothing:
                with console.status(f"kp {kp:g}, smoothing {1e3 * tau:g} ms"):
                    points.append(plan.measure(kp, tau))
                self._write(points)
        console.print(firmness_table(points))
        if len(self.kp) > 1:
            draw(points, self.out / f"firmness-{self.arm}.png")

    def _write(self, points: Sequence[FirmnessPoint]) -> None:
        result = {
            "arm": self.arm,
            "task": asdict(self.task),
            "seeds": self.seeds,
            "provenance": provenance(),
            "points": [asdict(point) for point in points],
        }
        path = self.out / f"firmness-{self.arm}.json"
        with atomic_file(path) as draft:
            draft.write_text(json.dumps(result, indent=1) + "\n")


def draw(points: Sequence[FirmnessPoint], path: Path) -> None:
    """Draw what is measured over the stiffness, with the least smoothing."""
    from matplotlib.figure import Figure  # a tool of development: not needed to measure

    least = min(point.smoothing_tau for point in points)
    mine = sorted((p for p in points if p.smoothing_tau == least), key=lambda p: p.kp)
    stiffness = [point.kp for point in mine]
    drawn = {key: one for key, one in PANELS.items() if key in mine[0].metrics | mine[0].borne}
    figure = Figure(figsize=(2.6 * len(drawn), 2.7), layout="constrained")
    for axes, (key, (label, factor)) in zip(
        figure.subplots(1, len(drawn), squeeze=False)[0], drawn.items(), strict=True
    ):
        axes.plot(stiffness, [_value(point, key, factor) for point in mine], "o-", color=BLUE)
        if key == "fidelity_rmse_m":
            ends = [_value(point, "endpoint_error_m", factor) for point in mine]
            axes.plot(stiffness, ends, "o--", color=AMBER)
        axes.set_xscale("log")
        axes.set_xticks(stiffness, [f"{kp:g}" for kp in stiffness])
        axes.set_xticks([], minor=True)
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel("kp [1/s²]")
        axes.set_ylabel(label)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    figure.savefig(path, dpi=150)


def _value(point: FirmnessPoint, key: str, factor: float) -> float:
    value = (point.metrics | point.borne)[key]
    return math.nan if value is None else factor * value


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
