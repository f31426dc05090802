"""What was learned, on disk."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from spikearm.experiments.records.records import whole_folder, write_account
from spikearm.experiments.studies.adaptation.curve import Curve
from spikearm.experiments.studies.adaptation.figure import draw_learning
from spikearm.experiments.studies.adaptation.table import remaining

TRIALS, PICTURE = "learning.parquet", "learning.png"


def write_curves(
    curves: Sequence[Curve], config: dict[str, Any], status: str, folder: Path
) -> None:
    """Write a run's configuration, a row per curve, a row per trial, and the picture.

    Args:
        curves: What was learned.
        config: Resolved configuration, versions, git commit, seeds.
        status: ``complete``, or ``interrupted`` where curves are missing.
        folder: Where it shall appear; must be absent or empty.

    Raises:
        SpikearmError: The disk fails; nothing is left behind.
    """
    with whole_folder(folder) as draft:
        write_account(config, [_curve_row(curve) for curve in curves], status, draft)
        rows = [row for curve in curves for row in _trial_rows(curve)]
        pq.write_table(pa.Table.from_pylist(rows), draft / TRIALS, compression="zstd")
        draw_learning(curves).savefig(draft / PICTURE, dpi=150)


def _curve_row(curve: Curve) -> dict[str, Any]:
    learned, perturbed = curve.learned, curve.perturbed
    return {
        "controller": curve.controller,
        "perturbation": curve.level.name,
        "strength": curve.level.strength,
        "seed": curve.seed,
        "position_rmse_m": curve.plain.position_rmse,
        "perturbed_position_rmse_m": perturbed.position_rmse if perturbed else None,
        "baseline_position_rmse_m": curve.baseline.position_rmse,
        "not_learning": curve.without_learning,
        "after_effect": curve.after_effect,
        "retention": curve.retention,
        "largest_weight": learned.largest_weight,
        "overflow_counts": learned.overflow_counts,
        "problem": learned.problem,
    }


def _trial_rows(curve: Curve) -> Iterator[dict[str, Any]]:
    """Give a row per trial, numbered from 1 in each phase."""
    for phase, trials in curve.learned.phases.items():
        left = remaining(curve, phase)
        for number, trial in enumerate(trials):
            yield {
                "controller": curve.controller,
                "perturbation": curve.level.name,
                "strength": curve.level.strength,
                "seed": curve.seed,
                "phase": phase,
                "trial": number + 1,
                "position_rmse_m": trial.position_rmse,
                "endpoint_error_m": trial.endpoint_error,
                "displacement_m": trial.displacement.tolist(),
                "normalised_error" if curve.is_perturbed else "excess_deviation": left[number],
                "realtime_factor": trial.realtime_factor,
            }
