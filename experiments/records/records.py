"""Runs on disk: a folder that appears whole or not at all."""

import itertools
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import sentence
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.controllers import controller_label
from spikearm.experiments.records.atomic_file import draft_prefix, missing_folders, remove_if_empty
from spikearm.experiments.records.reading import Summary, read_table, undamaged
from spikearm.experiments.records.spike_file import SPIKES, read_spikes, write_spikes
from spikearm.neural.counts import ChipWork
from spikearm.neural.files.typed_json import Count, check_types, read_json
from spikearm.neural.spikes import SpikeTrains

CONFIG, SUMMARY, TRAJECTORY = "config.json", "summary.json", "trajectory.parquet"
JOINT_COLUMNS = ("q", "dq", "torque")
WIDTHS = {"position": 3, "quaternion": 4, "work": len(ChipWork._fields)}
"""Numbers in a row of a column, by the last part of its name; one in others but the joints'."""
REPORT, VIDEO = "report.html", "video.mp4"


@dataclass(frozen=True)
class RecordedReach:
    """Recorded reach: out to a target, or back to the start.

    Attributes:
        controller: Name of the controller that drove it.
        adaptive: True if an adaptive network learned beside it.
        seed: Seed of task and network.
        target: Index of the target, from 0.
        direction: ``out`` to the target or ``back`` to the start.
        trajectory: Recorded states, references and torques.
        spike_trains: Spikes of the controller's network, where they were recorded and are in
            memory; :func:`spike_trains_of` reads them back.
    """

    controller: str
    adaptive: bool
    seed: int
    target: int
    direction: str
    trajectory: Trajectory
    spike_trains: SpikeTrains | None = None

    @property
    def label(self) -> str:
        """Name of the controller as tables show it."""
        return controller_label(self.controller, self.adaptive)

    @property
    def keys(self) -> dict[str, Any]:
        """Values that tell this reach apart in the files of a run."""
        return {name: getattr(self, name) for name in KEYS}


class ReachKeys(TypedDict):
    """Columns of a trajectory that tell reaches apart, and their types."""

    controller: str
    adaptive: bool
    seed: Count
    target: Count
    direction: Literal["out", "back"]


KEYS = tuple(ReachKeys.__annotations__)


@dataclass(frozen=True)
class Run:
    """Results of a run.

    Attributes:
        config: Resolved configuration, versions, git commit, seeds.
        rows: One row per arm, task, controller, backend and seed, keyed by metric name.
        reaches: Recorded reaches.
        status: ``complete``; ``interrupted`` or ``failed`` when only finished reaches are in it.
        folder: Folder that it was read from or written to.
    """

    config: dict[str, Any]
    rows: list[dict[str, Any]]
    reaches: list[RecordedReach]
    status: str = "complete"
    folder: Path | None = None


def check_new_folder(folder: Path) -> None:
    """Refuse a folder that a run cannot be written to, before any work is done.

    Raises:
        SpikearmError: It holds files, is a link or the working folder, its name is too long, or its
            parent cannot be written to.
    """
    try:
        there = os.path.lexists(folder)
        if folder.is_symlink() or (there and folder.resolve() == Path.cwd()):
            kind = "a link" if folder.is_symlink() else "the folder that you are in"
            raise SpikearmError(f"'{folder}' is {kind}. Name a new folder.")
        if there and not folder.is_dir():
            raise SpikearmError(f"'{folder}' is a file, not a folder. Name a new folder.")
        if there and any(folder.iterdir()):
            raise SpikearmError(
                f"'{folder}' exists and is not an empty folder. Name a new one, or move "
                "it away: runs are never overwritten."
            )
        _rehearse(folder)
    except OSError as error:
        raise SpikearmError(
            f"Cannot write to '{folder.parent}': {error.strerror}. Name a folder you may write to."
        ) from error


def _rehearse(folder: Path) -> None:
    """Make a folder as it will be made, and remove it again if it was not there."""
    new_folders, there = missing_folders(folder), folder.exists()
    try:
        with _renamed_draft(folder):
            pass
        if not there:
            folder.rmdir()
    finally:
        remove_if_empty(new_folders)


def write_run(run: Run, folder: Path) -> Run:
    """Write a run beside its place, then rename it there.

    Args:
        run: Run to write.
        folder: Folder of the run; must be absent or empty.

    Raises:
        SpikearmError: The folder is taken, or the disk fails; nothing is left behind.
    """
    check_new_folder(folder)
    with atomic_folder(folder) as draft:
        write_config_and_summary(run.config, run.rows, run.status, draft)
        write_reaches(run.reaches, draft / TRAJECTORY)
        recorded = ((reach.keys, reach.spike_trains) for reach in run.reaches)
        write_spikes(((keys, trains) for keys, trains in recorded if trains), draft / SPIKES)
    return replace(run, folder=folder)


