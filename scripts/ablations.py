"""Ablations of a controller, one part at a time, and the effect of its latent code's length.

Every row is a training of its own, all with as many reaches and epochs: a quarter of the reaches of
those that ship. Trainings lie in a folder each, and what is there is not done again.

.venv/bin/python scripts/ablations.py --arm gen3
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import tyro
from matplotlib.figure import Figure
from rich.console import Console

from spikearm.arm_models import load_arm
from spikearm.experiments.console.console import console
from spikearm.experiments.console.progress import TrainingBars
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.studies.ablations.result import Result
from spikearm.experiments.studies.ablations.study import AblationStudy
from spikearm.experiments.studies.ablations.table import results_table
from spikearm.experiments.studies.ablations.variant import LENGTH_NAME, Variant, list_variants


@dataclass(frozen=True)
class Options:
    """Train and measure every variant on one arm.

    Attributes:
        arm: Name of the arm.
        folder: Folder of the trainings.
        out: Folder for the picture and the numbers.
        reaches: Number of reaches that samples are taken beside.
        epochs: Epochs of the deep network.
        recordings: Number of states in which the activity of the chip's neurons is recorded.
        only: Train only those whose name has this in it, and draw nothing: to share the work.
        jobs: Number of processes that work at a time. Default: the number of cores.
    """

    arm: str = "gen3"
    folder: Path = Path("trained/ablations")
    out: Path = Path("docs")
    reaches: int = 1000
    epochs: int = 20
    recordings: int = 9600
    only: str | None = None
    jobs: int | None = None

    def execute(self) -> None:
        """Train, measure, print and draw."""
        arm = load_arm(self.arm)
        variants = list_variants(self.reaches, self.recordings, self.epochs)
        study = AblationStudy(arm, variants, self.folder / self.arm, self.jobs)
        chosen = [one for one in variants if self.only is None or self.only in one.name]
        results = [study.kept(variant) or run(study, variant) for variant in chosen]
        Console().print(results_table(results))
        if self.only is None:
            numbers = [asdict(result) for result in results]
            with atomic_file(self.out / "ablations.json") as draft:
                draft.write_text(json.dumps(numbers, indent=1))
            draw(results, self.out / "latent.png")


def run(study: AblationStudy, variant: Variant) -> Result:
    """Train and measure one variant."""
    console.print(f"Without: {variant.name}")
    with TrainingBars() as watcher:
        weights = study.train(variant, watcher)
    return study.measure(variant, weights)


def draw(results: list[Result], path: Path) -> None:
    """Draw deviation, neurons and cores against the length of the latent code."""
    whole = results[0]
    points = sorted(
        [r for r in results if r.name.startswith(LENGTH_NAME)] + [whole],
        key=lambda r: r.n_latent,
    )
    lengths = [point.n_latent for point in points]
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(lengths, [1e3 * p.strict_m for p in points], "o-", color="#2563a8",
              label="circle, deviation, acceleration")  # fmt: skip
    left.plot(lengths, [1e3 * p.circle_m for p in points], "s-", color="#0d2d52",
              label="circle, fidelity, velocity")  # fmt: skip
    left.plot(lengths, [1e3 * p.pose_m for p in points], "^-", color="#d97706",
              label="pose, fidelity, velocity")  # fmt: skip
    left.set_ylabel("mm RMS")
    left.set_ylim(bottom=0)
    left.legend(frameon=False, loc="lower left")
    right.plot(lengths, [p.neurons for p in points], "o-", color="#2563a8")
    right.set_ylabel("neurons")
    right.set_ylim(bottom=0)
    for point in points:
        right.annotate(f"{point.cores} cores", (point.n_latent, point.neurons), (6, -12),
                       textcoords="offset points", fontsize=8)  # fmt: skip
    for axes in (left, right):
        axes.set_xlabel("numbers in the latent code")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
