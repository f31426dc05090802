"""Verdict on a run or a benchmark: its rows in a sentence or two.

Console and report open with it::

    benchmark_verdict(run.rows, run.status)
"""

from collections.abc import Iterator, Sequence
from typing import Any

from spikearm.experiments.controllers import BASELINE
from spikearm.experiments.studies.benchmark.statistics import mean_of_known
from spikearm.experiments.studies.benchmark.table import by_controller
from spikearm.experiments.tasks.success import SUCCESS
from spikearm.experiments.words import counted, listed, millimetres

Row = dict[str, Any]
MOST_SHOWN = 3  # motions in which a controller lost the arm
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
    told = (describe_losses(label, mine) for label, mine in groups.items())
    sentences += [sentence for sentence in told if sentence is not None]
    missing = [label for label in planned if label not in groups]
    if missing:
        sentences.append(f"{listed(missing)} finished no motion.")
    elif not rows:
        sentences.append("No motion was finished.")
    return " ".join(sentences)


def reached(label: str, n_reached: int, n_motions: int) -> str:
    """Write how often a controller reached its target, with the definition of success."""
    return f"{label} reached its target in {n_reached} of {counted(n_motions, 'motion')} {SUCCESS}"


def count_reached(rows: Sequence[Row]) -> tuple[int, int]:
    """Return the number of motions that reached their target, and of all, lost ones included."""
    planned = [row["n_motions"] + row["n_lost"] for row in rows]
    reached = sum(row["success_rate"] * n for row, n in zip(rows, planned, strict=True))
    return round(reached), sum(planned)


def _clause(label: str, rows: Sequence[Row], first: bool) -> str:
    """Write the clause of a controller; the first one says what the numbers are."""
    n_reached, n_motions = count_reached(rows)
    distances = list(_distances(label, rows))
    if first:
        words = [f"{value} from {path}" for path, value in distances]
        return ", ".join([reached(label, n_reached, n_motions), *words])
    values = [listed([value for _, value in distances])] if distances else []
    return ", ".join([f"{label} in {n_reached} of {n_motions}", *values])


def _distances(label: str, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield the paths that the hand is compared with, and its distances from them, if known."""
    paths = {"the ideal path": "position_rmse_m", "the analytic law's": "fidelity_rmse_m"}
    for path, key in paths.items():
        mean = mean_of_known(row[key] for row in rows)
        if mean is not None and (label != BASELINE or key == "position_rmse_m"):
            yield path, millimetres(mean)


def describe_losses(label: str, rows: Sequence[Row]) -> str | None:
    """Write in which motions a controller lost the arm, and why the first time; None if never."""
    losses = [(row["seed"], loss) for row in rows for loss in row["losses"]]
    if not losses:
        return None
    places = [f"seed {seed}, target {loss['target']}, {loss['direction']}" for seed, loss in losses]
    shown = places[:MOST_SHOWN]
    if len(places) > len(shown):
        shown.append(f"{len(places) - len(shown)} more")
    n_lost = sum(row["n_lost"] for row in rows)
    return (
        f"{label} lost the arm in {counted(len(losses), 'motion')} ({'; '.join(shown)}): "
        f"{n_lost} of {count_reached(rows)[1]} were not made and count as missed. "
        f"The first time: {losses[0][1]['problem']}"
    )
