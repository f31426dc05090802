"""Conducting a study in front of a person: progress, tables and the folder of its results."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from spikearm.experiments.console.console import console, print_all
from spikearm.experiments.console.problems import (
    collected,
    kept_in,
    print_problem,
    raise_first,
    unexpected,
)
from spikearm.experiments.console.progress import ProgressWatcher
from spikearm.experiments.records.atomic_file import atomic_file
from spikearm.experiments.records.guardian import guarded
from spikearm.experiments.records.records import CONFIG, atomic_folder, write_config_and_summary
from spikearm.experiments.studies.study import Study, StudyRun, run_study
from spikearm.neural.processes.raised import Problem
from spikearm.neural.processes.signals import Deferral

T = TypeVar("T")


def conduct(study: Study[T], config: dict[str, Any], folder: Path) -> StudyRun[T]:
    """Run a study, write its folder, print its verdict and its tables.

    What is finished is written first, whatever was raised and whoever raised it.

    Args:
        study: The study.
        config: The resolved configuration.
        folder: Folder of the results; must be absent or empty.

    Returns:
        The run, with all outcomes.

    Raises:
        SpikearmError: A condition could not be measured, or the disk fails.
        KeyboardInterrupt: The person pressed Ctrl-C.
    """
    problems: list[Problem] = []
    run = StudyRun[T]()
    with collected(problems), Deferral() as signals:  # nothing comes between results and disk
        rescue = partial(_rescue, study, config, folder)
        with guarded((folder.parent, folder), rescue) as keep:
            with ProgressWatcher() as bars:
                run = run_study(study, bars, keep, signals.answering)
            problems += [] if run.problem is None else [run.problem]
            if run.outcomes or unexpected(problems):
                problems += write_study(study, run, config, folder)
    if run.outcomes:
        with collected(problems):
            console.print(study.verdict(run.outcomes))
        with collected(problems):
            print_all(study.tables(run.outcomes))
    if (folder / CONFIG).exists():
        console.print(f"Results: {folder}", markup=False, soft_wrap=True)
    raise_first(problems, folder, kept_in(run.status, len(run.outcomes), "condition", folder))
    return run


def _rescue(study: Study[T], config: dict[str, Any], folder: Path, outcomes: Sequence[T]) -> None:
    """Write what a process that was killed had finished, unless it had done so itself."""
    if not (folder / CONFIG).exists():
        write_study(study, StudyRun(list(outcomes), "failed"), config, folder)
        print_problem(f"The process was killed. What it had finished is in '{folder}'.")


def write_study(
    study: Study[T], run: StudyRun[T], config: dict[str, Any], folder: Path
) -> list[Problem]:
    """Write the files of a study and return what went wrong.

    Configuration, rows and details come first. A picture that cannot be drawn is left out.
    """
    problems: list[Problem] = []
    rows: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    with collected(problems):
        rows = study.rows(run.outcomes)
    with collected(problems):
        details = study.details(run.outcomes)
    status = "failed" if problems else run.status
    with collected(problems):
        with atomic_folder(folder) as draft:
            write_config_and_summary(config, rows, status, draft)
            if run.outcomes:
                table = pa.Table.from_pylist(details)
                place = draft / study.details_file
                pq.write_table(table, place, compression="zstd", write_page_checksum=True)
                study.write_more(run.outcomes, draft)
        if run.outcomes:
            _draw(study, run, folder / study.picture_file)
    return problems


def _draw(study: Study[T], run: StudyRun[T], path: Path) -> None:
    import plotly.io  # after the work, which its loading would delay

    page = plotly.io.to_html(study.figure(run.outcomes), config={"displaylogo": False})
    with atomic_file(path) as draft:
        draft.write_text(page, encoding="utf-8")
