"""File of a sweep: the command, the options of all its runs, and the grid."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import sentence
from spikearm.experiments.lookup import find_entry
from spikearm.experiments.sweep.grid import combinations
from spikearm.experiments.sweep.kind import SweptKind
from spikearm.experiments.sweep.task import SweepTask
from spikearm.neural.files.plain_file import check_plain_file
from spikearm.neural.files.typed_json import check_types

MOST_BYTES = 2**24


class SweepTable(msgspec.Struct, forbid_unknown_fields=True):
    """Tables of the file.

    Attributes:
        command: Name of the command that each task runs.
        options: Values of options, the same in all runs.
        grid: Lists of values, of which all combinations are run; several grids one by one.
    """

    command: str = "bench"
    options: dict[str, Any] = {}
    grid: dict[str, Any] | list[dict[str, Any]] = {}


def read_sweep(path: Path, kinds: Mapping[str, SweptKind]) -> list[SweepTask]:
    """Read the tasks of a sweep, none twice, in the order of the grid.

    Args:
        path: File of the sweep.
        kinds: Kinds of runs by the names of their commands.

    Raises:
        SpikearmError: The file cannot be read, or it has what no sweep has, or a run of it is not
            possible.
    """
    try:
        check_plain_file(path, MOST_BYTES)
        table = check_types(tomllib.loads(path.read_text("utf-8")), SweepTable, path.name)
    except OSError as error:
        raise SpikearmError(f"Cannot read '{path}': {error.strerror or error}.") from error
    except ValueError as error:
        raise SpikearmError(
            f"'{path}' is no sweep: {sentence(error)}. It has command, [options] and [grid]."
        ) from error
    try:
        return _tasks(table, find_entry(kinds, table.command, "command"))
    except SpikearmError as error:
        raise SpikearmError(f"'{path}': {error}") from error


def _tasks(table: SweepTable, kind: SweptKind) -> list[SweepTask]:
    tasks: dict[str, SweepTask] = {}
    for values in combinations(table.grid):
        twice = sorted(set(values) & set(table.options))
        if twice:
            raise SpikearmError(
                f"'{twice[0]}' is in the options and in the grid. Take it out of one of them."
            )
        task = SweepTask(kind, table.options | values, tuple(values))
        tasks.setdefault(task.key, task)
    return list(tasks.values())
