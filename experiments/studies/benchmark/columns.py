"""Metrics as tables and reports show them: the one place of their names, units and meanings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikearm.experiments.studies.benchmark.latency import WARM_UP_STEPS
from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval
from spikearm.experiments.tasks.success import SUCCESS, SUCCESS_5MM

MICRO = 1e6


@dataclass(frozen=True)
class Column:
    """Metric as it is shown.

    Attributes:
        name: Name.
        unit: Unit; of a percentage, also the whole that it is a part of. Empty for plain numbers.
        key: Field of a row; ``field.part`` looks into a field that is a dictionary.
        factor: From the field's SI unit to the unit that is shown.
        fmt: Format of the number.
        meaning: Words that explain the metric, a line at most.
    """

    name: str
    unit: str
    key: str
    factor: float
    fmt: str
    meaning: str

    @property
    def heading(self) -> str:
        """Name and unit."""
        return f"{self.name}{', ' if self.unit.startswith('%') else ' '}{self.unit}".strip()

    def cell(self, rows: Sequence[dict[str, Any]]) -> tuple[str, str]:
        """Return the mean and its 95 % interval as text, empty where they do not apply."""
        bounds = self.interval(rows)
        return self.mean(rows), "" if bounds is None else f"[{', '.join(bounds)}]"

    def mean(self, rows: Sequence[dict[str, Any]]) -> str:
        """Return the mean alone as text, empty where it does not apply."""
        scaled = self._scaled(rows)
        return "" if scaled is None else format(scaled.mean(), self.fmt)

    def interval(self, rows: Sequence[dict[str, Any]]) -> tuple[str, str] | None:
        """Return the bounds of the mean's 95 % interval as text; None where there is none."""
        scaled = self._scaled(rows)
        if scaled is None:
            return None
        low, high = bootstrap_interval(scaled, np.random.default_rng(0))
        return None if low == high else (format(low, self.fmt), format(high, self.fmt))

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
    Column("success", "% of motions", "success_rate", 1e2, ".0f",
           f"motions that end {SUCCESS} for {SUCCESS.lasting:g} s"),
    Column("within 5 mm", "% of motions", "success_rate_5mm", 1e2, ".0f",
           f"motions {SUCCESS_5MM} in their last step"),
    Column("position rmse", "mm", "position_rmse_m", 1e3, ".3f",
           "distance from the ideal path, root mean square over time"),
    Column("fidelity rmse", "mm", "fidelity_rmse_m", 1e3, ".3f",
           "distance from the analytic law's path, likewise"),
    Column("orientation rmse", "mrad", "orientation_rmse_rad", 1e3, ".2f",
           "angle from the ideal orientation, likewise"),
    Column("endpoint error", "mm", "endpoint_error_m", 1e3, ".3f",
           "distance from the target after the hold"),
    Column("excess deviation", "% of analytic", "excess_deviation", 1e2, ".1f",
           "position rmse beyond the analytic law's, as a part of it"),
    Column("fastest joint", "% of its limit", "joint_speed_max_share", 1e2, ".0f",
           "largest joint speed of all motions"),
    Column("torque rate", "N m/ms", "torque_rate_max", 1.0, ".2f",
           "largest change of a joint's torque in a step"),
    Column("torque ripple", "N m", "torque_ripple_rms", 1.0, ".3f",
           "torque less the analytic law's, root mean square"),
    Column("ripple at rest", "N m", "torque_ripple_hold", 1.0, ".3f",
           "while holding, torque less its mean over 0.1 s, likewise"),
    Column("shaking at rest", "m/s²", "hand_acceleration_rms_hold", 1.0, ".3f",
           "acceleration of the hand that holds, root mean square"),
)  # fmt: skip
"""Metrics of the motions, the most important ones first."""

LOST = Column(
    "lost",
    "motions",
    "n_lost",
    1.0,
    ".0f",
    "motions that a lost arm did not make; they count as missed",
)
"""Motions that were lost, shown where there are any."""

TIME = (
    Column("latency", "ms", "step_latency_p50_s", 1e3, ".2f",
           "from state read to torque written, median"),
    Column("real-time factor", "", "realtime_factor", 1.0, ".2f",
           "simulated time over wall time, physics included"),
)  # fmt: skip

