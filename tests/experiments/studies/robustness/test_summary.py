"""Points, curves, break points, tables and picture, of bouts that are made up."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from spikearm.experiments.perturbations.registry import DISTURBANCES
from spikearm.experiments.studies.robustness.figure import stress_figure
from spikearm.experiments.studies.robustness.stress import Bout, Cell, Reach
from spikearm.experiments.studies.robustness.summary import break_point, curve, summarise
from spikearm.experiments.studies.robustness.table import break_table, breaks_at, stress_tables

DELAYS = DISTURBANCES["delay"].strengths


def bout(controller: str, seed: int, strength: float, *mm: tuple[float, float] | None) -> Bout:
    """Make a bout of motions with this rmse and endpoint error [mm]; None where one was lost."""
    name = "delay" if strength else "none"
    reaches = [
        Reach(0, 0, "out", problem="lost") if one is None
        else Reach(0, 0, "out", 1e-3 * one[0], 1e-3 * one[1], held_steps=2)
        for one in mm
    ]  # fmt: skip
    return Bout(Cell(controller, seed, name, strength), tuple(reaches), {"Weight clipped": 3})


BOUTS = [
    bout("loihi", 0, 0.0, (0.4, 0.3), (0.6, 0.2)),
    bout("loihi", 0, DELAYS[1], (1.0, 4.0), (3.0, 10.1)),
    bout("loihi", 0, DELAYS[0], (1.0, 9.9), (1.0, 4.0)),
    bout("analytic", 0, 0.0, (0.1, 0.1), (0.1, 0.1)),
    bout("analytic", 0, DELAYS[0], (0.2, 0.1), (0.2, 0.1)),
    bout("analytic", 0, DELAYS[1], None, None),
    bout("loihi", 1, 0.0, (0.2, 0.3), (0.2, 0.5)),
    bout("loihi", 1, DELAYS[0], (2.0, 1.0), (4.0, 1.0)),
    bout("loihi", 1, DELAYS[1], (1.0, 1.0), None),
]


def test_a_point_is_the_mean_over_seeds_of_the_mean_over_motions():
    point = curve(summarise(BOUTS), "loihi", "delay")[1]
    assert (point.n_seeds, point.n_motions, point.n_reached, point.n_lost) == (2, 4, 4, 0)
    assert point.position_rmse_m == pytest.approx(2e-3)
    assert point.position_rmse_low_m == pytest.approx(1e-3)
    assert point.position_rmse_high_m == pytest.approx(3e-3)
    assert point.endpoint_error_max_m == pytest.approx(9.9e-3)
    assert (point.held_steps, point.overflow_counts) == (8, 6)


def test_only_the_last_round_counts():
    rounds = (Reach(0, 0, "out", 0.5, 0.5), Reach(1, 0, "out", 0.001, 0.002))
    (point,) = summarise([Bout(Cell("loihi", 0), rounds, {})])
    assert (point.n_motions, point.position_rmse_m) == (1, 0.001)


def test_a_curve_grows_from_no_disturbance_on():
    points = summarise(BOUTS)
    assert [p.strength for p in curve(points, "loihi", "delay")] == [0.0, *DELAYS[:2]]
    assert curve(points, "loihi", "noise") == []


def test_it_breaks_where_the_first_reach_of_any_seed_ends_too_far_off_or_not_at_all():
    points = summarise(BOUTS)
    for controller in ("loihi", "analytic"):
        broken = break_point(curve(points, controller, "delay"))
        assert broken is not None
        assert broken.strength == DELAYS[1]
        assert breaks_at(curve(points, controller, "delay")) == "2"
    assert breaks_at(curve(points, "analytic", "delay")[:2]) == "bears all"
    lame = summarise([bout("pd", 0, 0.0, (1.0, 11.0)), bout("pd", 0, DELAYS[0], (1.0, 1.0))])
    assert breaks_at(curve(lame, "pd", "delay")) == "even without"


def test_the_table_marks_what_is_broken_and_says_where():
    console = Console(width=120, record=True, file=io.StringIO())
    for table in (*stress_tables(summarise(BOUTS)), break_table(summarise(BOUTS))):
        console.print(table)
    lines = console.export_text().splitlines()
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    assert ["none", "0.35  4/4", "0.1  2/2"] in cells
    assert ["1", "2  4/4", "0.2  2/2"] in cells
    assert ["2", "✗ 1.5  2/4", "✗ lost  0/2"] in cells
    assert ["breaks at", "2", "2"] in cells
    assert ["delay of the torque ms", "2", "2"] in cells


def test_the_picture_has_every_point_and_a_cross_where_it_breaks():
    figure = json.loads(stress_figure(summarise(BOUTS), "title").to_json())
    crosses = [t for t in figure["data"] if t["mode"] == "markers" and t["x"][0]]
    assert [(t["x"], np.round(t["y"], 6).tolist()) for t in crosses] == [
        (["2"], [1.5]), (["2"], [2000.0]),
    ]  # fmt: skip
    lines = [t for t in figure["data"] if t["mode"] == "lines+markers" and t["opacity"] == 1.0]
    assert [t["x"] for t in lines] == [["none", "1", "2"]] * 2
    assert {t.get("name") for t in figure["data"]} >= {"loihi", "analytic"}
