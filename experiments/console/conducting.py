"""Conducting a study in front of a person: progress, tables and the folder of its results."""

from pathlib import Path
from typing import Any, TypeVar

import plotly.io
import pyarrow as pa
import pyarrow.parquet as pq

from spikearm.experiments.console.console import ProgressWatcher, console
from spikearm.experiments.records.records import atomic_folder, write_config_and_summary
from spikearm.experiments.studies.study import Study, StudyRun, run_study

T = TypeVar("T")


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
    with ProgressWatcher() as bars:
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
    with atomic_folder(folder) as draft:
        write_config_and_summary(config, study.rows(run.outcomes), run.status, draft)
        details = pa.Table.from_pylist(study.details(run.outcomes))
        pq.write_table(
            details, draft / study.details_file, compression="zstd", write_page_checksum=True
        )
        page = plotly.io.to_html(study.figure(run.outcomes), config={"displaylogo": False})
        (draft / study.picture_file).write_text(page)
