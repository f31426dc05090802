"""Running a task of a sweep in a worker: its rows go to the disk, and only its key comes back."""

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pyarrow as pa

from spikearm.experiments.records.provenance import provenance
from spikearm.experiments.studies.study import StudyWatcher, run_study
from spikearm.experiments.sweep.dataset import COMPLETE, FAILED, Dataset, make_table
from spikearm.experiments.sweep.kind import Row
from spikearm.experiments.sweep.task import SweepTask
from spikearm.experiments.tasks.centre_out import CentreOut
from spikearm.neural.processes.raised import Caught, describe

SHORT_REACH = CentreOut(targets=1, radius=0.005, duration=0.1, hold=0.0)
RUN_COLUMNS = {
    "key": pa.string(), "worker": pa.string(), "worker_start_cpu_s": pa.float64(),
    "run_cpu_s": pa.float64(), "run_s": pa.float64(), "finished": pa.string(),
    "spikearm": pa.string(), "git_commit": pa.string(), "traceback": pa.string(),
}  # fmt: skip
"""Columns of times: worker, CPU time of its start and of the run, wall time of the run [s]."""


def run_task(task: SweepTask, folder: Path) -> str:
    """Run a task, unless it is done, and write its rows; return its key.

    Whatever is raised becomes a row of status ``failed``.

    Raises:
        SpikearmError: The disk fails.
        KeyboardInterrupt: The process is to end.
    """
    start = _start_cpu_time()
    dataset = Dataset(folder)
    if dataset.holds(task.key):
        return task.key
    began, cpu_began = time.perf_counter(), time.thread_time()
    rows: list[Row] = []
    with Caught() as caught:
        rows = _measure(task)
    if isinstance(caught.problem, KeyboardInterrupt):
        raise caught.problem
    run = {
        "key": task.key, "worker": f"{platform.node()}:{os.getpid()}", "worker_start_cpu_s": start,
        "run_cpu_s": time.thread_time() - cpu_began, "run_s": time.perf_counter() - began,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"), **_program(),
        "traceback": _traceback(caught.problem),
    }  # fmt: skip
    write_rows(task, dataset, rows, caught.problem, run)
    return task.key


def write_rows(
    task: SweepTask,
    dataset: Dataset,
    rows: Sequence[Row],
    problem: BaseException | None,
    run: Row,
) -> None:
    """Write the rows of a task that was run, or one that says why there are none.

    Args:
        task: The task.
        dataset: Place of the rows.
        rows: Rows that were measured.
        problem: Reason why the run failed, or None.
        run: Worker and times of the run, as ``RUN_COLUMNS`` names them.

    Raises:
        SpikearmError: The disk fails.
    """
    told = {"key": task.key, **task.options}
    if problem is None:
        results = [told | {"status": COMPLETE} | row for row in rows]
    else:
        names = ", ".join(task.options.get("controllers", ()))
        results = [told | {"status": FAILED, "problem": describe(problem), "controller": names}]
    kind = task.kind
    timed = pa.schema({**RUN_COLUMNS, "controller": pa.string(), **kind.timed})
    times = [row | run for row in rows if problem is None] or [run]
    dataset.write(task.key, make_table(results, kind.results), make_table(times, timed))


def compile_kernels(tasks: Sequence[SweepTask]) -> None:
    """Run a short motion of each task, so that the kernels are compiled where they are kept.

    What is raised comes again, and is told, when a task itself runs.
    """
    for task in tasks:
        with Caught() as caught:
            command = replace(task.command, task=SHORT_REACH, jobs=1)  # type: ignore[type-var]
            run_study(command.experiment(), StudyWatcher())
        if isinstance(caught.problem, KeyboardInterrupt):
            raise caught.problem


def _measure(task: SweepTask) -> list[Row]:
    """Run a task in this process, one condition after the other."""
    command = replace(task.command, jobs=1)  # type: ignore[type-var]  a dataclass
    experiment = command.experiment()
    run = run_study(experiment, StudyWatcher())
    if run.problem is not None:
        raise run.problem
    return task.kind.rows(command, experiment.rows(run.outcomes))


@cache
def _start_cpu_time() -> float:
    """Return the CPU time that this process had taken when its first task came [s]."""
    return time.process_time()


@cache
def _program() -> Row:
    made = provenance()
    return {"spikearm": made["versions"]["spikearm"], "git_commit": made["git_commit"]}


def _traceback(problem: BaseException | None) -> str | None:
    return "\n".join(getattr(problem, "__notes__", ())) or None
