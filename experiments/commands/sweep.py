"""``spikearm sweep``: a grid of runs on many processes or machines."""

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_processes
from spikearm.experiments.commands.bench import BenchCommand
from spikearm.experiments.commands.stress import StressCommand
from spikearm.experiments.sweep.conducting import Runner, conduct_sweep, list_tasks
from spikearm.experiments.sweep.dataset import Dataset
from spikearm.experiments.sweep.kind import SweptKind
from spikearm.experiments.sweep.kinds import BENCHMARK, BENCHMARK_TIMES, STRESS
from spikearm.experiments.sweep.shard import Shard
from spikearm.experiments.sweep.sweep_file import read_sweep
from spikearm.experiments.sweep.verdict import BENCHMARK_VERDICT, STRESS_VERDICT
from spikearm.experiments.sweep.workers.cluster import run_on_cluster
from spikearm.experiments.sweep.workers.spawned import run_spawned
from spikearm.experiments.unset import Unset

SWEPT = {
    "bench": SweptKind("bench", BenchCommand, BENCHMARK, BENCHMARK_TIMES, BENCHMARK_VERDICT),
    "stress": SweptKind("stress", StressCommand, STRESS, {}, STRESS_VERDICT),
}
"""Kinds of runs by the names of their commands."""


@dataclass(frozen=True)
class SweepCommand:
    """Run a grid of configurations, on many processes or machines.

    The file names a command (bench or stress), options of all runs, and a grid of lists and ranges,
    of which every combination is a task:

    command = "bench";  [options] targets = 2;  [grid] arm = ["gen3", "ur5e"], controllers =
    ["pd", "loihi"], seed = { first = 0, last = 49 }

    Each task writes one Parquet file, named by the hash of its configuration, when it is finished.
    The same call goes on where an earlier one ended, however it ended. All results are one dataset:
    pandas.read_parquet("runs/NAME/results"). A task that fails has a row that says why.

    Examples:
        spikearm sweep grid.toml --dry-run
        spikearm sweep grid.toml --jobs 2
        spikearm sweep grid.toml --scheduler tcp://10.0.0.5:8786 --out /shared/grid
        spikearm sweep grid.toml --shard 3/100 --out /shared/grid

    Attributes:
        config: TOML file of the sweep.
        out: Folder of the results. Default: runs/ and the name of the file.
        jobs: Number of processes of this machine. Default: the number of cores.
        scheduler: Address of a Dask scheduler, whose workers run the tasks.
        shard: Part of the tasks, such as 3/100, that this process runs by itself, without Dask.
        retry: Run tasks that have failed again.
        dry_run: List the tasks that would run, and run none.
    """

    config: Annotated[Path, tyro.conf.Positional]
    out: Unset[Path] = None
    jobs: Unset[int] = None
    scheduler: Unset[str] = None
    shard: Unset[str] = None
    retry: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        check_processes(self.jobs)
        if sum(one is not None for one in (self.jobs, self.scheduler, self.shard)) > 1:
            raise SpikearmError(
                "--jobs, --scheduler and --shard are three ways to run a sweep: give one of them."
            )

    def execute(self) -> int:
        """Run what is not done yet; return 1 if a task has failed."""
        shard = None if self.shard is None else Shard.parse(self.shard)
        tasks = read_sweep(self.config, SWEPT)
        run: Runner = run_spawned
        if shard is None:
            workers = self.jobs or os.cpu_count() or 1
            run = partial(run_on_cluster, scheduler=self.scheduler, workers=workers)
        else:
            tasks = shard.tasks(tasks)
        dataset = Dataset(self.out or Path("runs") / self.config.stem)
        if self.dry_run:
            list_tasks(tasks, dataset, self.retry)
            return 0
        return 0 if conduct_sweep(tasks, dataset, run, self.retry) else 1
