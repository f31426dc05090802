"""Table of a run's results: means over seeds, with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table

from spikearm.experiments.controllers import controller_label
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval
from spikearm.experiments.tables import make_table


@dataclass(frozen=True)
class Column:
    """Metric as a table shows it.

    Attributes:
        heading: Name and unit.
        key: Field of a row; ``field.part`` looks into a field that is a dictionary.
        factor: From the field's SI unit to the heading's.
        fmt: Format of the number.
    """

    heading: str
    key: str
    factor: float
    fmt: str

    def cell(self, rows: Sequence[dict[str, Any]]) -> tuple[str, str]:
        """Return the mean and its 95 % interval as text, empty where they do not apply."""
        scaled = self._scaled(rows)
        if scaled is None:
            return "", ""
        low, high = bootstrap_interval(scaled, np.random.default_rng(0))
        interval = "" if low == high else f"[{low:{self.fmt}}, {high:{self.fmt}}]"
        return self.mean(rows), interval

    def mean(self, rows: Sequence[dict[str, Any]]) -> str:
        """Return the mean alone as text, empty where it does not apply."""
        scaled = self._scaled(rows)
        return "" if scaled is None else format(scaled.mean(), self.fmt)

    def _scaled(self, rows: Sequence[dict[str, Any]]) -> np.ndarray | None:
        values = [self._value(row) for row in rows]
        if any(value is None for value in values):
            return None
        return self.factor * np.array(values, dtype=float)

    def _value(self, row: dict[str, Any]) -> float | None:
        key, _, part = self.key.partition(".")
        value = row[key]
        return value[part] if part and value is not None else value


CONTROL = (
    Column("position rmse mm", "position_rmse_m", 1e3, ".3f"),
    Column("orientation rmse mrad", "orientation_rmse_rad", 1e3, ".2f"),
    Column("excess deviation %", "excess_deviation", 1e2, ".1f"),
    Column("fidelity rmse mm", "fidelity_rmse_m", 1e3, ".3f"),
    Column("endpoint mm", "endpoint_error_m", 1e3, ".3f"),
    Column("success %", "success_rate", 1e2, ".0f"),
    Column("largest joint speed, % of limit", "joint_speed_max_share", 1e2, ".0f"),
    Column("largest torque rate N m/ms", "torque_rate_max", 1.0, ".2f"),
    Column("torque ripple rms N m", "torque_ripple_rms", 1.0, ".3f"),
    Column("hand shakes at rest, rms m/s²", "hand_acceleration_rms_hold", 1.0, ".3f"),
)
TIME = (
    Column("latency p50 ms", "step_latency_p50_s", 1e3, ".2f"),
    Column("real-time factor", "realtime_factor", 1.0, ".2f"),
)
DETAIL = (
    Column("largest endpoint error mm", "endpoint_error_max_m", 1e3, ".3f"),
    Column("path deviation mm", "path_deviation_m", 1e3, ".3f"),
    Column("jerk m²/s⁵", "jerk", 1.0, ".1f"),
    Column("effort N²m²s", "effort", 1.0, ".1f"),
    Column("torques cut at their limit %", "saturated_share", 1e2, ".2f"),
    Column("spikes per step", "spikes", 1.0, ".1f"),
    Column("synaptic events per step", "synaptic_events", 1.0, ".0f"),
    Column("neuron updates per step", "neuron_updates", 1.0, ".0f"),
    Column("activation sparsity %", "activation_sparsity", 1e2, ".1f"),
    Column("connection sparsity %", "connection_sparsity", 1e2, ".1f"),
    Column("footprint kB", "footprint_bytes", 1e-3, ".0f"),
    Column("Loihi cores", "cores", 1.0, ".0f"),
    Column("Loihi compartments", "compartments", 1.0, ".0f"),
    Column("stored weights that spikes reach per step", "stored_events", 1.0, ".0f"),
    Column("messages from the host per step", "host_messages", 1.0, ".1f"),
    Column("time of a step on Loihi µs, estimated", "chip_step_time_mean_s", 1e6, ".1f"),
    Column("longest step on Loihi µs, estimated", "chip_step_time_max_s", 1e6, ".1f"),
    Column("energy per step on Loihi µJ, least prices", "energy_per_step_j.loihi", 1e6, ".3f"),
    Column(
        "energy per step on Loihi µJ, calibrated prices",
        "energy_per_step_j.loihi_calibrated",
        1e6,
        ".3f",
    ),
    Column("energy per step on a CPU µJ, estimated", "energy_per_step_j.cpu", 1e6, ".1f"),
)


def by_controller(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Group rows by their controller's label, in the order in which labels first occur."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(controller_label(row["controller"], row["adaptive"]), []).append(row)
    return groups


def summary_table(rows: Sequence[dict[str, Any]], title: str) -> Table:
    """Lay out the most important metrics as lines and controllers as columns."""
    controllers = by_controller(rows)
    table = make_table(title, ("", *controllers))
    for column in CONTROL + TIME:
        cells = (column.cell(mine) for mine in controllers.values())
        table.add_row(column.heading, *("\n".join(filter(None, cell)) for cell in cells))
    return table
