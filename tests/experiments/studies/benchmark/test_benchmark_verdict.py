"""The verdict on a run, of rows that were written by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from spikearm.experiments.studies.benchmark.verdict import benchmark_verdict


def row(
    controller: str,
    motions: int = 16,
    success: float = 1.0,
    mm: float = 0.4,
    fidelity_mm: float = 0.39,
    adaptive: bool = False,
    losses: Sequence[dict[str, Any]] = (),
    n_lost: int = 0,
) -> dict[str, Any]:
    return {
        "controller": controller, "adaptive": adaptive, "seed": 0, "n_motions": motions,
        "success_rate": success, "position_rmse_m": 1e-3 * mm,
        "fidelity_rmse_m": 1e-3 * fidelity_mm, "losses": losses, "n_lost": n_lost,
    }  # fmt: skip


ANALYTIC = row("analytic", mm=0.0203, fidelity_mm=0.0)


def test_one_controller_is_compared_with_the_analytic_law():
    assert benchmark_verdict([ANALYTIC, row("loihi")]) == (
        "loihi reached its target in 16 of 16 motions within 2 mm and 1 degree, 0.40 mm from the "
        "ideal path, 0.39 mm from the analytic law's."
    )


def test_the_baseline_alone_is_compared_with_the_ideal_path():
    assert benchmark_verdict([ANALYTIC]) == (
        "analytic reached its target in 16 of 16 motions within 2 mm and 1 degree, 0.020 mm from "
        "the ideal path."
    )


def test_several_controllers_have_a_clause_each_in_their_order():
    rows = [ANALYTIC, row("spiking", mm=0.28, fidelity_mm=0.281), row("pd", 16, 3 / 16, 12.3, 12.4)]
    assert benchmark_verdict(rows) == (
        "spiking reached its target in 16 of 16 motions within 2 mm and 1 degree, 0.28 mm from "
        "the ideal path, 0.28 mm from the analytic law's; pd in 3 of 16, 12 mm and 12 mm."
    )


def test_seeds_are_added_up_and_distances_averaged():
    seeds = [row("loihi", 16, 1.0, 0.3, 0.2), row("loihi", 16, 0.5, 0.5, 0.4)]
    said = benchmark_verdict([ANALYTIC, ANALYTIC, *seeds])
    assert said.startswith("loihi reached its target in 24 of 32 motions")
    assert "0.40 mm from the ideal path, 0.30 mm from the analytic law's" in said


def test_a_target_of_one_motion_is_not_in_the_plural():
    assert "in 0 of 1 motion within" in benchmark_verdict([ANALYTIC, row("loihi", 1, 0.0)])


def test_a_controller_that_learns_has_the_name_that_tables_show():
    assert benchmark_verdict([ANALYTIC, row("pd", adaptive=True)]).startswith("pd + adaptive reach")


@pytest.mark.parametrize("status", ["interrupted", "failed"])
def test_a_run_that_ended_early_says_that_only_finished_motions_count(status):
    said = benchmark_verdict([ANALYTIC, row("loihi", 3)], status)
    assert said.split(".")[0].endswith("only finished motions count")
    assert status in said.split(".")[0]
    assert "loihi reached its target in 3 of 3 motions" in said


def loss(target: int, direction: str = "out") -> dict[str, Any]:
    return {"target": target, "direction": direction, "problem": f"The elbow came off at {target}."}


def test_a_lost_arm_is_told_with_its_place_and_counts_as_missed():
    losses = [loss(2), loss(5, "back")]
    said = benchmark_verdict([ANALYTIC, row("loihi", 13, 12 / 16, losses=losses, n_lost=3)])
    assert said == (
        "loihi reached its target in 12 of 16 motions within 2 mm and 1 degree, 0.40 mm from the "
        "ideal path, 0.39 mm from the analytic law's. loihi lost the arm in 2 motions (seed 0, "
        "target 2, out; seed 0, target 5, back): 3 of 16 were not made and count as missed. "
        "The first time: The elbow came off at 2."
    )


def test_of_many_lost_arms_some_are_named_and_all_counted():
    lost = row("loihi", 0, 0.0, losses=[loss(number) for number in range(8)], n_lost=16)
    lost |= {"position_rmse_m": None, "fidelity_rmse_m": None}
    said = benchmark_verdict([ANALYTIC, lost, row("pd")])
    assert "loihi reached its target in 0 of 16 motions within 2 mm and 1 degree; pd in" in said
    assert "(seed 0, target 0, out; seed 0, target 1, out; seed 0, target 2, out; 5 more)" in said


def test_a_controller_that_was_not_measured_is_named():
    said = benchmark_verdict([ANALYTIC], "failed", ["analytic", "loihi", "pd"])
    assert said.endswith("ideal path. loihi and pd finished no motion.")
    assert "failed" in said


def test_a_run_without_any_motion_says_so():
    assert benchmark_verdict([], "failed").endswith("No motion was finished.")
    assert benchmark_verdict([], "failed", ["loihi"]).endswith("loihi finished no motion.")
