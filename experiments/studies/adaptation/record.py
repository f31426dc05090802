"""Learning curves as rows: one per curve, one per trial, and back."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, TypedDict

import msgspec
import numpy as np

from spikearm.experiments.perturbations.level import Level
from spikearm.experiments.records.records import SUMMARY
from spikearm.experiments.studies.adaptation.curve import Curve, Learned, Phase, Trial
from spikearm.experiments.studies.adaptation.table import remaining
from spikearm.neural.files.typed_json import Count, Number, Positive, Vector, check_types

Row = dict[str, Any]


class Identity(TypedDict):
    """Keys that tell curves apart, and their types."""

    controller: str
    perturbation: str
    strength: Number
    seed: Count


class CurveRow(Identity):
    """Keys of a curve's row that are read, and their types."""

    position_rmse_m: Positive
    endpoint_error_m: Number
    displacement_m: Vector
    realtime_factor: Number
    perturbed_position_rmse_m: Positive | None
    perturbed_endpoint_error_m: Number | None
    perturbed_displacement_m: Vector | None
    perturbed_realtime_factor: Number | None
    baseline_position_rmse_m: Positive
    baseline_endpoint_error_m: Number
    baseline_displacement_m: Vector
    baseline_realtime_factor: Number
    overflow_counts: dict[str, Count]
    largest_weight: Number
    problem: str | None
    lost: bool


class TrialRow(Identity):
    """Keys of a trial's row that are read, and their types."""

    phase: Phase
    position_rmse_m: Number
    endpoint_error_m: Number
    displacement_m: Vector
    realtime_factor: Number


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
        "lost": learned.lost,
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
        ValueError: There are none, a row lacks a field or has another type in it, or there is no
            such perturbation any more.
    """
    check_types(rows, Annotated[list[CurveRow], msgspec.Meta(min_length=1)], SUMMARY)
    check_types(trials, list[TrialRow], "a file of trials")
    return [_curve(row, [one for one in trials if _key(one) == _key(row)]) for row in rows]


def _curve(row: Row, trials: Sequence[Row]) -> Curve:
    phases: dict[Phase, tuple[Trial, ...]] = {}
    for one in trials:
        phases[one["phase"]] = (*phases.get(one["phase"], ()), _trial(one))
    if phases and "learning" not in phases:
        raise ValueError(f"trials of {_key(row)} lack the phase learning")
    lost = row["perturbed_position_rmse_m"] is None
    return Curve(
        row["controller"], Level(row["perturbation"], row["strength"]), row["seed"], _trial(row),
        None if lost else _trial(row, "perturbed_"), _trial(row, "baseline_"),
        Learned(phases, row["overflow_counts"], row["largest_weight"], row["problem"], row["lost"]),
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
