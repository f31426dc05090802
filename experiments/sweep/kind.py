"""Kinds of runs that can be swept: a command, and the columns of the rows that it measures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, Literal, Protocol, get_args, get_origin

import pyarrow as pa

from spikearm.experiments.controllers import BASELINE
from spikearm.experiments.options.arm_config import ArmConfig
from spikearm.experiments.studies.study import Experiment
from spikearm.experiments.sweep.options import options_of
from spikearm.experiments.tasks.centre_out import CentreOut

Row = dict[str, Any]
Columns = Mapping[str, pa.DataType]
SIMPLE = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
IDENTITY: Columns = {"key": pa.string(), "status": pa.string(), "problem": pa.string()}


class SweptCommand(Protocol):
    """Command whose runs can be swept: a frozen dataclass of options."""

    @property
    def plant(self) -> ArmConfig:
        """Arm that is controlled."""
        ...

    @property
    def task(self) -> CentreOut:
        """Reaches that it makes."""
        ...

    @property
    def controllers(self) -> tuple[str, ...]:
        """Names of the controllers."""
        ...

    def check(self) -> None:
        """Refuse names that are none, before any work is done."""
        ...

    def experiment(self) -> Experiment[Any]:
        """Build what is measured."""
        ...


@dataclass(frozen=True)
class KindVerdict:
    """Verdict on the rows of a kind of run.

    Attributes:
        columns: Columns that it is about.
        sentence: Function that writes it.
        reached: Function of a row that returns the number of motions that reached their target, and
            the number of all.
    """

    columns: tuple[str, ...]
    sentence: Callable[[Sequence[Row]], str]
    reached: Callable[[Row], tuple[int, int]]

    def share(self, row: Row) -> float:
        """Return the share of a row's motions that reached their target [1]."""
        n_reached, n_motions = self.reached(row)
        return n_reached / n_motions


@dataclass(frozen=True)
class SweptKind:
    """Kind of run.

    Attributes:
        name: Name of its command.
        command: Class of its command.
        measured: Columns of a row that it measures, of numbers that are the same at every run.
        timed: Columns of numbers that depend on the clock.
        verdict: Verdict on its rows.
    """

    name: str
    command: type[SweptCommand]
    measured: Columns
    timed: Columns
    verdict: KindVerdict

    @property
    def results(self) -> pa.Schema:
        """Columns of results: the task, its options and what was measured.

        What was measured stands for an option of the same name.
        """
        options = {name: arrow_type(one.kind) for name, one in options_of(self.command).items()}
        return pa.schema({**IDENTITY, **options, **self.measured})

    def rows(self, command: SweptCommand, rows: Sequence[Row]) -> list[Row]:
        """Return the rows of a command's own controllers, with a column for each number.

        A benchmark also measures the analytic controller, to compare the others with it.
        """
        asked = BASELINE in command.controllers
        return [flatten(row) for row in rows if asked or row["controller"] != BASELINE]


def flatten(row: Row) -> Row:
    """Return a row in which ``a.b`` is entry ``b`` of the dictionary ``a``."""
    flat: Row = {}
    for name, value in row.items():
        parts = value if isinstance(value, dict) else {"": value}
        flat |= {".".join(filter(None, (name, part))): one for part, one in parts.items()}
    return flat


def arrow_type(hint: Any) -> pa.DataType:
    """Return the type of a column for the values of a Python type."""
    if get_origin(hint) is Annotated:
        return arrow_type(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return pa.list_(arrow_type(get_args(hint)[0]))
    if get_origin(hint) is not Literal and (parts := set(get_args(hint)) - {NoneType}):
        return arrow_type(parts.pop())
    return SIMPLE.get(hint, pa.string())
