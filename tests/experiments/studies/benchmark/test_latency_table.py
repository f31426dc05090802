"""The latency table: what stands in each line, from rows that were filled by hand."""

from typing import Any

import pytest

from spikearm.experiments.studies.benchmark.latency_table import LINES, TITLE, latency_table

PARTS = ("sense", "encode", "network", "decode", "act")
HEADINGS = [line[0].heading for line in LINES]


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
    table = latency_table(rows)
    first, *others = (list(column.cells) for column in table.columns)
    return {str(name): [str(c[i]) for c in others] for i, name in enumerate(first)}


def test_every_part_has_a_line_and_every_stage_a_column():
    table = latency_table([a_row("analytic"), a_row("loihi", paced=True)])
    assert table.title == TITLE
    assert [column.header for column in table.columns] == ["", "analytic", "loihi"]
    assert list(table.columns[0].cells) == HEADINGS
    assert HEADINGS[:6] == [*PARTS, "whole step"]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("sense", "1.0 / 10.0 / 300"),
        ("act", "5.0 / 50.0 / 1500"),
        ("whole step", "15.0 / 150.0 / 4500"),
        ("jitter: 99th percentile less median", "135.0"),
        ("first 10 steps: median / largest", "40.0 / 2610"),
        ("deadlines missed %", "1.23"),
        ("began late", "2.0 / 20.0 / 600"),
        ("overruns %", "2.50"),
        ("periods skipped", "71"),
        ("building the controller s", "1.23"),
    ],
)
def test_times_are_in_microseconds(heading, expected):
    assert lines([a_row("loihi", paced=True)])[heading] == [expected]


def test_what_does_not_apply_is_empty_and_a_line_of_nothing_is_left_out():
    found = lines([a_row("analytic"), a_row("loihi")])
    assert found["encode"] == ["", "2.0 / 20.0 / 600"]
    assert not {"began late", "overruns %", "periods skipped"} & set(found)


def test_several_seeds_are_shown_by_their_mean():
    assert lines([a_row("loihi"), a_row("loihi", scale=3.0)])["network"] == ["6.0 / 60.0 / 1800"]
