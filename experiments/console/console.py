"""Terminal output."""

from rich.console import Console

from spikearm.experiments.console.streams import DroppingStream

output, complaints = DroppingStream("stdout"), DroppingStream("stderr")
# Names and files may hold brackets, which are no markup.
console = Console(file=output.as_file, markup=False, emoji=False)
errors = Console(file=complaints.as_file, stderr=True, markup=False, emoji=False)
