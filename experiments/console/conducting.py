"""Conducting a study in front of a person: progress, tables and the folder of its results."""

from pathlib import Path
from typing import Any, TypeVar

import plotly.io
import pyarrow as pa
import pyarrow.parquet as pq

from spikearm.experiments.console.console import console, progress_bar
from spikearm.experiments.records.records import whole_folder, write_account
from spikearm.experiments.studies.study import Batch, Study, StudyRun, StudyWatcher, run_study

T = TypeVar("T")


class BatchBars(StudyWatcher):
    """Progress bars, one per batch of a study."""

    def __init__(self) -> None:
        self._progress = progress_bar()

    def __enter__(self) -> "BatchBars":
        self._progress.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def building(self, batch: Batch[Any]) -> None:
        """Show another bar."""
        self._task = self._progress.add_task(f"{batch.title}: building", total=None)

    def measuring(self, batch: Batch[Any]) -> None:
        """Show how much there is to measure."""
        self._progress.update(self._task, description=batch.title, total=batch.n_conditions)

    def measured(self) -> None:
        """Move the bar."""
        self._progress.advance(self._task)


def conduct(study: Study[Any], config: dict[str, Any], folder: Path) -> None:
    """Run a study, print its tables and write its folder.

    What is finished is kept, whatever happens to the rest.

    Args:
        study: The study.
        config: The resolved configuration.
        folder: Folder of the results; must be absent or empty.

    Raises:
        SpikearmError: A condition could not be measured, or the disk fails.
        KeyboardInterrupt: The person pressed Ctrl-C.
    """
    with BatchBars() as bars:
        run = run_study(study, bars)
    if run.outcomes:
        for table in study.tables(run.outcomes):
            console.print(table)
        write_study(study, run, config, folder)
        console.print(f"Results: {folder}", soft_wrap=True)
    if run.problem is not None:
        raise run.problem


def write_study(study: Study[T], run: StudyRun[T], config: dict[str, Any], folder: Path) -> None:
    """Write the files of a study: configuration, rows, details and the picture.

    Raises:
        SpikearmError: The disk fails; nothing is left behind.
    """
    with whole_folder(folder) as draft:
        write_account(config, study.rows(run.outcomes), run.status, draft)
        details = pa.Table.from_pylist(study.details(run.outcomes))
        pq.write_table(
            details, draft / study.details_file, compression="zstd", write_page_checksum=True
        )
        page = plotly.io.to_html(study.figure(run.outcomes), config={"displaylogo": False})
        (draft / study.picture_file).write_text(page)
