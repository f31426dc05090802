"""Table of firmness, a line per point."""

from collections.abc import Sequence

from rich.table import Table

from spikearm.experiments.perturbations.registry import find_perturbation
from spikearm.experiments.perturbations.strength import shown_strength
from spikearm.experiments.studies.firmness.measurement import FirmnessPoint
from spikearm.experiments.tables import make_table

COLUMNS = {
    "fidelity_rmse_m": ("fidel.\nmm", 1e3, ".3f"),
    "endpoint_error_m": ("end\nmm", 1e3, ".3f"),
    "torque_rate_max": ("rate\nN m/ms", 1.0, ".2f"),
    "torque_ripple_hold": ("ripple\nN m", 1.0, ".2f"),
    "hand_acceleration_rms_hold": ("shake\nm/s²", 1.0, ".2f"),
}
"""Heading, factor and format of the metrics that are shown."""


def firmness_table(points: Sequence[FirmnessPoint]) -> Table:
    """Build a table of the measurements; ``tau`` is that of the smoothing."""
    names = list(points[0].borne) if points else []
    borne = [find_perturbation(name) for name in names]
    headings = (
        "kp\n1/s²", "kv\n1/s", "tau\nms", *(heading for heading, _, _ in COLUMNS.values()),
        *(f"{name}\n{one.unit}" for name, one in zip(names, borne, strict=True)),
    )  # fmt: skip
    table = make_table(None, headings, left=(), no_wrap=headings, pad_edge=False)
    for point in points:
        table.add_row(
            f"{point.kp:g}", f"{point.kv:.0f}", f"{1e3 * point.smoothing_tau:g}",
            *(_cell(point.metrics[key], f, fmt) for key, (_, f, fmt) in COLUMNS.items()),
            *(
                shown_strength(one, point.borne[name])
                for name, one in zip(names, borne, strict=True)
            ),
        )  # fmt: skip
    return table


def _cell(value: float | None, factor: float, fmt: str) -> str:
    return "lost" if value is None else format(factor * value, fmt)
