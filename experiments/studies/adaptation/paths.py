"""Paths of trials: what the arm did in each, thinned, and a file of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.studies.adaptation.curve import Curve

PATHS = "trajectories.parquet"
RECORDED = ("time", "hand_position", "reference_position", "q", "dq", "torque")
"""Fields of a trajectory that are kept."""


def thin(ways: Sequence[Trajectory], every: int) -> dict[str, np.ndarray]:
    """Keep some steps of a trial's ways, in single precision.

    Args:
        ways: Trajectories out and back.
        every: Number of control steps between two that are kept; 0 keeps none.

    Returns:
        Field by its name, out then back, shape (n_steps, ...), and ``back``, 1 on the way back.
    """
    if not every:
        return {}
    kept = {
        name: np.concatenate([getattr(way, name)[every - 1 :: every] for way in ways])
        for name in RECORDED
    }
    lengths = [len(way.time[every - 1 :: every]) for way in ways]
    return {
        **{name: array.astype(np.float32) for name, array in kept.items()},
        "back": np.repeat(np.arange(len(ways)), lengths).astype(bool),
    }


@dataclass(frozen=True)
class PathFile:
    """File of the paths of curves, a row per step that was kept.

    Attributes:
        path: Path of the file.
    """

    path: Path

    def write(self, curves: Sequence[Curve]) -> None:
        """Write the paths, a curve at a time; no file if none were kept."""
        tables = (table for curve in curves for table in _tables(curve))
        first = next(tables, None)
        if first is None:
            return
        with pq.ParquetWriter(
            self.path, first.schema, compression="zstd", write_page_checksum=True
        ) as writer:
            writer.write_table(first)
            for table in tables:
                writer.write_table(table)


def _tables(curve: Curve) -> Iterator[pa.Table]:
    """Make a table of each phase of a curve."""
    for phase, trials in curve.learned.phases.items():
        paths = [trial.path for trial in trials if trial.path]
        if not paths:
            continue
        lengths = [len(path["time"]) for path in paths]
        n_rows = sum(lengths)
        identity = {
            "controller": pa.array([curve.controller] * n_rows),
            "perturbation": pa.array([curve.level.name] * n_rows),
            "strength": pa.array(np.full(n_rows, float(curve.level.strength))),
            "seed": pa.array(np.full(n_rows, curve.seed)),
            "phase": pa.array([phase] * n_rows),
            "trial": pa.array(np.repeat(np.arange(len(paths)) + 1, lengths)),
        }
        steps = {name: _column(np.concatenate([path[name] for path in paths])) for name in paths[0]}
        yield pa.table(identity | steps)


def _column(values: np.ndarray) -> pa.Array:
    if values.ndim == 1:
        return pa.array(values)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
