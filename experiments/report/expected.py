"""Keys of runs that a report shows, their types, and what must fit together."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from spikearm.experiments.records.reach import TRAJECTORY
from spikearm.experiments.records.records import CONFIG, SUMMARY, Run
from spikearm.experiments.studies.benchmark.columns import CONTROL, DETAIL, LATENCY, TIME, Column
from spikearm.neural.files.typed_json import Count, Number, Positive, Vector, check_types

Metric: TypeAlias = Number | None  # None where it does not apply


class ShownConfig(msgspec.Struct):
    """Keys of a configuration that are shown, and their types."""

    arm: str
    joints: Annotated[list[str], msgspec.Meta(min_length=1)]
    torque_limits: list[Positive]
    forward_axis: Vector
    options: dict[str, Any]


class ShownLoss(msgspec.Struct):
    """Keys of a motion in which the arm was lost, and their types."""

    target: Count
    direction: Literal["out", "back"]
    problem: str


def row_type(columns: Sequence[Column]) -> type[msgspec.Struct]:
    """Build the type of a row from the columns that are shown of it."""
    parts: dict[str, list[str]] = {}
    for column in columns:
        key, _, part = column.key.partition(".")
        parts.setdefault(key, []).extend([part] if part else [])
    metrics = [
        (key, msgspec.defstruct(key, [(part, Metric) for part in inside]) | None)
        if inside
        else (key, Metric)
        for key, inside in parts.items()
    ]
    identity = [("controller", str), ("adaptive", bool), ("seed", Count), ("task", str)]
    numbers = [("n_motions", Count), ("n_lost", Count), ("losses", list[ShownLoss])]
    return msgspec.defstruct("ShownRow", [*identity, *numbers, *metrics])


ShownRow = row_type([*CONTROL, *TIME, *DETAIL, *LATENCY])


def check_shown(run: Run) -> None:
    """Check that a run holds what is shown of every run.

    Raises:
        ValueError: A key or a motion is missing, of another type, or does not fit the others.
    """
    config = check_types(_as_written(run.config), ShownConfig, CONFIG)
    rows = Annotated[list[ShownRow], msgspec.Meta(min_length=1)]
    check_types(_as_written(run.rows), rows, SUMMARY)
    n_joints = len(config.joints)
    if len(config.torque_limits) != n_joints:
        raise ValueError(
            f"torque_limits of {CONFIG} has {len(config.torque_limits)} numbers for {n_joints} "
            "joints"
        )
    for row in (one for one in run.rows if one["n_motions"]):
        _check_motions(run, row, n_joints)


def _as_written(value: Any) -> Any:
    """Return a value as JSON has it: NumPy's numbers as Python's, and null for not a number."""
    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=float))


def _check_motions(run: Run, row: dict[str, Any], n_joints: int) -> None:
    """Check that the motions of a row are there, and alike."""
    name = f"{row['controller']}, seed {row['seed']}"
    which = tuple(row[key] for key in ("controller", "adaptive", "seed"))
    reaches = [one for one in run.reaches if (one.controller, one.adaptive, one.seed) == which]
    motions = [reach.trajectory for reach in reaches]
    if all(reach.direction != "out" for reach in reaches):
        raise ValueError(f"{TRAJECTORY} has no motion to a target of {name}, as {SUMMARY} says")
    if len({len(motion.time) for motion in motions}) > 1:
        raise ValueError(f"the motions of {name} in {TRAJECTORY} are not of one length")
    if any(motion.q.shape[1] != n_joints for motion in motions):
        raise ValueError(f"motions in {TRAJECTORY} are not of {n_joints} joints, as {CONFIG} says")
    if any(motion.period <= 0 for motion in motions):
        raise ValueError(f"time in {TRAJECTORY} does not begin with a step")
