"""Conducting a sweep in front of a person: what is done, progress, failures and CPU time."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.progress import Progress

from spikearm.experiments.console.console import console, errors
from spikearm.experiments.console.progress import progress_bar
from spikearm.experiments.sweep.dataset import Dataset
from spikearm.experiments.sweep.kind import Row
from spikearm.experiments.sweep.task import SweepTask
from spikearm.experiments.sweep.verdict import sweep_verdict
from spikearm.experiments.sweep.watcher import SweepWatcher

Runner = Callable[[Sequence[SweepTask], Path, SweepWatcher], None]
"""Function that runs tasks and writes their results into a folder."""
MOST_SHOWN = 10  # failures, of which the dataset has all


class SweepBar(SweepWatcher):
    """Progress bar of a sweep.

    Args:
        progress: Bars on the terminal.
        n_tasks: Number of tasks.
    """

    def __init__(self, progress: Progress, n_tasks: int) -> None:
        self._progress = progress
        self._task = progress.add_task(f"{n_tasks} runs", total=n_tasks)

    def address(self, address: str) -> None:
        """Print it."""
        console.print(f"Dashboard: {address}", soft_wrap=True)

    def finished(self) -> None:
        """Move the bar."""
        self._progress.advance(self._task)


def list_tasks(tasks: Sequence[SweepTask], dataset: Dataset, retry: bool) -> None:
    """Print the tasks that would run, a line each."""
    wanted = tasks_to_run(tasks, dataset, retry)
    for task in wanted:
        console.print(f"{task.key}  {task.label}", soft_wrap=True, highlight=False)
    console.print(_plan(tasks, wanted), soft_wrap=True)


def tasks_to_run(tasks: Sequence[SweepTask], dataset: Dataset, retry: bool) -> list[SweepTask]:
    """Return the tasks that have no results, or only the reason why they failed.

    Args:
        tasks: Tasks of the sweep.
        dataset: Their results.
        retry: True if tasks that have failed are to run again.
    """
    done = dataset.done()
    if retry:
        done -= set(dataset.problems())
    return [task for task in tasks if task.key not in done]


def conduct_sweep(
    tasks: Sequence[SweepTask], dataset: Dataset, run: Runner, retry: bool = False
) -> bool:
    """Run the tasks that are not done, and print how that went; return whether all succeeded.

    Args:
        tasks: Tasks of the sweep.
        dataset: Place of the results.
        run: Function that runs tasks.
        retry: True if tasks that have failed run again.

    Raises:
        SpikearmError: The folder holds something else, the disk fails, or tasks cannot be run.
        KeyboardInterrupt: Ctrl-C was pressed. Finished tasks are kept.
    """
    dataset.open()
    wanted = tasks_to_run(tasks, dataset, retry)
    dataset.forget(task.key for task in wanted)
    console.print(_plan(tasks, wanted), soft_wrap=True)
    before = _cpu_time()
    try:
        if wanted:
            with progress_bar() as progress:
                run(wanted, dataset.folder, SweepBar(progress, len(wanted)))
    finally:
        dataset.open()  # without what killed processes left meanwhile
        n_left = len(tasks_to_run(tasks, dataset, False))
        if n_left:
            errors.print(f"{n_left} of {len(tasks)} runs are left: the same call goes on.")
    failures = _failures(tasks, dataset)
    console.print(_verdict(tasks, dataset, len(failures)), soft_wrap=True, highlight=False)
    if wanted:
        times = dataset.times_of(task.key for task in wanted)
        console.print(_cpu_account(times, _cpu_time() - before), soft_wrap=True)
    _print_failures(failures)
    console.print(f"Results: {dataset.results}", markup=False, soft_wrap=True)
    return not failures


def _plan(tasks: Sequence[SweepTask], wanted: Sequence[SweepTask]) -> str:
    return f"Sweep of {len(tasks)} runs: {len(tasks) - len(wanted)} done, {len(wanted)} to run."


def _failures(tasks: Sequence[SweepTask], dataset: Dataset) -> list[str]:
    """Return a line for each of some tasks that has failed."""
    found = dataset.problems()
    failed = [task for task in tasks if task.key in found]
    return [f"failed: {task.label}: {found[task.key]}" for task in failed]


def _print_failures(failures: Sequence[str]) -> None:
    for failure in failures[:MOST_SHOWN]:
        errors.print(failure, style="red", soft_wrap=True)
    if len(failures) > MOST_SHOWN:
        errors.print(f"and {len(failures) - MOST_SHOWN} more, as column problem says.")


def _verdict(tasks: Sequence[SweepTask], dataset: Dataset, n_failed: int) -> str:
    rows: list[Row] = []
    if tasks:
        kind, order = tasks[0].kind, {task.key: number for number, task in enumerate(tasks)}
        complete = dataset.complete_rows(kind.verdict.columns, kind.results)
        rows = [row for row in complete if row["key"] in order]
        rows.sort(key=lambda row: order[row["key"]])
    return sweep_verdict(tasks, rows, n_failed)


def _cpu_account(times: Sequence[Row], total: float) -> str:
    """Describe the CPU time of runs, of starts of workers and of all the rest [s].

    Where workers are on other machines, the rest of this one is all that is known of it.
    """
    runs = sum(row["run_cpu_s"] or 0.0 for row in times)
    starts = {row["worker"]: row["worker_start_cpu_s"] or 0.0 for row in times if row["worker"]}
    rest = max(0.0, total - runs - sum(starts.values()))
    return (
        f"CPU time: {runs:.1f} s of runs, {sum(starts.values()):.1f} s of starts of "
        f"{len(starts)} workers, {rest:.1f} s of all else."
    )


def _cpu_time() -> float:
    """Return the CPU time of this process and of its children that have ended [s]."""
    return sum(os.times()[:4])
