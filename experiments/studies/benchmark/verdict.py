"""Verdict on a run or a benchmark: its rows in a sentence or two.

Console and report open with it::

    benchmark_verdict(run.rows, run.status)
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from spikearm.experiments.controllers import BASELINE
from spikearm.experiments.studies.benchmark.table import by_controller
from spikearm.experiments.tasks.success import SUCCESS
from spikearm.experiments.words import counted, listed, millimetres

Row = dict[str, Any]
ENDED = {
    "interrupted": "The run was interrupted; only finished motions count.",
    "failed": "The run failed before its end; only finished motions count.",
}
"""Sentences on runs that ended early, by their status."""


def benchmark_verdict(
    rows: Sequence[Row], status: str = "complete", planned: Sequence[str] = ()
) -> str:
    """Write a verdict on the controllers of a run, in the order of its rows.

    The baseline has a clause only where nothing is compared with it.

    Args:
        rows: Rows of a summary, one per controller and seed.
        status: Status of the run: ``complete``, ``interrupted`` or ``failed``.
        planned: Labels of all controllers that were to run; those without a row are named.
    """
    groups = by_controller(rows)
    judged = {label: mine for label, mine in groups.items() if label != BASELINE} or groups
    clauses = [_clause(label, mine, first=i == 0) for i, (label, mine) in enumerate(judged.items())]
    sentences = [ENDED[status]] if status in ENDED else []
    sentences += [f"{'; '.join(clauses)}."] if clauses else []
    missing = [label for label in planned if label not in groups]
    if missing:
        sentences.append(f"{listed(missing)} finished no motion.")
    elif not rows:
        sentences.append("No motion was finished.")
    return " ".join(sentences)


def reached(label: str, n_reached: int, n_motions: int) -> str:
    """Write how often a controller reached its target, with the definition of success."""
    return f"{label} reached its target in {n_reached} of {counted(n_motions, 'motion')} {SUCCESS}"


def _clause(label: str, rows: Sequence[Row], first: bool) -> str:
    """Write the clause of a controller; the first one says what the numbers are."""
    n_motions = sum(row["n_motions"] for row in rows)
    n_reached = round(sum(row["success_rate"] * row["n_motions"] for row in rows))
    distances = list(_distances(label, rows))
    if first:
        words = [f"{value} from {path}" for path, value in distances]
        return ", ".join([reached(label, n_reached, n_motions), *words])
    return f"{label} in {n_reached} of {n_motions}, {listed([value for _, value in distances])}"


def _distances(label: str, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield the paths that the hand is compared with, and its distances from them."""
    yield "the ideal path", _mean(rows, "position_rmse_m")
    if label != BASELINE:
        yield "the analytic law's", _mean(rows, "fidelity_rmse_m")


def _mean(rows: Sequence[Row], key: str) -> str:
    return millimetres(float(np.mean([row[key] for row in rows])))
