"""Runs on disk: a folder that appears whole or not at all.

The modules of its tables are imported when one is written or read: a run begins without pyarrow.
"""

import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import sentence
from spikearm.experiments.records.atomic_file import draft_prefix, missing_folders, remove_if_empty
from spikearm.experiments.records.reach import SPIKES, TRAJECTORY, RecordedReach
from spikearm.experiments.records.reading import Summary, undamaged
from spikearm.neural.files.typed_json import read_json
from spikearm.neural.spikes import SpikeTrains

CONFIG, SUMMARY = "config.json", "summary.json"
REPORT, VIDEO = "report.html", "video.mp4"


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
    from spikearm.experiments.records.reach_file import write_reaches
    from spikearm.experiments.records.spike_file import write_spikes

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


def read_run(folder: Path) -> Run:
    """Read a run back.

    Raises:
        SpikearmError: The folder is not a run.
    """
    from spikearm.experiments.records.reach_file import read_reaches

    missing = [name for name in (CONFIG, SUMMARY, TRAJECTORY) if not (folder / name).is_file()]
    if missing:
        raise SpikearmError(
            f"'{folder}' is not a run: it has no {', '.join(missing)}. Give a folder that "
            "'spikearm run' or 'spikearm bench' wrote."
        )
    with undamaged(folder):
        config = read_json(folder / CONFIG)
        summary = read_json(folder / SUMMARY, Summary)
        reaches = read_reaches(folder / TRAJECTORY)
    return Run(config, summary["rows"], reaches, summary["status"], folder)


def spike_trains_of(run: Run, reach: RecordedReach) -> SpikeTrains | None:
    """Return the spikes of a reach, from memory or from the run's folder; None without any.

    Raises:
        SpikearmError: The file of spikes is damaged.
    """
    from spikearm.experiments.records.spike_file import read_spikes

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
