"""Table of ablations, a line per variant."""

from collections.abc import Sequence

from rich.table import Table

from spikearm.experiments.studies.ablations.result import Result
from spikearm.experiments.tables import make_table

HEADINGS = (
    "without, or changed", "neurons", "cores", "excess\n%", "circle\nmm", "pose\nmm",
    "strict\nmm", "success\n%",
)  # fmt: skip


def results_table(results: Sequence[Result]) -> Table:
    """Build a table with one variant per line."""
    table = make_table(None, HEADINGS, left=("without, or changed",), pad_edge=False)
    for r in results:
        table.add_row(
            r.name, str(r.neurons), str(r.cores or "-"), f"{100 * r.excess_deviation:.1f}",
            f"{1e3 * r.circle_m:.2f}", f"{1e3 * r.pose_m:.2f}", f"{1e3 * r.strict_m:.2f}",
            f"{100 * r.success_rate:.0f}",
        )  # fmt: skip
    return table
