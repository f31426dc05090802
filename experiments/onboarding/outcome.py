"""Outcome of an arm's benchmarks, read from their folders."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from spikearm.experiments.records.reading import Summary
from spikearm.experiments.records.records import SUMMARY
from spikearm.experiments.studies.benchmark.checks.verdict import STAGE
from spikearm.neural.files.array_file import understood
from spikearm.neural.files.typed_json import read_json

CLOSE = 1e-3  # m from the analytic law's path


@dataclass(frozen=True)
class Outcome:
    """Controller in Loihi's arithmetic on a task of the benchmark.

    Attributes:
        success: Share of the motions that ended at their target [1].
        fidelity: Distance from the analytic law's path, root mean square [m].
    """

    success: float
    fidelity: float

    @property
    def is_good(self) -> bool:
        """True if every motion ended at its target, close to the analytic law's path."""
        return self.success == 1.0 and self.fidelity <= CLOSE

    def __str__(self) -> str:
        """Return it as part of a sentence."""
        reached = f"{STAGE} reached its target in {100 * self.success:.3g} % of the motions"
        return f"{reached}, {1e3 * self.fidelity:.2g} mm from the analytic law's path"


def bench_folder(folder: Path, variant: str) -> Path:
    """Return the folder of a task's results."""
    return folder / f"bench-{variant}"


def read_outcome(folder: Path) -> Outcome | None:
    """Read the outcome of a benchmark that was run to its end, or None.

    Raises:
        SpikearmError: The folder holds a benchmark that is damaged.
    """
    if not (folder / SUMMARY).is_file():
        return None
    with understood(folder / SUMMARY, "summary of a benchmark", "Move its folder away."):
        summary = read_json(folder / SUMMARY, Summary)
        rows = [row for row in summary["rows"] if row["controller"] == STAGE]
        if summary["status"] != "complete" or not rows:
            return None
        return Outcome(rows[0]["success_rate"], rows[0]["fidelity_rmse_m"])


def move_aside(folder: Path) -> Path | None:
    """Rename the folder of a benchmark that was not run to its end; None if there is none."""
    if not folder.exists():
        return None
    names = (folder.with_name(f"{folder.name}-part{number}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    return folder.rename(aside)


def describe_outcome(outcomes: Mapping[str, Outcome | None]) -> tuple[list[str], bool]:
    """Return a sentence on each task, and True if all of them are good.

    Args:
        outcomes: Outcome of each task, by its name.
    """
    lines = [f"{name}: {'not measured' if one is None else one}" for name, one in outcomes.items()]
    return lines, all(one is not None and one.is_good for one in outcomes.values())