def write_config_and_summary(
    config: dict[str, Any], rows: list[dict[str, Any]], status: str, folder: Path
) -> None:
    """Write the two files that every folder has: configuration, and results row by row.

    A result that is no finite number is left empty, which keeps all others.
    """
    summary = {"status": status, "rows": _without_nonfinite(rows)}
    for name, content in ((CONFIG, config), (SUMMARY, summary)):
        text = json.dumps(content, indent=2, allow_nan=False) + "\n"
        (folder / name).write_text(text, "utf-8")


def write_reaches(reaches: list[RecordedReach], path: Path) -> None:
    """Write reaches to a Parquet file, one row per step."""
    pq.write_table(_table(reaches), path, compression="zstd", write_page_checksum=True)


def read_run(folder: Path) -> Run:
    """Read a run back.

    Raises:
        SpikearmError: The folder is not a run.
    """
    missing = [name for name in (CONFIG, SUMMARY, TRAJECTORY) if not (folder / name).is_file()]
    if missing:
        raise SpikearmError(
            f"'{folder}' is not a run: it has no {', '.join(missing)}. Give a folder that "
            "'spikearm run' or 'spikearm bench' wrote."
        )
    with undamaged(folder):
        config = read_json(folder / CONFIG)
        summary = read_json(folder / SUMMARY, Summary)
        reaches = _read_reaches(read_table(folder / TRAJECTORY))
    return Run(config, summary["rows"], reaches, summary["status"], folder)


def spike_trains_of(run: Run, reach: RecordedReach) -> SpikeTrains | None:
    """Return the spikes of a reach, from memory or from the run's folder; None without any.

    Raises:
        SpikearmError: The file of spikes is damaged.
    """
    if reach.spike_trains is not None or run.folder is None:
        return reach.spike_trains
    path = run.folder / SPIKES
    if not path.exists():
        return None
    with undamaged(run.folder):
        return read_spikes(path, reach.keys, len(reach.trajectory.time))


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """Yield a draft of a run's folder, and rename it into place when the block ends well.

    Raises:
        SpikearmError: The disk fails; nothing is left behind.
    """
    new_folders = missing_folders(folder)
    try:
        with _renamed_draft(folder) as draft:
            yield draft
    except OSError as error:
        raise SpikearmError(
            f"Cannot write the run to '{folder}': {error.strerror or sentence(error)}. Nothing was "
            "left behind; free the disk or name another folder."
        ) from error
    finally:
        remove_if_empty(new_folders)


@contextmanager
def _renamed_draft(folder: Path) -> Iterator[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=draft_prefix(), dir=folder.parent))
    try:
        yield draft
        draft.chmod(0o755)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _without_nonfinite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nonfinite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nonfinite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _table(reaches: list[RecordedReach]) -> pa.Table:
    return pa.concat_tables([_reach_table(reach) for reach in reaches]) if reaches else pa.table({})


def _reach_table(reach: RecordedReach) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    n_steps = len(reach.trajectory.time)
    for name, value in reach.keys.items():
        columns[name] = pa.array([value] * n_steps)
    for field in fields(Trajectory):
        columns[field.name] = _column(getattr(reach.trajectory, field.name))
    return pa.table(columns)


def _column(values: np.ndarray) -> pa.Array:
    if values.ndim == 1:
        return pa.array(values)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])


def _read_reaches(table: pa.Table) -> list[RecordedReach]:
    """Build reaches from a table of one row per step.

    Raises:
        KeyError, ValueError: A column is missing, or of another type or shape.
    """
    if table.num_rows == 0:
        return []
    keys = list(zip(*(table[name].to_pylist() for name in KEYS), strict=True))
    starts = [0] + [i for i in range(1, len(keys)) if keys[i] != keys[i - 1]] + [len(keys)]
    return [
        RecordedReach(
            **check_types(dict(zip(KEYS, keys[start], strict=True)), ReachKeys, TRAJECTORY),
            trajectory=_trajectory(table.slice(start, end - start)),
        )
        for start, end in itertools.pairwise(starts)
    ]


def _trajectory(table: pa.Table) -> Trajectory:
    arrays = {field.name: _array(table, field.name) for field in fields(Trajectory)}
    n_steps, n_joints = table.num_rows, arrays["q"].shape[-1]
    for name, array in arrays.items():
        kind = name.rpartition("_")[2]
        width = n_joints if name in JOINT_COLUMNS else WIDTHS.get(kind)
        needed = (n_steps,) if width is None else (n_steps, width)
        if array.shape != needed:
            raise ValueError(f"{name} of {TRAJECTORY} has shape {array.shape}, not {needed}")
    return Trajectory(**arrays)


def _array(table: pa.Table, name: str) -> np.ndarray:
    """Return a column as an array.

    Raises:
        KeyError, ValueError: There is none, or it holds what is no finite number.
    """
    column = table[name]
    if pa.types.is_fixed_size_list(column.type):
        values = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
        array = values.reshape(len(column), -1)
    else:
        array = column.to_numpy()
    if array.dtype.kind not in "fi" or not np.isfinite(array).all():
        raise ValueError(f"{name} of {TRAJECTORY} holds what is no finite number")
    return array
