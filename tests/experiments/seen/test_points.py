"""Points and tables of the task "seen", from outcomes made by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikearm.experiments.controllers import ChosenController
from spikearm.experiments.seen.loop.sight_level import SightLevel
from spikearm.experiments.seen.loop.step_cost import StepCost
from spikearm.experiments.seen.study.figure import seen_figure
from spikearm.experiments.seen.study.measures import SeenReach
from spikearm.experiments.seen.study.points import summarise
from spikearm.experiments.seen.study.seen_plan import SeenCondition, SeenOutcome
from spikearm.experiments.seen.study.table import LINES, explanations, seen_tables
from spikearm.experiments.seen.study.verdict import seen_verdict

LOIHI = ChosenController("loihi")


def reach(hand: float, **others: Any) -> SeenReach:
    kept = {
        "motion": "jumping", "number": 0, "visible": True, "hand_error_m": hand,
        "estimate_error_m": hand / 2, "found_s": 0.1, "sight_share": 0.5,
        "hand_point_error_m": None, "stopped": None,
    }  # fmt: skip
    return SeenReach(**(kept | others))


def outcome(seed: int, *reaches: SeenReach, sight: str = "eye", level=SightLevel()) -> SeenOutcome:
    condition = SeenCondition(LOIHI, seed, sight, "jumping", 0, level)
    cost = StepCost(5e-4 * (1 + seed), 700.0, 65, None if sight == "true" else 7e-6, 5e-5)
    return SeenOutcome(condition, reaches, np.full((4, 3), 1e-3), np.full(4, 2e-3), cost=cost)


OUTCOMES = [
    outcome(0, reach(0.004), reach(0.015), reach(0.3, found_s=None)),
    outcome(1, reach(0.008), reach(0.012, visible=False), reach(0.5, visible=False, stopped="So.")),
    outcome(0, reach(0.001), sight="true"),
]


def test_hidden_targets_are_counted_apart_and_the_worst_seed_is_told():
    point, true = summarise(OUTCOMES)
    assert (point.n_seeds, point.n_visible, point.n_hidden, point.n_stopped) == (2, 4, 2, 1)
    assert point.within_20_mm == pytest.approx(3 / 4)
    assert point.within_10_mm == pytest.approx(2 / 4)
    assert point.worst_within_20_mm == pytest.approx(2 / 3)
    assert point.hidden_within_20_mm == pytest.approx(1 / 2)
    assert point.hand_error_m == pytest.approx((0.008 + 0.015) / 2)
    assert point.found_s == pytest.approx(0.1)
    assert point.hand_point_error_m is None
    assert point.sight_p50_s == pytest.approx(3e-3)  # the sum of its parts
    assert point.torque_p99_s == pytest.approx(2e-3)
    assert true.within_10_mm == 1.0


def test_a_step_costs_the_mean_over_runs_and_nothing_that_one_of_them_lacks():
    point, true = summarise(OUTCOMES)
    assert point.step_mean_s == pytest.approx((5e-4 + 1e-3) / 2)
    assert (point.cores, point.synaptic_events) == (65, 700)
    assert point.chip_energy_j == pytest.approx(7e-6)
    assert true.chip_energy_j is None
    assert summarise([replace(OUTCOMES[0], cost=None)])[0].step_mean_s is None


def test_a_median_of_which_half_never_came_is_none():
    never = [outcome(0, reach(0.1, found_s=None), reach(0.1, found_s=None), reach(0.1))]
    assert summarise(never)[0].found_s is None


def test_sights_stand_side_by_side_and_perturbations_beside_none():
    (table,) = seen_tables(summarise(OUTCOMES))
    assert [column.header for column in table.columns] == ["", "eye", "true"]
    levels = [SightLevel(), SightLevel("flashes", 3.0), SightLevel("black-lens", 0.5)]
    perturbed = [outcome(0, reach(0.01), level=level) for level in levels]
    tables = seen_tables(summarise(perturbed))
    headings = [[str(column.header).replace("\n", " ") for column in one.columns] for one in tables]
    assert headings == [
        ["", "none", "light flashes 3 x"], ["", "none", "a lens gone black 500 ms"],
    ]  # fmt: skip
    assert len(seen_figure(perturbed, "title").data) == 3


def test_the_verdict_counts_what_was_reached():
    verdict = seen_verdict(summarise(OUTCOMES))
    assert "loihi with sight eye, target jumping: within 20 mm at 3 of 4 targets" in verdict
    assert "stopped at 1" in verdict


def test_every_line_is_short_enough():
    assert max(map(len, str(explanations().__rich__()).splitlines())) <= 80
    assert len({heading for heading, _ in LINES}) == len(LINES)
