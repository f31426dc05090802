"""Tasks on a Dask cluster: processes of this machine, or workers that a scheduler knows."""

import importlib.util
import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikearm.arm_models import SpikearmError
from spikearm.experiments.sweep.dataset import Dataset
from spikearm.experiments.sweep.task import SweepTask
from spikearm.experiments.sweep.watcher import SweepWatcher
from spikearm.experiments.sweep.workers.measuring import compile_kernels, run_task, write_rows
from spikearm.neural.processes.parallel import WorkerLostError

if TYPE_CHECKING:
    from distributed import Client, Future

SETTINGS = {
    "distributed.scheduler.allowed-failures": 10,  # deaths of workers that a task outlives
    "distributed.scheduler.worker-saturation": 1.0,  # no task waits at a worker that may die
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
}
DASHBOARD, NO_DASHBOARD = "127.0.0.1:8787", ":0"


def run_on_cluster(
    tasks: Sequence[SweepTask],
    folder: Path,
    watcher: SweepWatcher,
    scheduler: str | None = None,
    workers: int = 1,
) -> None:
    """Run tasks on a cluster; one whose worker is killed runs again on another.

    Args:
        tasks: Tasks.
        folder: Folder of the dataset, which all workers see.
        watcher: Observer of the progress.
        scheduler: Address of a scheduler. Left out, workers are processes of this machine.
        workers: Number of those.

    Raises:
        SpikearmError: Dask is not installed, the scheduler cannot be reached, or the disk fails.
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    with _client(scheduler, workers) as client:
        watcher.address(_dashboard(client))
        _compile(client, tasks)
        by_key = {f"spikearm-{task.key}": task for task in tasks}
        futures = [
            client.submit(run_task, task, folder.absolute(), key=key, pure=False)
            for key, task in by_key.items()
        ]
        for future in _as_completed(futures):
            _take(future, by_key[str(future.key)], folder)
            watcher.finished()


@contextmanager
def _client(scheduler: str | None, workers: int) -> Iterator["Client"]:
    """Connect to a scheduler, or to one of this process with workers of its own."""
    try:
        from dask import config
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise SpikearmError(
            "Sweeps on several processes take Dask, which is not installed: pip install "
            "'spikearm[sweep]'. A shard, such as 1/1, runs without it, on one."
        ) from error
    with ExitStack() as stack:
        stack.enter_context(config.set(SETTINGS))
        if scheduler is None:
            cluster: Any = stack.enter_context(
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, memory_limit=0,
                    dashboard_address=DASHBOARD if _has_dashboard() else NO_DASHBOARD,
                    silence_logs=logging.CRITICAL,
                )
            )  # fmt: skip
        else:
            cluster = scheduler
        try:
            client = stack.enter_context(Client(cluster))
        except (OSError, ValueError) as error:
            raise SpikearmError(
                f"No Dask scheduler answers at '{scheduler}': {error}. Start one with "
                "`dask scheduler` and give its address, such as tcp://10.0.0.5:8786."
            ) from error
        yield client


def _compile(client: "Client", tasks: Sequence[SweepTask]) -> None:
    """Compile kernels on one worker of each machine, before others would do so at once."""
    from distributed import wait

    examples = {(task.command.controllers, type(task.command)): task for task in tasks}
    hosts = {one["host"] for one in client.scheduler_info(n_workers=-1)["workers"].values()}
    compiling = [
        client.submit(compile_kernels, list(examples.values()), workers=[host], pure=False)
        for host in hosts
    ]
    wait(compiling)


def _take(future: "Future", task: SweepTask, folder: Path) -> None:
    """Take the result of a task; write a row for one that was never finished.

    Raises:
        SpikearmError: The disk fails, or the scheduler has been lost.
    """
    from distributed.scheduler import KilledWorker

    if future.cancelled():
        raise SpikearmError("The scheduler is gone. The same call goes on when it is back.")
    problem = future.exception()
    if isinstance(problem, KilledWorker):
        write_rows(task, Dataset(folder), [], WorkerLostError(), {"key": task.key})
    elif isinstance(problem, BaseException):
        raise problem


def _as_completed(futures: Sequence["Future"]) -> Iterator["Future"]:
    from distributed import as_completed

    return as_completed(futures)


def _has_dashboard() -> bool:
    return importlib.util.find_spec("bokeh") is not None


def _dashboard(client: "Client") -> str:
    """Return the address of the dashboard, or the way to have one."""
    if not _has_dashboard():
        return "none; pip install 'spikearm[sweep]' brings one"
    return client.dashboard_link or "none"
