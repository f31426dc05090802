"""Tasks in one spawned process, one after the other, without a scheduler."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from spikearm.experiments.sweep.dataset import Dataset
from spikearm.experiments.sweep.task import SweepTask
from spikearm.experiments.sweep.watcher import SweepWatcher
from spikearm.experiments.sweep.workers.measuring import run_task, write_rows
from spikearm.neural.processes.parallel import WorkerLostError
from spikearm.neural.processes.raised import Caught

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
MOST_DEATHS = 3  # of the process in one task


def run_spawned(tasks: Sequence[SweepTask], folder: Path, watcher: SweepWatcher) -> None:
    """Run tasks in a process of its own with one thread, so that results round as on a cluster.

    If the process is killed, another begins with the same task. A task in which it is killed
    ``MOST_DEATHS`` times has failed.

    Args:
        tasks: Tasks, in their order.
        folder: Folder of the dataset.
        watcher: Observer of the progress.

    Raises:
        SpikearmError: The disk fails.
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    left, deaths = list(tasks), 0
    while left:
        with _process(folder) as connection, suppress(EOFError, OSError):
            while left:
                connection.send(left[0])
                problem = connection.recv()
                if problem is not None:
                    raise problem
                del left[0]
                deaths = 0
                watcher.finished()
        deaths += 1
        if left and deaths == MOST_DEATHS:
            task = left.pop(0)
            write_rows(task, Dataset(folder), [], WorkerLostError(), {"key": task.key})
            deaths = 0
            watcher.finished()


@contextmanager
def _process(folder: Path) -> Iterator[Connection]:
    """Start a process that runs the tasks which it is sent, until the connection ends."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, folder), daemon=True)
    with _one_thread():
        process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.kill()
        process.join()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Hold processes that are started in the block to one thread."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(connection: Connection, folder: Path) -> None:
    """Run tasks and send what was raised, or None, until the parent is gone."""
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            task = connection.recv()
            with Caught() as caught:
                run_task(task, folder)
            connection.send(caught.problem)
