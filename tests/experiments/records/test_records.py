"""Runs on disk: read back equal, and there whole or not at all."""

import errno
import json
from dataclasses import fields, replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from blank_trajectory import blank_trajectory

from spikearm.arm_models import SpikearmError
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.reach import TRAJECTORY, RecordedReach
from spikearm.experiments.records.records import (
    CONFIG,
    SUMMARY,
    Run,
    check_new_folder,
    read_run,
    write_run,
)
from spikearm.neural.counts import ChipWork

N_JOINTS = 6
SCALAR_COLUMNS = {
    "controller", "adaptive", "seed", "target", "direction", "time", "step_latency_s",
    "sense_s", "encode_s", "network_s", "decode_s", "act_s", "late_s", "skipped_periods", "held",
    "spikes", "synaptic_events", "neuron_updates", "learning_updates", "host_spikes",
}  # fmt: skip
LIST_COLUMNS = {
    "q": N_JOINTS, "dq": N_JOINTS, "torque": N_JOINTS,
    "hand_position": 3, "hand_quaternion": 4,
    "reference_position": 3, "reference_quaternion": 4, "chip_work": len(ChipWork._fields),
}  # fmt: skip


def draw_trajectory(n_steps: int, seed: int) -> Trajectory:
    rng = np.random.default_rng(seed)
    trajectory = blank_trajectory(n_steps, N_JOINTS)
    for field in fields(Trajectory):
        values = getattr(trajectory, field.name)
        if values.dtype == np.int64:
            values[:] = rng.integers(2, 10**9, values.shape)
        else:
            values[:] = rng.normal(size=values.shape)
    return trajectory


@pytest.fixture
def run() -> Run:
    reaches = [
        RecordedReach("analytic", False, 3, 0, "out", draw_trajectory(7, seed=1)),
        RecordedReach("analytic", False, 3, 0, "back", draw_trajectory(5, seed=2)),
        RecordedReach("spiking", True, 3, 0, "out", draw_trajectory(7, seed=3)),
        RecordedReach("spiking", False, 4, 2, "out", draw_trajectory(9, seed=4)),
    ]
    config = {"arm": "gen3", "seeds": [3, 4], "versions": {"python": "3.11"}, "git_commit": None}
    rows = [
        {"controller": "analytic", "seed": 3, "position_rmse_m": 0.00098, "spikes": None},
        {"controller": "spiking", "seed": 4, "position_rmse_m": 0.00123, "spikes": 412.5},
    ]
    return Run(config, rows, reaches, status="interrupted")


def test_a_run_is_read_back_as_it_was_written(run, tmp_path):
    written = write_run(run, tmp_path / "run")
    read = read_run(tmp_path / "run")
    assert written.folder == read.folder == tmp_path / "run"
    assert (read.config, read.rows, read.status) == (run.config, run.rows, "interrupted")
    assert len(read.reaches) == 4
    for expected, actual in zip(run.reaches, read.reaches, strict=True):
        assert replace(actual, trajectory=expected.trajectory) == expected
        for field in fields(Trajectory):
            values = getattr(expected.trajectory, field.name)
            read_values = getattr(actual.trajectory, field.name)
            np.testing.assert_array_equal(read_values, values)
            assert read_values.dtype == values.dtype


def test_a_run_without_motions_is_read_back_empty(run, tmp_path):
    write_run(replace(run, reaches=[], rows=[]), tmp_path / "run")
    read = read_run(tmp_path / "run")
    assert read.reaches == []
    assert read.rows == []


def test_the_files_and_their_columns_are_those_of_the_benchmark(run, tmp_path):
    write_run(run, tmp_path / "run")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {"config.json", "summary.json", "trajectory.parquet"}
    schema = pq.read_schema(tmp_path / "run" / "trajectory.parquet")
    assert set(schema.names) == SCALAR_COLUMNS | set(LIST_COLUMNS)
    assert {name: schema.field(name).type.list_size for name in LIST_COLUMNS} == LIST_COLUMNS
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["rows"] == run.rows
    assert json.loads((tmp_path / "run" / "config.json").read_text()) == run.config


