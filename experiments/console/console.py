"""Terminal output."""

from collections.abc import Iterable

from rich.console import Console, RenderableType

from spikearm.experiments.console.streams import DroppingStream

output, complaints = DroppingStream("stdout"), DroppingStream("stderr")
# Names and files may hold brackets, which are no markup.
console = Console(file=output.as_file, markup=False, emoji=False)
errors = Console(file=complaints.as_file, stderr=True, markup=False, emoji=False)


def print_all(parts: Iterable[RenderableType]) -> None:
    """Print tables and sentences, one below the other."""
    for part in parts:
        console.print(part)
