"""Tables of every command at 80 columns, from rows that are stored or written by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from rich.table import Table
from unwrapped import assert_unwrapped, printed

from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.perturbations.strength import NONE
from spikearm.experiments.studies.adaptation.curve import Curve, Learned, Trial
from spikearm.experiments.studies.adaptation.table import curve_tables
from spikearm.experiments.studies.benchmark.columns import CONTROL, DETAIL, LATENCY, TIME
from spikearm.experiments.studies.benchmark.table import latency_tables, summary_tables
from spikearm.experiments.studies.deployment.table import limits_table
from spikearm.experiments.studies.robustness.study import stress_tables_of
from spikearm.experiments.studies.robustness.summary import Point
from spikearm.experiments.tables import WIDTH, compare, explain
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.checks.report import Report, Row

THREE = (("analytic", False), ("polynomial-2", False), ("loihi", True))
LABELS = ("analytic", "polynomial-2", "loihi + adaptive")
LARGE = 54321.0  # in the unit that is shown


def row(controller: str, adaptive: bool, scale: float = 1.0) -> dict[str, Any]:
    """Fill every field that is shown with a large number."""
    filled: dict[str, Any] = {"controller": controller, "adaptive": adaptive, "n_lost": 100}
    for column in (*CONTROL, *TIME, *DETAIL, *LATENCY):
        key, _, part = column.key.partition(".")
        value = scale * LARGE / column.factor
        filled[key] = filled.get(key, {}) | {part: value} if part else value
    return filled


def rows(chosen: Sequence[tuple[str, bool]]) -> list[dict[str, Any]]:
    return [row(*one, scale) for scale in (0.9, 1.0) for one in chosen]


def n_tables(parts: Sequence[object]) -> int:
    return sum(isinstance(part, Table) for part in parts)


@pytest.mark.parametrize("make", [lambda r: summary_tables(r, "gen3, circle"), latency_tables])
def test_three_controllers_of_a_run_stand_side_by_side(make):
    parts = make(rows(THREE))
    assert n_tables(parts) == 1
    assert_unwrapped(parts)


def test_more_controllers_go_into_tables_below_one_another():
    more = [*THREE, *((f"my_laboratory.controllers:factory_{k}", False) for k in range(4))]
    parts = summary_tables(rows(more), "gen3, circle")
    assert n_tables(parts) > 1
    assert_unwrapped(parts)


def test_learning_of_three_controllers_stands_side_by_side():
    def trial(rmse: float) -> Trial:
        return Trial(rmse, rmse, np.array([0.0, 0.0, -rmse]), 12.3)

    curves = [
        Curve(
            label, level, seed, trial(0.0002), trial(1.2), trial(1.0),
            Learned({"learning": tuple(trial(0.5 + 0.1 * seed) for _ in range(50))}, {}, 0.5),
        )
        for level in (Level("payload-off-centre", 2.0), Level("silenced", 0.2), Level())
        for label in LABELS
        for seed in (0, 1)
    ]  # fmt: skip
    parts = curve_tables(curves)
    assert n_tables(parts) == 3
    assert_unwrapped(parts)


def test_three_controllers_under_every_perturbation_stand_side_by_side():
    levels = [(name, s) for name, one in PERTURBATIONS.items() for s in one.strengths]
    points = [
        Point(label, name, strength, 2, 32, 32 - broken, 0, 0.0123, 0.01, 0.02, 0.03, 0, 0)
        for label, broken in zip(LABELS, (0, 3, 32), strict=True)
        for name, strength in [(NONE, 0.0), *levels]
    ]
    parts = stress_tables_of(points)
    assert n_tables(parts) == len([name for name in PERTURBATIONS if name != NONE]) + 1
    assert_unwrapped(parts)


def test_every_limit_of_a_chip_stands_on_a_line():
    every = [one for one in vars(limits).values() if isinstance(one, limits.Limit)]
    report = Report(
        tuple(
            Row(one.resource, one.most, one.most, where="<Ensemble 'products'>[900:1800:1]")
            for one in every
        )
    )
    assert len(every) > 20
    assert_unwrapped([limits_table(report, "gen3 on Loihi")])


def test_a_cell_that_is_too_wide_is_found():
    (table,) = compare("title", ["a"], [])
    table.add_row("x" * 60, "y z" * 20)
    with pytest.raises(AssertionError):
        assert_unwrapped([table])


def test_meanings_stand_below_one_another():
    lines = printed(explain([("a", "letter"), ("abc", "more")]), WIDTH)
    assert lines[:2] == ["a    letter", "abc  more"]