def test_an_empty_folder_is_taken(run, tmp_path):
    (tmp_path / "run").mkdir()
    write_run(run, tmp_path / "run")
    assert read_run(tmp_path / "run").rows == run.rows


def test_missing_parents_are_made(run, tmp_path):
    write_run(run, tmp_path / "deep" / "er" / "run")
    assert read_run(tmp_path / "deep" / "er" / "run").rows == run.rows


def test_a_full_disk_leaves_nothing_behind(run, tmp_path, monkeypatch):
    def write_table(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq, "write_table", write_table)
    with pytest.raises(SpikearmError, match=r"Cannot write the run.*No space left on device"):
        write_run(run, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_left_empty_and_all_others_are_kept(run, tmp_path, number):
    row = {"position_rmse_m": number, "seed": 3, "by_joint": [0.5, number], "parts": {"a": number}}
    write_run(replace(run, rows=[row]), tmp_path / "run")
    (read,) = read_run(tmp_path / "run").rows
    assert read == {
        "position_rmse_m": None, "seed": 3, "by_joint": [0.5, None], "parts": {"a": None}
    }  # fmt: skip


def test_a_configuration_that_holds_no_number_is_not_written(run, tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_run(replace(run, config={"gain": float("nan")}), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_refused_and_left_as_it_is(run, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for attempt in (lambda: check_new_folder(tmp_path), lambda: write_run(run, tmp_path)):
        with pytest.raises(SpikearmError, match="not an empty folder"):
            attempt()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(SpikearmError, match="is a file, not a folder"):
        check_new_folder(tmp_path / "run")


def test_a_parent_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SpikearmError, match="Cannot write to"):
        check_new_folder(tmp_path / "file" / "run")


def test_checking_a_new_folder_leaves_no_trace(tmp_path):
    check_new_folder(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", [CONFIG, SUMMARY, TRAJECTORY])
def test_a_folder_that_lacks_a_file_is_not_a_run(run, tmp_path, missing):
    write_run(run, tmp_path / "run")
    (tmp_path / "run" / missing).unlink()
    with pytest.raises(SpikearmError, match=f"is not a run: it has no {missing}"):
        read_run(tmp_path / "run")


@pytest.mark.parametrize("name", [CONFIG, SUMMARY, TRAJECTORY])
@pytest.mark.parametrize("share", [0.0, 0.6])
def test_a_file_cut_short_is_reported_as_damage(run, tmp_path, name, share):
    write_run(run, tmp_path / "run")
    path = tmp_path / "run" / name
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(SpikearmError, match="is damaged"):
        read_run(tmp_path / "run")


def test_a_flipped_page_is_reported_as_damage(run, tmp_path):
    write_run(run, tmp_path / "run")
    path = tmp_path / "run" / TRAJECTORY
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(content)
    with pytest.raises(SpikearmError, match="is damaged"):
        read_run(tmp_path / "run")


@pytest.mark.parametrize("lost", ["rows", "status"])
def test_a_summary_that_lacks_a_field_is_reported_as_damage(run, tmp_path, lost):
    write_run(run, tmp_path / "run")
    path = tmp_path / "run" / SUMMARY
    summary = json.loads(path.read_text())
    del summary[lost]
    path.write_text(json.dumps(summary))
    with pytest.raises(SpikearmError, match="is damaged"):
        read_run(tmp_path / "run")


def test_a_trajectory_that_lacks_a_column_is_reported_as_damage(run, tmp_path):
    write_run(run, tmp_path / "run")
    path = tmp_path / "run" / TRAJECTORY
    pq.write_table(pq.read_table(path).drop_columns(["torque"]), path)
    with pytest.raises(SpikearmError, match="is damaged"):
        read_run(tmp_path / "run")
