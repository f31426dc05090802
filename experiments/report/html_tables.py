"""Tables of the console as HTML, which narrow screens may lay out in their own way."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.table import Table

from spikearm.experiments.tables import Meanings

MANY = 5  # columns of numbers, of which a narrow screen shows smaller ones


@dataclass(frozen=True)
class HtmlTable:
    """Table of a page.

    Attributes:
        title: Line above it.
        headings: Headings of the columns, the first of which is of the lines.
        lines: Cells of every line, its heading first.
    """

    title: str
    headings: list[str]
    lines: list[list[str]]

    @property
    def is_broad(self) -> bool:
        """True if a narrow screen has no room for numbers of the usual size."""
        return len(self.headings) > MANY


@dataclass(frozen=True)
class Block:
    """Part of a page: a table, a list of meanings, or a sentence, of which one is there.

    Attributes:
        table: Table.
        meanings: Names and their meanings.
        text: Sentence.
    """

    table: HtmlTable | None = None
    meanings: Sequence[tuple[str, str]] = ()
    text: str = ""


def html_block(part: RenderableType) -> Block:
    """Return what the console prints as a part of a page."""
    if isinstance(part, Table):
        return Block(html_table(part))
    if isinstance(part, Meanings):
        return Block(meanings=_joined(part))
    return Block(text=str(part))


def html_table(table: Table) -> HtmlTable:
    """Return a table of the console as one of a page."""
    columns = [[str(cell) for cell in column.cells] for column in table.columns]
    lines = [list(line) for line in zip(*columns, strict=True)]
    headings = [str(column.header) for column in table.columns]
    return HtmlTable(str(table.title or ""), headings, lines)


def _joined(part: Meanings) -> list[tuple[str, str]]:
    """Return meanings in one piece, which the console breaks into lines."""
    joined: list[tuple[str, str]] = []
    for name, meaning in part.entries:
        if name or not joined:
            joined.append((name, meaning))
        else:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {meaning}")
    return joined
