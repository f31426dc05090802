"""Folders of studies, read back with their tables and pictures."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import RenderableType

from spikearm.arm_models import SpikearmError
from spikearm.experiments.records.records import CONFIG, SUMMARY
from spikearm.experiments.studies.adaptation.figure import draw_learning
from spikearm.experiments.studies.adaptation.record import read_curves
from spikearm.experiments.studies.adaptation.study import AdaptationStudy, learning_tables
from spikearm.experiments.studies.robustness.figure import stress_figure
from spikearm.experiments.studies.robustness.study import stress_tables_of
from spikearm.experiments.studies.robustness.summary import read_points
from spikearm.neural.array_file import DAMAGES, sentence

Row = dict[str, Any]
Shown = tuple[Sequence[RenderableType], go.Figure]


@dataclass(frozen=True)
class StudyFolder:
    """Results of a study, as they are shown.

    Attributes:
        name: Name of the folder.
        command: Command that wrote it.
        status: ``complete``, ``interrupted`` or ``failed``.
        config: Resolved configuration, versions, git commit, seeds.
        tables: Tables as they were printed.
        figure: The picture.
    """

    name: str
    command: str
    status: str
    config: Row
    tables: Sequence[RenderableType]
    figure: go.Figure


def study_command(folder: Path) -> str | None:
    """Return the command that wrote a study's folder; None for other folders."""
    try:
        command = json.loads((folder / CONFIG).read_text("utf-8"))["command"]
    except (*DAMAGES, OSError):
        return None
    return command if command in READERS else None


def read_study(folder: Path) -> StudyFolder:
    """Read the folder of a study back.

    Raises:
        SpikearmError: It is of no study, or damaged.
    """
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        summary = json.loads((folder / SUMMARY).read_text("utf-8"))
        tables, figure = READERS[config["command"]](folder, summary["rows"])
        return StudyFolder(
            folder.resolve().name, config["command"], summary["status"], config, tables, figure
        )
    except (*DAMAGES, OSError, TypeError, pa.ArrowException) as error:
        raise SpikearmError(
            f"'{folder}' is damaged, or of another version: {sentence(error)}. Run it again."
        ) from error


def _read_adapt(folder: Path, rows: Sequence[Row]) -> Shown:
    table = pq.read_table(folder / AdaptationStudy.details_file, page_checksum_verification=True)
    curves = read_curves(rows, table.to_pylist())
    return learning_tables(curves), draw_learning(curves)


def _read_stress(folder: Path, rows: Sequence[Row]) -> Shown:
    points = read_points(rows)
    return stress_tables_of(points), stress_figure(points, "Deviation over strength")


READERS: dict[str, Callable[[Path, Sequence[Row]], Shown]] = {
    "adapt": _read_adapt,
    "stress": _read_stress,
}
"""Functions that read what a command has written, by its name."""
