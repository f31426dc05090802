"""Tasks of sweeps, run: rows on the disk, whole or not there, once each."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.controller.controller import Controller
from spikearm.experiments.cli import BAD_INPUT, FAILED, main
from spikearm.experiments.commands import sweep
from spikearm.experiments.controllers import CONTROLLERS, ControllerSetup, ControllerSpec
from spikearm.experiments.studies.study import StudyWatcher, run_study
from spikearm.experiments.sweep.conducting import conduct_sweep, tasks_to_run
from spikearm.experiments.sweep.dataset import STALE, Dataset
from spikearm.experiments.sweep.kind import flatten
from spikearm.experiments.sweep.task import SweepTask
from spikearm.experiments.sweep.watcher import SweepWatcher
from spikearm.experiments.sweep.workers import measuring
from spikearm.experiments.sweep.workers.measuring import run_task

PLACE = Path("out")


def run_here(tasks: Sequence[SweepTask], folder: Path, watcher: SweepWatcher) -> None:
    """Run tasks in this process."""
    for task in tasks:
        assert run_task(task, folder) == task.key
        watcher.finished()


@pytest.fixture
def here(monkeypatch) -> None:
    """Let the command run shards in this process."""
    monkeypatch.setattr(sweep, "run_spawned", run_here)


def read(name: str = "results") -> pd.DataFrame:
    return pd.read_parquet(PLACE / name).sort_values("key").reset_index(drop=True)


@pytest.mark.parametrize(
    ("name", "grid"),
    [("bench", 'controllers = ["loihi"]'), ("stress", 'perturbations = ["payload=1"]')],
)
def test_a_row_has_the_columns_of_its_kind_and_the_bits_that_were_measured(name, grid, tasks_of):
    task = tasks_of(grid, "", name)[0]
    experiment = task.command.experiment()
    measured = experiment.rows(run_study(experiment, StudyWatcher()).outcomes)
    run_task(task, PLACE)
    rows = pq.read_table(PLACE / "results" / f"{task.key}.parquet").to_pylist()
    assert [row["controller"] for row in rows] == list(task.command.controllers)
    for row in rows:
        (same,) = [flatten(one) for one in measured if one["controller"] == row["controller"]]
        assert set(same) == set(task.kind.measured) | set(task.kind.timed)
        assert {name: row[name] for name in task.kind.measured} == {
            name: same[name] for name in task.kind.measured
        }
        assert row["key"] == task.key and row["status"] == "complete" and row["problem"] is None
        assert row["kp"] == 200.0 and row["seed"] == 0 and row["radius"] == 0.01


def test_all_files_have_the_same_columns_so_that_pandas_opens_them_as_one(tasks_of):
    tasks = tasks_of('controllers = ["analytic", "loihi"]\nseed = [0, 1]')
    run_here(tasks, PLACE, SweepWatcher())
    schemas = {str(pq.read_schema(path)) for path in (PLACE / "results").iterdir()}
    assert len(schemas) == 1
    table = read()
    assert set(zip(table["controller"], table["seed"], strict=True)) == {
        (name, seed) for name in ("analytic", "loihi") for seed in (0, 1)
    }
    cores = table.groupby("controller")["cores"].max()
    assert cores["loihi"] >= 1 and np.isnan(cores["analytic"])
    times = read("times")
    assert list(times["key"]) == list(table["key"])
    assert (times["run_cpu_s"] > 0).all() and (times["worker_start_cpu_s"] > 0).all()


def test_a_task_that_is_done_is_not_run_again(tasks_of, monkeypatch):
    (task,) = tasks_of('controllers = ["pd"]')
    run_task(task, PLACE)
    before = {path: path.read_bytes() for path in PLACE.rglob("*.parquet")}
    monkeypatch.setattr(measuring, "_measure", lambda task: pytest.fail("it ran again"))
    run_task(task, PLACE)
    assert {path: path.read_bytes() for path in PLACE.rglob("*.parquet")} == before


def fail(setup: ControllerSetup) -> Controller:
    raise ZeroDivisionError("of a user's controller")


def test_a_task_that_fails_has_a_row_with_the_reason_and_the_others_go_on(
    sweep_file, here, capfd, monkeypatch
):
    monkeypatch.setitem(CONTROLLERS, "broken", ControllerSpec(fail))
    arguments = ["sweep", str(sweep_file('controllers = ["broken", "pd", "rate"]')), "--out"]
    assert main([*arguments, "out", "--shard", "1/1"]) == FAILED
    table = read().set_index("controller")
    assert dict(table["status"]) == {"broken": "failed", "pd": "complete", "rate": "complete"}
    assert table.loc["broken", "problem"] == "ZeroDivisionError: of a user's controller"
    assert np.isnan(table.loc["broken", "position_rmse_m"])
    assert table["position_rmse_m"].notna().sum() == 2
    traces = read("times")["traceback"].dropna()
    assert len(traces) == 1 and "in fail" in traces.iloc[0]
    printed = capfd.readouterr()
    assert "2 runs complete, 1 failed" in printed.out
    assert "controllers = broken: ZeroDivisionError: of a user's controller" in printed.err
    assert "CPU time: " in printed.out and "starts of 1 workers" in printed.out

    assert main([*arguments, "out", "--shard", "1/1"]) == FAILED  # it does not try again unasked
    assert "3 done, 0 to run" in capfd.readouterr().out
    monkeypatch.setitem(CONTROLLERS, "broken", CONTROLLERS["pd"])
    assert main([*arguments, "out", "--shard", "1/1", "--retry"]) == 0
    assert "2 done, 1 to run" in capfd.readouterr().out
    assert list(read()["status"]) == ["complete"] * 3


def test_ctrl_c_is_no_result(tasks_of, monkeypatch, capfd):
    tasks = tasks_of('controllers = ["pd"]\nseed = [0, 1]')

    def run(tasks: Sequence[SweepTask], folder: Path, watcher: SweepWatcher) -> None:
        run_task(tasks[0], folder)
        with monkeypatch.context() as patch:
            patch.setattr(measuring, "_measure", interrupt)
            run_task(tasks[1], folder)

    def interrupt(task: SweepTask) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        conduct_sweep(tasks, Dataset(PLACE), run)
    assert "1 of 2 runs are left: the same call goes on." in capfd.readouterr().err
    assert tasks_to_run(tasks, Dataset(PLACE), retry=False) == tasks[1:]


def test_a_dry_run_lists_what_would_run_and_runs_nothing(sweep_file, here, capfd):
    path = sweep_file('controllers = ["pd"]\nseed = [0, 1, 2]')
    assert main(["sweep", str(path), "--dry-run"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line[20:] for line in lines[:3]] == [
        f"  controllers = pd, seed = {seed}" for seed in (0, 1, 2)
    ]
    assert lines[3] == "Sweep of 3 runs: 0 done, 3 to run."
    assert not Path("runs").exists()
    assert main(["sweep", str(path), "--shard", "1/3"]) == 0
    capfd.readouterr()
    assert main(["sweep", str(path), "--dry-run"]) == 0
    assert "3 runs: 1 done, 2 to run" in capfd.readouterr().out


def test_two_shards_give_the_files_of_one_and_each_judges_its_own(sweep_file, here, capfd):
    path = sweep_file('controllers = ["pd"]\nseed = [0, 1, 2, 3]')
    for shard, folder in (("2/2", "two"), ("1/2", "two"), ("1/1", "one")):
        assert main(["sweep", str(path), "--shard", shard, "--out", folder]) == 0
    files = [
        {path.name: path.read_bytes() for path in Path(folder, "results").iterdir()}
        for folder in ("one", "two")
    ]
    assert files[0] == files[1] and len(files[0]) == 4
    printed = capfd.readouterr().out
    assert printed.count("2 runs complete, 0 failed. pd reached its target in") == 2
    assert printed.count(" of 4 motions within") == 2 and " of 8 motions within" in printed


def test_what_killed_processes_left_is_swept_away(tmp_path):
    dataset = Dataset(tmp_path / "out")
    dataset.open()
    old, new = dataset.results / ".12-a.parquet", dataset.results / ".13-b.parquet"
    for draft in (old, new):
        draft.write_bytes(b"half")
    os.utime(old, (0, time.time() - STALE - 1))
    dataset.open()
    assert not old.exists() and new.exists() and dataset.done() == set()


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("long")
    with pytest.raises(SpikearmError, match="holds no sweep"):
        Dataset(tmp_path).open()


def test_one_way_to_run_is_enough(sweep_file, capfd):
    path = sweep_file("seed = [0]")
    assert main(["sweep", str(path), "--jobs", "2", "--shard", "1/2"]) == BAD_INPUT
    assert "three ways to run a sweep" in capfd.readouterr().err


def test_without_dask_the_way_to_get_it_is_told(sweep_file, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "dask", None)
    assert main(["sweep", str(sweep_file("seed = [0]"))]) == BAD_INPUT
    assert "pip install 'spikearm[sweep]'" in capfd.readouterr().err
