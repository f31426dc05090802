"""Spikes of reaches in a Parquet file: one row per neuron and reach."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spikearm.experiments.records.reach import SPIKES
from spikearm.experiments.records.reading import read_table
from spikearm.neural.spikes import Population, SpikeTrains

COLUMNS = {"population": pa.string(), "neuron": pa.int32(), "steps": pa.list_(pa.int32())}
"""Columns beside the keys of a reach: the population, the neuron's number in it from 0, and the
steps in which it spiked, as rows of the reach in the trajectory."""

Keys = Mapping[str, Any]


def write_spikes(reaches: Iterable[tuple[Keys, SpikeTrains]], path: Path) -> None:
    """Write the spikes of reaches, each under the keys that tell it apart."""
    tables = [_table(keys, trains) for keys, trains in reaches]
    if tables:
        pq.write_table(pa.concat_tables(tables), path, compression="zstd", write_page_checksum=True)


def read_spikes(path: Path, keys: Keys, n_steps: int) -> SpikeTrains | None:
    """Read the spikes of a reach back; None if none were recorded of it.

    Args:
        path: File that :func:`write_spikes` wrote.
        keys: Keys of the reach.
        n_steps: Number of its steps.

    Raises:
        OSError, pa.ArrowException, KeyError, ValueError: The file is damaged, or of another kind.
    """
    table = read_table(path)
    for name, value in keys.items():
        table = table.filter(pc.equal(table[name], value))
    return _trains(table, n_steps) if table.num_rows else None


def _table(keys: Keys, trains: SpikeTrains) -> pa.Table:
    names, numbers, steps = [], [], []
    for index, population in enumerate(trains.populations):
        names += [population.name] * population.n_neurons
        numbers += range(population.n_neurons)
        steps += trains.by_neuron(index)
    columns = {name: pa.array([value] * len(names)) for name, value in keys.items()}
    values = dict(zip(COLUMNS, (names, numbers, steps), strict=True))
    return pa.table(columns | {name: pa.array(values[name], COLUMNS[name]) for name in COLUMNS})


def _trains(table: pa.Table, n_steps: int) -> SpikeTrains:
    """Build the spikes of a reach from its rows.

    Raises:
        KeyError, ValueError: A column is missing, or of another type, or holds other values.
    """
    for name, kind in COLUMNS.items():
        if table[name].type != kind or table[name].null_count:
            raise ValueError(f"{name} of {SPIKES} is of another type")
    steps = table["steps"].combine_chunks()
    step = steps.flatten().to_numpy(zero_copy_only=False)
    if step.dtype.kind != "i" or (step.size and not 0 <= step.min() <= step.max() < n_steps):
        raise ValueError(f"steps of {SPIKES} are not those of the reach")
    counts = pc.list_value_length(steps).to_numpy(zero_copy_only=False)
    neuron = np.repeat(np.arange(table.num_rows, dtype=np.int32), counts)
    order = np.argsort(step, kind="stable")
    return SpikeTrains(_populations(table), step[order], neuron[order])


def _populations(table: pa.Table) -> tuple[Population, ...]:
    """List the populations; each one's neurons are counted from 0, as they were written."""
    names, numbers = table["population"].to_pylist(), table["neuron"].to_numpy()
    starts = np.append(np.flatnonzero(numbers == 0), len(names))
    sizes = np.diff(starts)
    counted = np.concatenate([np.arange(size) for size in sizes]) if sizes.size else sizes
    if not np.array_equal(numbers, counted):
        raise ValueError(f"neuron of {SPIKES} does not count the neurons of populations")
    return tuple(
        Population(names[start], int(size)) for start, size in zip(starts, sizes, strict=False)
    )
