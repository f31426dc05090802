"""Tables of findings."""

from collections.abc import Sequence

import numpy as np
from rich.table import Table

from spikearm.experiments.studies.reproductions.finding import Finding
from spikearm.experiments.tables import make_table

HEADINGS = ("quantity", "published", "here", "control", "verdict")


def findings_table(findings: Sequence[Finding], title: str) -> Table:
    """Build a table of a row per finding: means over seeds, and ranges where there are several."""
    table = make_table(title, HEADINGS, left=HEADINGS, show_lines=True)
    for one in findings:
        control = "\n".join(filter(None, (spread(one.control), one.control_name)))
        table.add_row(one.quantity, one.published, spread(one.here), control, one.verdict)
    return table


def remarks(findings: Sequence[Finding]) -> list[str]:
    """List what a reader of the table has to know."""
    return [f"{one.quantity}: {one.remark}" for one in findings if one.remark]


def spread(values: Sequence[float]) -> str:
    """Write a mean, and the smallest and largest value and their number where there are several."""
    if not values:
        return ""
    mean = f"{np.mean(values):.3g}"
    if len(values) == 1:
        return mean
    return f"{mean}\n{min(values):.3g} to {max(values):.3g}, {len(values)} seeds"
