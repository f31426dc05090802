"""Spikes on disk: read back equal, small, and refused where they are damaged."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from blank_trajectory import blank_trajectory

from spikearm.arm_models import SpikearmError
from spikearm.experiments.records.reach import SPIKES, RecordedReach
from spikearm.experiments.records.records import Run, read_run, spike_trains_of, write_run
from spikearm.neural.spikes import Population, SpikeTrains

N_STEPS = 40
POPULATIONS = (Population("features", 6), Population("code", 4), Population("code", 3))


def random_spikes(seed: int) -> SpikeTrains:
    """Spikes in which the last neuron of every population is silent."""
    fired = np.random.default_rng(seed).random((N_STEPS, 13)) < 0.2
    fired[:, [5, 9, 12]] = False
    return SpikeTrains.of_steps(POPULATIONS, [np.flatnonzero(row) for row in fired])


@pytest.fixture
def run() -> Run:
    motion = blank_trajectory(N_STEPS, 2)
    trains = {"spiking": random_spikes(1), "loihi": random_spikes(2), "analytic": None}
    reaches = [
        RecordedReach(name, False, 3, 0, "out", motion, spikes) for name, spikes in trains.items()
    ]
    return Run({"arm": "gen3"}, [], reaches)


@pytest.fixture
def folder(run, tmp_path) -> Path:
    write_run(run, tmp_path / "run")
    return tmp_path / "run"


def test_spikes_are_read_back_as_they_were_written(run, folder):
    read = read_run(folder)
    assert [reach.spike_trains for reach in read.reaches] == [None] * 3  # until they are asked for
    for written, reach in zip(run.reaches, read.reaches, strict=True):
        trains, wanted = spike_trains_of(read, reach), written.spike_trains
        if wanted is None:
            assert trains is None
            continue
        assert trains is not None
        assert trains.populations == wanted.populations
        np.testing.assert_array_equal(trains.step, wanted.step)
        np.testing.assert_array_equal(trains.neuron, wanted.neuron)
        assert trains.step.dtype == wanted.step.dtype


def test_spikes_in_memory_need_no_file(run):
    assert spike_trains_of(run, run.reaches[0]) is run.reaches[0].spike_trains


def test_a_run_without_spikes_has_no_file_of_them(run, tmp_path):
    without = [replace(reach, spike_trains=None) for reach in run.reaches]
    write_run(replace(run, reaches=without), tmp_path / "run")
    assert not (tmp_path / "run" / SPIKES).exists()
    read = read_run(tmp_path / "run")
    assert spike_trains_of(read, read.reaches[0]) is None


def test_pandas_reads_a_row_for_every_neuron(run, folder):
    table = pd.read_parquet(folder / SPIKES)
    assert len(table) == 2 * 13
    row = table.query("controller == 'loihi' and population == 'features' and neuron == 2").iloc[0]
    trains = run.reaches[1].spike_trains
    assert trains is not None
    assert row["steps"].tolist() == trains.by_neuron(0)[2].tolist()
    assert len(table.explode("steps").dropna()) == sum(
        len(reach.spike_trains.step) for reach in run.reaches if reach.spike_trains
    )


DAMAGES = {
    "steps": [pa.array([[0.5]] * 26), pa.array([[N_STEPS]] * 26, pa.list_(pa.int32())),
              pa.array([[-1]] * 26, pa.list_(pa.int32())), pa.array(["a"] * 26),
              pa.array([None] * 26, pa.list_(pa.int32()))],
    "neuron": [pa.array([7] * 26, pa.int32()), pa.array(["a"] * 26)],
    "population": [pa.array([1] * 26), pa.array([None] * 26, pa.string())],
    "controller": [pa.array([1] * 26)],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "column"), [(name, one) for name, many in DAMAGES.items() for one in many]
)
def test_a_column_of_another_kind_is_refused(name, column, folder):
    table = pq.read_table(folder / SPIKES)
    place = table.column_names.index(name)
    pq.write_table(table.set_column(place, name, column), folder / SPIKES)
    read = read_run(folder)
    with pytest.raises(SpikearmError, match=r"is damaged.*Run it again"):
        spike_trains_of(read, read.reaches[0])


def test_a_missing_column_and_a_file_of_another_kind_are_refused(folder):
    read = read_run(folder)
    table = pq.read_table(folder / SPIKES)
    pq.write_table(table.drop_columns(["neuron"]), folder / SPIKES)
    with pytest.raises(SpikearmError, match=r"is damaged.*Run it again"):
        spike_trains_of(read, read.reaches[0])
    (folder / SPIKES).write_text("Mine.")
    with pytest.raises(SpikearmError, match=r"is damaged.*Run it again"):
        spike_trains_of(read, read.reaches[0])
