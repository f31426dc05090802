"""Check that tables fit a terminal: printed in 80 columns, they are what they are in 400."""

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType

from spikearm.experiments.tables import WIDTH


def assert_unwrapped(parts: Iterable[RenderableType]) -> None:
    """Assert that no cell is wrapped or cut, and that no line is too long."""
    for part in parts:
        narrow, wide = printed(part, WIDTH), printed(part, 5 * WIDTH)
        assert narrow == wide
        assert max(map(len, narrow)) <= WIDTH


def printed(part: RenderableType, width: int) -> list[str]:
    """Return the lines of something printed, without blanks at their ends."""
    console = Console(width=width, file=io.StringIO(), record=True, markup=False, emoji=False)
    console.print(part)
    return [line.rstrip() for line in console.export_text().splitlines()]
