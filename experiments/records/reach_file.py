"""Reaches in a Parquet file: one row per step."""

import itertools
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.records.reach import KEYS, TRAJECTORY, ReachKeys, RecordedReach
from spikearm.experiments.records.reading import read_table
from spikearm.neural.counts import ChipWork
from spikearm.neural.files.typed_json import check_types

JOINT_COLUMNS = ("q", "dq", "torque")
WIDTHS = {"position": 3, "quaternion": 4, "work": len(ChipWork._fields)}
"""Numbers in a row of a column, by the last part of its name; one in others but the joints'."""


def write_reaches(reaches: list[RecordedReach], path: Path) -> None:
    """Write reaches to a Parquet file, one row per step."""
    pq.write_table(_table(reaches), path, compression="zstd", write_page_checksum=True)


def read_reaches(path: Path) -> list[RecordedReach]:
    """Read reaches from a Parquet file of one row per step.

    Raises:
        OSError: The file cannot be read.
        pa.ArrowException, KeyError, ValueError: It is damaged, or a column is missing, or of
            another type or shape.
    """
    table = read_table(path)
    if table.num_rows == 0:
        return []
    keys = list(zip(*(table[name].to_pylist() for name in KEYS), strict=True))
    starts = [0] + [i for i in range(1, len(keys)) if keys[i] != keys[i - 1]] + [len(keys)]
    return [
        RecordedReach(
            **check_types(dict(zip(KEYS, keys[start], strict=True)), ReachKeys, TRAJECTORY),
            trajectory=_trajectory(table.slice(start, end - start)),
        )
        for start, end in itertools.pairwise(starts)
    ]


def _table(reaches: list[RecordedReach]) -> pa.Table:
    return pa.concat_tables([_reach_table(reach) for reach in reaches]) if reaches else pa.table({})


def _reach_table(reach: RecordedReach) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    n_steps = len(reach.trajectory.time)
    for name, value in reach.keys.items():
        columns[name] = pa.array([value] * n_steps)
    for field in fields(Trajectory):
        columns[field.name] = _column(getattr(reach.trajectory, field.name))
    return pa.table(columns)


def _column(values: np.ndarray) -> pa.Array:
    if values.ndim == 1:
        return pa.array(values)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])


def _trajectory(table: pa.Table) -> Trajectory:
    arrays = {field.name: _array(table, field.name) for field in fields(Trajectory)}
    n_steps, n_joints = table.num_rows, arrays["q"].shape[-1]
    for name, array in arrays.items():
        kind = name.rpartition("_")[2]
        width = n_joints if name in JOINT_COLUMNS else WIDTHS.get(kind)
        needed = (n_steps,) if width is None else (n_steps, width)
        if array.shape != needed:
            raise ValueError(f"{name} of {TRAJECTORY} has shape {array.shape}, not {needed}")
    return Trajectory(**arrays)


def _array(table: pa.Table, name: str) -> np.ndarray:
    """Return a column as an array.

    Raises:
        KeyError, ValueError: There is none, or it holds what is no finite number.
    """
    column = table[name]
    if pa.types.is_fixed_size_list(column.type):
        values = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
        array = values.reshape(len(column), -1)
    else:
        array = column.to_numpy()
    if array.dtype.kind not in "fi" or not np.isfinite(array).all():
        raise ValueError(f"{name} of {TRAJECTORY} holds what is no finite number")
    return array
