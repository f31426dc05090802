"""The verdict on a sweep, of rows that were written by hand."""

from typing import Any

from spikearm.experiments.sweep.verdict import sweep_verdict


def bench_row(key: str, success: float = 1.0, mm: float = 0.4) -> dict[str, Any]:
    return {
        "key": key, "controller": "loihi", "adaptive": False, "seed": 0, "n_motions": 4,
        "n_lost": 0, "losses": [], "success_rate": success, "position_rmse_m": 1e-3 * mm,
        "fidelity_rmse_m": 1e-4,
    }  # fmt: skip


def stress_row(key: str, controller: str, n_reached: int) -> dict[str, Any]:
    return {"key": key, "controller": controller, "n_motions": 4, "n_reached": n_reached}


def test_a_benchmark_s_sweep_counts_all_runs_and_names_the_one_that_missed_most(tasks_of):
    tasks = tasks_of('controllers = ["loihi"]\nseed = [0, 1, 2]')
    keys = [task.key for task in tasks]
    rows = [bench_row(keys[0]), bench_row(keys[1], 0.25), bench_row(keys[2], 0.5)]
    assert sweep_verdict(tasks, rows, 0) == (
        "3 runs complete, 0 failed. loihi reached its target in 7 of 12 motions within 2 mm and 1 "
        "degree, 0.40 mm from the ideal path, 0.10 mm from the analytic law's. Fewest targets "
        "were reached with controllers = loihi, seed = 1: 1 of 4."
    )
    assert "Fewest" not in sweep_verdict(tasks, [bench_row(key) for key in keys], 0)
    assert "Fewest" not in sweep_verdict(tasks[:1], [bench_row(keys[0], 0.5)], 0)


def test_a_stress_test_s_sweep_counts_the_motions_of_each_controller(tasks_of):
    tasks = tasks_of('perturbations = ["payload=1", "payload=2"]', "", "stress")
    first, second = (task.key for task in tasks)
    rows = [
        stress_row(first, "pd", 4), stress_row(first, "loihi", 4),
        stress_row(second, "pd", 3), stress_row(second, "loihi", 4),
    ]  # fmt: skip
    assert sweep_verdict(tasks, rows, 0) == (
        "2 runs complete, 0 failed. pd ended 7 of 8 motions within 10 mm of its target; loihi 8 of "
        "8. Fewest targets were reached with perturbations = payload=2: 3 of 4."
    )


def test_without_a_complete_run_only_failures_are_counted(tasks_of):
    tasks = tasks_of('controllers = ["pd"]')
    assert sweep_verdict(tasks, [], 1) == "0 runs complete, 1 failed."
    assert sweep_verdict([], [], 0) == "0 runs complete, 0 failed."
