"""Table of the wall time of a control step, part by part."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from spikearm.controller.loop.step_times import StepTimes
from spikearm.experiments.studies.benchmark.latency import WARM_UP_STEPS
from spikearm.experiments.studies.benchmark.table import Column, by_controller
from spikearm.experiments.tables import make_table

TITLE = "Wall time of a control step µs: median / 99th percentile / largest"
MICRO = 1e6


def _spread(heading: str, name: str, part: str = "") -> tuple[Column, ...]:
    return tuple(
        Column(heading, f"{name}_{of}_s{part}", MICRO, fmt)
        for of, fmt in (("p50", ".1f"), ("p99", ".1f"), ("max", ".0f"))
    )


LINES: tuple[tuple[Column, ...], ...] = (
    *(_spread(part, "part_latency", f".{part}") for part in StepTimes._fields),
    _spread("whole step", "step_latency"),
    (Column("jitter: 99th percentile less median", "step_latency_jitter_s", MICRO, ".1f"),),
    (
        Column(f"first {WARM_UP_STEPS} steps: median / largest", "warm_up_latency_p50_s",
               MICRO, ".1f"),
        Column("", "warm_up_latency_max_s", MICRO, ".0f"),
    ),
    (Column("deadlines missed %", "deadline_miss_rate", 1e2, ".2f"),),
    _spread("began late", "start_late"),
    (Column("overruns %", "overrun_rate", 1e2, ".2f"),),
    (Column("periods skipped", "skipped_periods", 1.0, ".0f"),),
    (Column("building the controller s", "build_time_s", 1.0, ".2f"),),
)  # fmt: skip
"""Each line of the table: its first column's heading, and what stands in it side by side."""


def latency_cells(line: Sequence[Column], rows: Sequence[dict[str, Any]]) -> str:
    """Return means over seeds side by side, or nothing where they do not apply."""
    return " / ".join(filter(None, (column.mean(rows) for column in line)))


def latency_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Lay out the parts of a control step as lines and controllers as columns."""
    controllers = by_controller(rows)
    table = make_table(TITLE, ("", *controllers))
    for line in LINES:
        cells = [latency_cells(line, mine) for mine in controllers.values()]
        if any(cells):
            table.add_row(line[0].heading, *cells)
    return table
