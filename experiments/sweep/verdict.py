"""Verdict on a sweep: how many runs are complete, and what they measured, in a few sentences.

::

    sweep_verdict(tasks, rows, n_failed)
"""

from collections.abc import Sequence

from spikearm.experiments.studies.benchmark.verdict import benchmark_verdict, count_reached
from spikearm.experiments.studies.robustness.summary import REACHED
from spikearm.experiments.sweep.kind import KindVerdict, Row
from spikearm.experiments.sweep.task import SweepTask
from spikearm.experiments.words import counted


def sweep_verdict(tasks: Sequence[SweepTask], rows: Sequence[Row], n_failed: int) -> str:
    """Write a verdict on a sweep.

    Args:
        tasks: Tasks, all of one kind.
        rows: Rows of those that are complete.
        n_failed: Number of those that have failed.
    """
    sentences = [f"{counted(len(tasks) - n_failed, 'run')} complete, {n_failed} failed."]
    if rows:
        verdict = tasks[0].kind.verdict
        sentences += [verdict.sentence(rows), *_fewest(tasks, rows, verdict)]
    return " ".join(sentences)


def _fewest(tasks: Sequence[SweepTask], rows: Sequence[Row], verdict: KindVerdict) -> list[str]:
    """Write a sentence on the run of several that missed most targets, if one missed any."""
    labels = {task.key: task.label for task in tasks}
    fewest = min(rows, key=verdict.share)
    n_reached, n_motions = verdict.reached(fewest)
    if n_reached == n_motions or len(tasks) == 1:
        return []
    return [
        f"Fewest targets were reached with {labels[fewest['key']]}: {n_reached} of {n_motions}."
    ]


def _benchmark_reached(row: Row) -> tuple[int, int]:
    return count_reached([row])


def _stress_reached(row: Row) -> tuple[int, int]:
    return row["n_reached"], row["n_motions"]


def _stress_sentence(rows: Sequence[Row]) -> str:
    """Write of each controller how many motions under perturbations ended at their target."""
    totals: dict[str, tuple[int, int]] = {}
    for row in rows:
        n_reached, n_motions = totals.get(row["controller"], (0, 0))
        totals[row["controller"]] = (n_reached + row["n_reached"], n_motions + row["n_motions"])
    (first, (n_reached, n_motions)), *others = totals.items()
    clauses = [
        f"{first} ended {n_reached} of {counted(n_motions, 'motion')} within {1e3 * REACHED:g} mm "
        "of its target"
    ]
    clauses += [f"{label} {n_reached} of {n_motions}" for label, (n_reached, n_motions) in others]
    return f"{'; '.join(clauses)}."


BENCHMARK_VERDICT = KindVerdict(
    (
        "controller",
        "adaptive",
        "seed",
        "n_motions",
        "n_lost",
        "losses",
        "success_rate",
        "position_rmse_m",
        "fidelity_rmse_m",
    ),
    benchmark_verdict,
    _benchmark_reached,
)
STRESS_VERDICT = KindVerdict(
    ("controller", "n_motions", "n_reached"), _stress_sentence, _stress_reached
)
