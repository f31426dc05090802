"""Tables of results, all in one form."""

from collections.abc import Container, Iterable
from typing import Any

from rich.table import Table


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
