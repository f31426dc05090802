"""Learning curves as rows: one per curve, one per trial, and back."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.studies.adaptation.curve import Curve, Learned, Phase, Trial
from spikearm.experiments.studies.adaptation.table import remaining

Row = dict[str, Any]


def curve_row(curve: Curve) -> Row:
    """Return the row of a curve."""
    learned, perturbed = curve.learned, curve.perturbed
    return {
        **_identity(curve),
        **_measures(curve.plain),
        **_measures(perturbed, "perturbed_"),
        **_measures(curve.baseline, "baseline_"),
        "not_learning": curve.without_learning,
        "after_effect": curve.after_effect,
        "retention": curve.retention,
        "largest_weight": learned.largest_weight,
        "overflow_counts": learned.overflow_counts,
        "problem": learned.problem,
    }


def trial_rows(curve: Curve) -> Iterator[Row]:
    """Return the rows of a curve's trials, numbered from 1 in each phase."""
    for phase, trials in curve.learned.phases.items():
        left = remaining(curve, phase)
        for number, trial in enumerate(trials):
            yield {
                **_identity(curve),
                "phase": phase,
                "trial": number + 1,
                **_measures(trial),
                "normalised_error" if curve.is_perturbed else "excess_deviation": left[number],
            }


def read_curves(rows: Sequence[Row], trials: Sequence[Row]) -> list[Curve]:
    """Build the curves from the rows that they were written as.

    Args:
        rows: A row per curve.
        trials: A row per trial.

    Raises:
        KeyError: A row lacks a field.
        SpikearmError: There is no such perturbation any more.
    """
    return [_curve(row, [one for one in trials if _key(one) == _key(row)]) for row in rows]


def _curve(row: Row, trials: Sequence[Row]) -> Curve:
    phases: dict[Phase, tuple[Trial, ...]] = {}
    for one in trials:
        phases[one["phase"]] = (*phases.get(one["phase"], ()), _trial(one))
    lost = row["perturbed_position_rmse_m"] is None
    return Curve(
        row["controller"], Level(row["perturbation"], row["strength"]), row["seed"], _trial(row),
        None if lost else _trial(row, "perturbed_"), _trial(row, "baseline_"),
        Learned(phases, row["overflow_counts"], row["largest_weight"], row["problem"]),
    )  # fmt: skip


def _identity(curve: Curve) -> Row:
    return {
        "controller": curve.controller,
        "perturbation": curve.level.name,
        "strength": curve.level.strength,
        "seed": curve.seed,
    }


def _key(row: Row) -> tuple[Any, ...]:
    return row["controller"], row["perturbation"], row["strength"], row["seed"]


def _measures(trial: Trial | None, prefix: str = "") -> Row:
    return {
        f"{prefix}position_rmse_m": trial and trial.position_rmse,
        f"{prefix}endpoint_error_m": trial and trial.endpoint_error,
        f"{prefix}displacement_m": trial and trial.displacement.tolist(),
        f"{prefix}realtime_factor": trial and trial.realtime_factor,
    }


def _trial(row: Row, prefix: str = "") -> Trial:
    return Trial(
        row[f"{prefix}position_rmse_m"],
        row[f"{prefix}endpoint_error_m"],
        np.array(row[f"{prefix}displacement_m"]),
        row[f"{prefix}realtime_factor"],
    )
