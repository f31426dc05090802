"""Tables of results, all in one form, and the lines below them that explain metrics."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

WIDTH = 80  # characters of a line, at most
LONGEST_NAME = 14  # characters of a compared thing's name on one line
SPACE = 3  # characters around a cell: a blank on each side, and the line to the next
FAINT = "dim"

Cell = str | Text


@dataclass(frozen=True)
class Line:
    """Line of a table of things that are compared.

    Attributes:
        heading: Heading of the line.
        cells: Cells, one for each of the things; none holds more than one number.
        style: Style of the line, as rich names it.
    """

    heading: str
    cells: Sequence[Cell]
    style: str = ""

    @property
    def is_empty(self) -> bool:
        """True if nothing stands in any cell."""
        return not any(map(str, self.cells))


def make_table(
    title: str | None,
    headings: Iterable[str],
    left: Container[str] = ("",),
    no_wrap: Container[str] = ("",),
    **style: Any,
) -> Table:
    """Build an empty table with its title at the left and its numbers at the right.

    Args:
        title: Line above the table, or None.
        headings: Headings of the columns.
        left: Headings of columns of text, aligned at the left.
        no_wrap: Headings of columns whose lines are kept whole.
        **style: Further settings of the table, as rich names them.
    """
    table = Table(title=title, title_justify="left", **style)
    for heading in headings:
        justify = "left" if heading in left else "right"
        table.add_column(heading, justify=justify, no_wrap=heading in no_wrap)
    return table


def make_dense_table(title: str | None, headings: Iterable[str], left: Container[str]) -> Table:
    """Build an empty table without lines between its columns, which leaves more room."""
    return make_table(
        title, headings, left, no_wrap=(), box=SIMPLE_HEAD, show_edge=False, pad_edge=False,
        collapse_padding=True,
    )  # fmt: skip


def compare(title: str, names: Sequence[str], lines: Sequence[Line]) -> list[Table]:
    """Build tables of things as columns: one, or several where a line would be too long.

    Args:
        title: Line above each table.
        names: Names of the things, none twice.
        lines: Lines of the tables; empty ones are left out.
    """
    shown = [line for line in lines if not line.is_empty]
    headings = [short_lines(name) for name in names]
    return [
        _comparison(title, [headings[i] for i in part], [_cut(line, part) for line in shown])
        for part in _parts(headings, shown)
    ]


@dataclass(frozen=True)
class Meanings:
    """Names and their meanings, a line each, as they stand below a table.

    Attributes:
        entries: Names and meanings; a line without a name goes on with the one before.
    """

    entries: tuple[tuple[str, str], ...]

    def __rich__(self) -> Text:
        """Return the lines as they are printed."""
        longest = max((cell_len(name) for name, _ in self.entries), default=0)
        lines = (
            f"{name}{' ' * (longest - cell_len(name))}  {meaning}" for name, meaning in self.entries
        )
        return Text("\n".join(lines) + "\n", style=FAINT)


def explain(entries: Iterable[tuple[str, str]]) -> Meanings:
    """Lay out names and their meanings, a line each, as they stand below a table."""
    return Meanings(tuple(entries))


def short_lines(name: str) -> str:
    """Break a name into lines that a column's heading has room for."""
    lines = (wrap(line, LONGEST_NAME) or [""] for line in name.split("\n"))
    return "\n".join(part for line in lines for part in line)


def _comparison(title: str, headings: Sequence[str], lines: Sequence[Line]) -> Table:
    table = make_table(title, ("", *headings), no_wrap=("", *headings))
    for line in lines:
        table.add_row(line.heading, *line.cells, style=line.style)
    return table


def _cut(line: Line, part: Sequence[int]) -> Line:
    return Line(line.heading, [line.cells[i] for i in part], line.style)


def _parts(headings: Sequence[str], lines: Sequence[Line]) -> Iterator[list[int]]:
    """Yield the numbers of the columns that fit side by side."""
    room = WIDTH - 1 - SPACE - _widest([line.heading for line in lines])
    part: list[int] = []
    used = 0
    for i, heading in enumerate(headings):
        cells = [str(line.cells[i]) for line in lines]
        width = SPACE + _widest([*heading.split("\n"), *cells])
        if part and used + width > room:
            yield part
            part, used = [], 0
        part.append(i)
        used += width
    yield part


def _widest(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts), default=0)
