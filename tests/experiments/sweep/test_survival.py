"""Sweeps on several processes, some of which are killed: nothing is lost, and nothing is twice."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest

from spikearm.experiments.cli import BAD_INPUT, main

N_RUNS = 200
GRID = f'controllers = ["pd"]\nseed = {{ first = 0, last = {N_RUNS // 2 - 1} }}\nkp = [150, 200]'
MOST_CPU = 1.25  # of the runs' own
PATIENCE = 900.0  # s, on a machine that others use


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start a sweep in a process of its own."""
    program = "import sys; from spikearm.experiments.cli import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", program, "sweep", "grid.toml", "--out", "out", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for a sweep that succeeds, and return what it printed."""
    printed, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, complaints
    return printed


def n_done() -> int:
    return len(list(Path("out", "results").glob("[!.]*.parquet")))


def wait_for(n_runs: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many runs are on the disk."""
    until = time.monotonic() + PATIENCE
    while n_done() < n_runs:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.05)


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """List the workers of a sweep: the largest of its processes."""
    children = psutil.Process(process.pid).children(recursive=True)
    return sorted(children, key=lambda one: one.memory_info().rss)[-2:]


def n_finished() -> dict[str, str]:
    """Return when each task was finished."""
    times = pd.read_parquet("out/times")
    return dict(zip(times["key"], times["finished"], strict=True))


def read(folder: str) -> pd.DataFrame:
    return pd.read_parquet(Path(folder, "results")).sort_values("key").reset_index(drop=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="kills processes")
def test_200_runs_outlive_their_workers_and_their_client(sweep_file):
    pytest.importorskip("distributed")
    sweep_file(GRID)
    first = start("--jobs", "2")
    wait_for(N_RUNS // 8, first)
    os.kill(workers_of(first)[-1].pid, signal.SIGKILL)
    wait_for(N_RUNS // 4, first)
    orphans = workers_of(first)
    first.kill()
    first.communicate()
    psutil.wait_procs(orphans, timeout=30)
    assert not any(one.is_running() for one in orphans)
    kept, finished = n_done(), n_finished()
    assert N_RUNS // 4 <= kept < N_RUNS

    printed = finish(start("--jobs", "2"))
    assert f"{kept} done, {N_RUNS - kept} to run" in printed
    assert f"{N_RUNS} runs complete, 0 failed" in printed
    table = read("out")
    assert len(table) == N_RUNS == table["key"].nunique()
    assert (table["status"] == "complete").all()
    assert finished.items() <= n_finished().items()  # none of them ran again
    again = finish(start("--jobs", "2"))
    assert f"{N_RUNS} done, 0 to run" in again


@pytest.mark.slow
def test_cpu_time_is_that_of_the_runs_and_workers_starts_are_shown_apart(sweep_file):
    pytest.importorskip("distributed")
    sweep_file(GRID)
    printed = finish(start("--jobs", "2"))
    account = re.search(
        r"CPU time: ([\d.]+) s of runs, ([\d.]+) s of starts of 2 workers, ([\d.]+) s", printed
    )
    assert account
    runs, starts, rest = map(float, account.groups())
    times = pd.read_parquet("out/times")
    assert runs == pytest.approx(times["run_cpu_s"].sum(), abs=0.1)
    assert starts == pytest.approx(
        times.groupby("worker")["worker_start_cpu_s"].first().sum(), abs=0.1
    )
    assert runs + rest <= MOST_CPU * runs


@pytest.mark.slow
def test_two_shards_in_two_processes_give_the_dataset_of_a_cluster(sweep_file):
    pytest.importorskip("distributed")
    sweep_file('controllers = ["pd", "loihi"]\nseed = { first = 0, last = 3 }')
    shards = [start("--shard", f"{number}/2") for number in (1, 2)]
    for shard in shards:
        finish(shard)
    Path("out").rename("shards")
    finish(start("--jobs", "2"))
    pd.testing.assert_frame_equal(read("shards"), read("out"), check_exact=True)
    for path in Path("shards", "results").iterdir():
        assert path.read_bytes() == Path("out", "results", path.name).read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="kills processes")
def test_a_shard_outlives_its_worker(sweep_file):
    sweep_file('controllers = ["pd"]\nseed = { first = 0, last = 19 }')
    shard = start("--shard", "1/1")
    wait_for(3, shard)
    os.kill(workers_of(shard)[-1].pid, signal.SIGKILL)
    assert "20 runs complete, 0 failed" in finish(shard)
    assert read("out")["key"].nunique() == 20


@pytest.mark.slow
def test_a_key_is_the_same_in_every_process(tasks_of):
    keys = [task.key for task in tasks_of("seed = [0, 1]")]
    program = (
        "from pathlib import Path; from spikearm.experiments.commands.sweep import SWEPT;"
        "from spikearm.experiments.sweep.sweep_file import read_sweep; import json;"
        "print(json.dumps([one.key for one in read_sweep(Path('grid.toml'), SWEPT)]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(done.stdout) == keys


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_told(sweep_file, capfd):
    pytest.importorskip("distributed")
    path = sweep_file("seed = [0]")
    assert main(["sweep", str(path), "--scheduler", "tcp://127.0.0.1:1"]) == BAD_INPUT
    assert "No Dask scheduler answers at 'tcp://127.0.0.1:1'" in capfd.readouterr().err
