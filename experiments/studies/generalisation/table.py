"""Table of generalisation, a line per value."""

from collections.abc import Sequence

from rich.table import Table

from spikearm.experiments.studies.generalisation.point import Point
from spikearm.experiments.tables import make_table

HEADINGS = (
    "sweep", "value", "trained\nfor it", "targets", "success\n%", "analytic\n%", "excess\n%",
    "fidelity\nmm",
)  # fmt: skip


def points_table(points: Sequence[Point]) -> Table:
    """Build a table of the measurements."""
    table = make_table(None, HEADINGS, left=("sweep",), no_wrap=HEADINGS, pad_edge=False)
    for point in points:
        table.add_row(
            point.sweep, f"{point.value:g}", "yes" if point.inside else "no",
            str(point.n_targets), f"{100 * point.success_rate:.1f}",
            f"{100 * point.analytic_success_rate:.1f}",
            "" if point.excess_deviation is None else f"{100 * point.excess_deviation:.1f}",
            "" if point.fidelity_rmse_m is None else f"{1e3 * point.fidelity_rmse_m:.3f}",
        )  # fmt: skip
    return table
