"""Folders of studies, read back with their tables and pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict

from rich.console import RenderableType

from spikearm.experiments.panels import Panel
from spikearm.experiments.records.reading import Summary, read_table, undamaged
from spikearm.experiments.records.records import CONFIG, SUMMARY
from spikearm.experiments.studies.adaptation.figure import learning_panels
from spikearm.experiments.studies.adaptation.record import read_curves
from spikearm.experiments.studies.adaptation.study import AdaptationStudy, learning_tables
from spikearm.experiments.studies.adaptation.verdict import learning_verdict
from spikearm.experiments.studies.robustness.figure import stress_panels
from spikearm.experiments.studies.robustness.study import stress_tables_of
from spikearm.experiments.studies.robustness.summary import read_points
from spikearm.experiments.studies.robustness.verdict import stress_verdict
from spikearm.neural.files.array_file import DAMAGES
from spikearm.neural.files.typed_json import read_json

Row = dict[str, Any]
Shown = tuple[str, Sequence[RenderableType], Sequence[Panel]]
"""Verdict, tables and pictures."""


class StudyConfig(TypedDict):
    """Keys of a study's configuration, and their types."""

    command: Literal["adapt", "stress"]
    arm: str


@dataclass(frozen=True)
class StudyFolder:
    """Results of a study, as they are shown.

    Attributes:
        name: Name of the folder.
        command: Command that wrote it.
        status: ``complete``, ``interrupted`` or ``failed``.
        config: Resolved configuration, versions, git commit, seeds.
        verdict: Verdict as it was printed.
        tables: Tables as they were printed.
        panels: Pictures, one per perturbation.
    """

    name: str
    command: str
    status: str
    config: Row
    verdict: str
    tables: Sequence[RenderableType]
    panels: Sequence[Panel]


def study_command(folder: Path) -> str | None:
    """Return the command that wrote a study's folder; None for other folders."""
    try:
        return read_json(folder / CONFIG, StudyConfig)["command"]
    except (*DAMAGES, OSError):
        return None


def read_study(folder: Path) -> StudyFolder:
    """Read the folder of a study back.

    Raises:
        SpikearmError: It is of no study, or damaged.
    """
    with undamaged(folder):
        config = read_json(folder / CONFIG, StudyConfig)
        summary = read_json(folder / SUMMARY, Summary)
        shown = READERS[config["command"]](folder, summary["rows"])
        name = folder.resolve().name
        return StudyFolder(name, config["command"], summary["status"], config, *shown)


def _read_adapt(folder: Path, rows: Sequence[Row]) -> Shown:
    curves = read_curves(rows, read_table(folder / AdaptationStudy.details_file).to_pylist())
    return learning_verdict(curves), learning_tables(curves), learning_panels(curves)


def _read_stress(folder: Path, rows: Sequence[Row]) -> Shown:
    points = read_points(rows)
    return stress_verdict(points), stress_tables_of(points), stress_panels(points)


READERS: dict[str, Callable[[Path, Sequence[Row]], Shown]] = {
    "adapt": _read_adapt,
    "stress": _read_stress,
}
"""Functions that read what a command has written, by its name."""
