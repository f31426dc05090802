"""Points, curves, break points, tables and picture, of outcomes that are made up."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from spikearm.experiments.controllers import ChosenController
from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.perturbations.registry import PERTURBATIONS
from spikearm.experiments.studies.condition import Condition
from spikearm.experiments.studies.robustness.figure import stress_figure
from spikearm.experiments.studies.robustness.stress import MeasuredReach, StressOutcome
from spikearm.experiments.studies.robustness.summary import break_point, curve, summarise
from spikearm.experiments.studies.robustness.table import break_tables, breaks_at, stress_tables
from spikearm.experiments.studies.robustness.verdict import stress_verdict

DELAYS = PERTURBATIONS["delay"].strengths


def outcome(
    controller: str, seed: int, strength: float, *mm: tuple[float, float] | None
) -> StressOutcome:
    """Make motions with this rmse and endpoint error [mm]; None where one was lost."""
    name = "delay" if strength else "none"
    reaches = [
        MeasuredReach(0, 0, "out", problem="lost") if one is None
        else MeasuredReach(0, 0, "out", 1e-3 * one[0], 1e-3 * one[1], held_steps=2)
        for one in mm
    ]  # fmt: skip
    condition = Condition(ChosenController(controller), seed, Level(name, strength))
    return StressOutcome(condition, tuple(reaches), {"Weight clipped": 3})


OUTCOMES = [
    outcome("loihi", 0, 0.0, (0.4, 0.3), (0.6, 0.2)),
    outcome("loihi", 0, DELAYS[1], (1.0, 4.0), (3.0, 10.1)),
    outcome("loihi", 0, DELAYS[0], (1.0, 9.9), (1.0, 4.0)),
    outcome("analytic", 0, 0.0, (0.1, 0.1), (0.1, 0.1)),
    outcome("analytic", 0, DELAYS[0], (0.2, 0.1), (0.2, 0.1)),
    outcome("analytic", 0, DELAYS[1], None, None),
    outcome("loihi", 1, 0.0, (0.2, 0.3), (0.2, 0.5)),
    outcome("loihi", 1, DELAYS[0], (2.0, 1.0), (4.0, 1.0)),
    outcome("loihi", 1, DELAYS[1], (1.0, 1.0), None),
]


def test_a_point_is_the_mean_over_seeds_of_the_mean_over_motions():
    point = curve(summarise(OUTCOMES), "loihi", "delay")[1]
    assert (point.n_seeds, point.n_motions, point.n_reached, point.n_lost) == (2, 4, 4, 0)
    assert point.position_rmse_m == pytest.approx(2e-3)
    assert point.position_rmse_low_m == pytest.approx(1e-3)
    assert point.position_rmse_high_m == pytest.approx(3e-3)
    assert point.endpoint_error_max_m == pytest.approx(9.9e-3)
    assert (point.held_steps, point.overflow_counts) == (8, 6)


def test_only_the_last_round_counts():
    rounds = (MeasuredReach(0, 0, "out", 0.5, 0.5), MeasuredReach(1, 0, "out", 0.001, 0.002))
    (point,) = summarise([StressOutcome(Condition(ChosenController("loihi"), 0), rounds, {})])
    assert (point.n_motions, point.position_rmse_m) == (1, 0.001)


def test_a_curve_grows_from_no_perturbation_on():
    points = summarise(OUTCOMES)
    assert [p.strength for p in curve(points, "loihi", "delay")] == [0.0, *DELAYS[:2]]
    assert curve(points, "loihi", "noise") == []


def test_it_breaks_where_the_first_reach_of_any_seed_ends_too_far_off_or_not_at_all():
    points = summarise(OUTCOMES)
    for controller in ("loihi", "analytic"):
        broken = break_point(curve(points, controller, "delay"))
        assert broken is not None
        assert broken.strength == DELAYS[1]
        assert breaks_at(curve(points, controller, "delay")) == "2"
    assert breaks_at(curve(points, "analytic", "delay")[:2]) == "bears all"
    lame = summarise([outcome("pd", 0, 0.0, (1.0, 11.0)), outcome("pd", 0, DELAYS[0], (1.0, 1.0))])
    assert breaks_at(curve(lame, "pd", "delay")) == "at once"


def test_the_table_marks_what_is_broken_and_says_where():
    console = Console(width=80, record=True, file=io.StringIO())
    for table in (*stress_tables(summarise(OUTCOMES)), *break_tables(summarise(OUTCOMES))):
        console.print(table)
    lines = console.export_text().splitlines()
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    assert ["none", "0.35", "0", "0.1", "0"] in cells
    assert ["1", "2", "0", "0.2", "0"] in cells
    assert ["2", "✗ 1.5", "2", "✗ lost", "2"] in cells
    assert ["breaks at", "2", "", "2", ""] in cells
    assert ["delay of the torque ms", "2", "2"] in cells


def test_a_verdict_says_what_was_borne_and_where_a_controller_broke():
    broken = "bore 0 of 1 perturbation at every strength; it broke at delay of the torque 2 ms."
    assert stress_verdict(summarise(OUTCOMES)) == (
        f"loihi {broken} analytic {broken} Borne: every motion ended within 10 mm of its target."
    )
    borne = [one for one in OUTCOMES if one.condition.level.strength != DELAYS[1]]
    assert stress_verdict(summarise(borne)).startswith(
        "loihi bore 1 perturbation at every strength. analytic bore 1 perturbation at"
    )


def test_a_verdict_names_a_controller_that_misses_without_a_perturbation():
    lame = [outcome("pd", 0, 0.0, (1.0, 11.0)), outcome("pd", 0, DELAYS[0], (1.0, 1.0))]
    said = stress_verdict(summarise(lame))
    assert said.startswith("pd missed targets even without a perturbation.")
    alone = stress_verdict(summarise(lame[:1]))
    assert alone.startswith("pd was measured without perturbations only.")
    assert stress_verdict([]) == "No motion was measured."


def test_a_verdict_names_three_break_points_and_counts_the_others():
    (point,) = summarise([outcome("pd", 0, DELAYS[0], (1.0, 11.0))])
    names = ["delay", "payload", "friction", "force-field", "noise"]
    points = [replace(point, perturbation=name, strength=0.5) for name in names]
    assert stress_verdict(points).startswith("pd bore 0 of 5 perturbations at every strength;")
    assert " and 2 more. Borne" in stress_verdict(points)


def test_the_picture_has_every_point_and_a_cross_where_it_breaks():
    figure = json.loads(stress_figure(summarise(OUTCOMES), "title").to_json())
    crosses = [t for t in figure["data"] if t["mode"] == "markers" and t["x"][0]]
    assert [(t["x"], np.round(t["y"], 6).tolist()) for t in crosses] == [
        (["2"], [1.5]), (["2"], [2000.0]),
    ]  # fmt: skip
    lines = [t for t in figure["data"] if t["mode"] == "lines+markers" and t["opacity"] == 1.0]
    assert [t["x"] for t in lines] == [["none", "1", "2"]] * 2
    assert {t.get("name") for t in figure["data"]} >= {"loihi", "analytic"}