DETAIL = (
    Column("largest endpoint error", "mm", "endpoint_error_max_m", 1e3, ".3f",
           "distance from the target after the hold, of the worst motion"),
    Column("path deviation", "mm", "path_deviation_m", 1e3, ".3f",
           "largest distance from the straight line"),
    Column("jerk", "m²/s⁵", "jerk", 1.0, ".1f", "squared jerk of the hand, integrated"),
    Column("effort", "N²m²s", "effort", 1.0, ".1f", "squared joint torques, integrated"),
    Column("saturation", "% of torques", "saturated_share", 1e2, ".2f",
           "joint torques that were cut at their limit"),
    Column("spikes", "per step", "spikes", 1.0, ".1f",
           "neurons that put something out, and spikes from the host"),
    Column("synaptic events", "per step", "synaptic_events", 1.0, ".0f",
           "nonzero weights that spikes reach"),
    Column("neuron updates", "per step", "neuron_updates", 1.0, ".0f",
           "neurons whose state is advanced"),
    Column("activation sparsity", "% of neurons", "activation_sparsity", 1e2, ".1f",
           "neurons that are silent in a step"),
    Column("connection sparsity", "% of weights", "connection_sparsity", 1e2, ".1f",
           "weights that are zero"),
    Column("footprint", "kB", "footprint_bytes", 1e-3, ".0f",
           "memory of weights and neurons, as NeuroBench counts it"),
    Column("Loihi cores", "", "cores", 1.0, ".0f", "cores that the network takes, of 128 a chip"),
    Column("Loihi compartments", "", "compartments", 1.0, ".0f", "neurons on the chip"),
    Column("stored weights", "per step", "stored_events", 1.0, ".0f",
           "weights in the chip's memory that spikes reach, zeros among them"),
    Column("host messages", "per step", "host_messages", 1.0, ".1f",
           "spikes from the host on their way to groups of synapses"),
    Column("chip time", "µs", "chip_step_time_mean_s", MICRO, ".1f",
           "mean time of a step on Loihi, estimated"),
    Column("longest chip time", "µs", "chip_step_time_max_s", MICRO, ".1f",
           "longest time of a step on Loihi, estimated"),
    Column("energy, least prices", "µJ per step", "energy_per_step_j.loihi", MICRO, ".3f",
           "dynamic energy of a step on Loihi, estimated by published prices"),
    Column("for spikes, moving", "µJ per step", "synaptic_energy_moving_j", MICRO, ".3f",
           "part of it for synaptic events, while the target moves"),
    Column("for spikes, holding", "µJ per step", "synaptic_energy_hold_j", MICRO, ".3f",
           "the same while the arm holds"),
    Column("energy, calibrated prices", "µJ per step", "energy_per_step_j.loihi_calibrated",
           MICRO, ".3f", "dynamic energy by prices that were fitted to measured chips"),
    Column("energy, on a CPU", "µJ per step", "energy_per_step_j.cpu", MICRO, ".1f",
           "dynamic energy of the same network on a CPU, estimated"),
)  # fmt: skip

LATENCY = (
    Column("sense", "µs", "part_latency_p50_s.sense", MICRO, ".1f", "reading the arm's state"),
    Column("encode", "µs", "part_latency_p50_s.encode", MICRO, ".1f",
           "from the state to the network's inputs"),
    Column("network", "µs", "part_latency_p50_s.network", MICRO, ".1f",
           "a step of the network; without neurons, the whole law"),
    Column("decode", "µs", "part_latency_p50_s.decode", MICRO, ".1f",
           "from the network's outputs to joint torques"),
    Column("act", "µs", "part_latency_p50_s.act", MICRO, ".1f",
           "handing the torque to the arm, cut at its limits"),
    Column("whole step", "µs", "step_latency_p50_s", MICRO, ".1f", "all of these"),
    Column("99th percentile", "µs", "step_latency_p99_s", MICRO, ".1f",
           "time that 1 % of steps exceed"),
    Column("longest", "µs", "step_latency_max_s", MICRO, ".0f", "the longest step"),
    Column("jitter", "µs", "step_latency_jitter_s", MICRO, ".1f",
           "99th percentile less the median"),
    Column("warm-up", "µs", "warm_up_latency_p50_s", MICRO, ".1f",
           f"median of the first {WARM_UP_STEPS} steps of motions, left out above"),
    Column("warm-up, longest", "µs", "warm_up_latency_max_s", MICRO, ".0f",
           "the longest of these"),
    Column("deadlines missed", "% of steps", "deadline_miss_rate", 1e2, ".2f",
           "torques later than a control period after they were due"),
    Column("began late", "µs", "start_late_p50_s", MICRO, ".1f",
           "start of a step after it was due, median"),
    Column("began late, 99 %", "µs", "start_late_p99_s", MICRO, ".1f",
           "the same, 99th percentile"),
    Column("began late, longest", "µs", "start_late_max_s", MICRO, ".0f",
           "the same, the latest"),
    Column("overruns", "% of steps", "overrun_rate", 1e2, ".2f",
           "steps that run into later periods"),
    Column("periods skipped", "", "skipped_periods", 1.0, ".0f", "periods without a step"),
    Column("building", "s", "build_time_s", 1.0, ".2f", "building the controller, before it runs"),
)  # fmt: skip
"""Wall times of a control step: medians, where nothing else is said."""
