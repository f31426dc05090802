"""The tables of latency: what stands in each line, from rows that were filled by hand."""

from typing import Any

import pytest
from rich.table import Table

from spikearm.controller.loop.step_times import StepTimes
from spikearm.experiments.studies.benchmark.columns import LATENCY
from spikearm.experiments.studies.benchmark.table import LATENCY_TITLE, latency_tables

PARTS = StepTimes._fields
HEADINGS = [column.heading for column in LATENCY]


def a_row(stage: str, scale: float = 1.0, paced: bool = False) -> dict[str, Any]:
    """Fill a row; times of the parts are 1 to 5 microseconds, ten times as much at the 99th."""
    by_part: dict[str, float | None] = {
        part: scale * (k + 1) * 1e-6 for k, part in enumerate(PARTS)
    }
    if stage == "analytic":
        by_part["encode"] = by_part["decode"] = None
    times = {"p50": 1.0, "p99": 10.0, "max": 300.0}
    row: dict[str, Any] = {"controller": stage, "adaptive": False}
    for name, factor in times.items():
        row[f"part_latency_{name}_s"] = {
            part: value and factor * value for part, value in by_part.items()
        }
        row[f"step_latency_{name}_s"] = scale * factor * 15e-6
        row[f"start_late_{name}_s"] = factor * 2e-6 if paced else None
    return row | {
        "step_latency_jitter_s": 135e-6, "warm_up_latency_p50_s": 40e-6,
        "warm_up_latency_max_s": 0.00261, "deadline_miss_rate": 0.0123, "build_time_s": 1.234,
        "overrun_rate": 0.025 if paced else None, "skipped_periods": 71 if paced else None,
    }  # fmt: skip


def lines(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    table, _ = latency_tables(rows)
    assert isinstance(table, Table)
    first, *others = (list(column.cells) for column in table.columns)
    return {str(name): [str(c[i]) for c in others] for i, name in enumerate(first)}


def test_every_part_has_a_line_and_every_stage_a_column():
    table, _ = latency_tables([a_row("analytic"), a_row("loihi", paced=True)])
    assert isinstance(table, Table)
    assert table.title == LATENCY_TITLE
    assert [column.header for column in table.columns] == ["", "analytic", "loihi"]
    assert list(table.columns[0].cells) == HEADINGS
    assert HEADINGS[:6] == [*(f"{part} µs" for part in PARTS), "whole step µs"]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("sense µs", "1.0"),
        ("act µs", "5.0"),
        ("whole step µs", "15.0"),
        ("99th percentile µs", "150.0"),
        ("longest µs", "4500"),
        ("jitter µs", "135.0"),
        ("warm-up µs", "40.0"),
        ("warm-up, longest µs", "2610"),
        ("deadlines missed, % of steps", "1.23"),
        ("began late µs", "2.0"),
        ("began late, 99 % µs", "20.0"),
        ("began late, longest µs", "600"),
        ("overruns, % of steps", "2.50"),
        ("periods skipped", "71"),
        ("building s", "1.23"),
    ],
)
def test_times_are_in_microseconds(heading, expected):
    assert lines([a_row("loihi", paced=True)])[heading] == [expected]


def test_what_does_not_apply_is_empty_and_a_line_of_nothing_is_left_out():
    found = lines([a_row("analytic"), a_row("loihi")])
    assert found["encode µs"] == ["", "2.0"]
    assert not {"began late µs", "overruns, % of steps", "periods skipped"} & set(found)


def test_several_seeds_are_shown_by_their_mean():
    assert lines([a_row("loihi"), a_row("loihi", scale=3.0)])["network µs"] == ["6.0"]
