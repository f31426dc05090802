"""Row of a summary: the benchmark's metrics of one controller and seed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from spikearm.controller.loop.trajectory import COUNTED, Trajectory
from spikearm.experiments.records.reach import RecordedReach
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.studies.benchmark.episode_outcome import Loss
from spikearm.experiments.studies.benchmark.latency import latency_fields
from spikearm.experiments.studies.benchmark.neurobench import neurobench_metrics
from spikearm.experiments.studies.benchmark.statistics import mean_of_known
from spikearm.experiments.studies.chip_cost import (
    ChipCost,
    chip_cost,
    while_holding,
    while_moving,
)
from spikearm.experiments.tasks.success import SUCCESS, SUCCESS_5MM
from spikearm.loihi_deploy.energy.account import energy_per_step
from spikearm.neural.counts import UNCOUNTED, Footprint, StepCounts

NEURAL_FIELDS = (
    *COUNTED, "energy_per_step_j", "energy_source", "activation_sparsity", "effective_acs",
)  # fmt: skip
CHIP_FIELDS = (
    "stored_events", "chip_messages", "host_messages", "chip_step_time_mean_s",
    "chip_step_time_p99_s", "chip_step_time_max_s",
)  # fmt: skip
SYNAPTIC_FIELDS = {
    "synaptic_energy_moving_j": while_moving, "synaptic_energy_hold_j": while_holding,
}  # fmt: skip
"""Energies of spikes on Loihi, and the steps that each is an average over."""
FOOTPRINT_FIELDS = tuple(Footprint.__dataclass_fields__)
LOSS_FIELDS = ("target", "direction", "problem")
WORKED_OUT = {
    "spikes": ("spikes", "activation_sparsity"),
    "synaptic_events": (
        "synaptic_events", "effective_acs", "energy_per_step_j", "energy_source",
    ),
    "learning_updates": ("learning_updates",),
}  # fmt: skip
"""Counts that a backend may lack, and the fields that are worked out from each."""


@dataclass(frozen=True)
class Measured:
    """Motions and cost of one controller with one seed.

    Attributes:
        identity: Arm, task, feedforward, controller, backend, seed, radius, duration, offset,
            gains, and whether the loop was paced on the wall clock.
        reaches: Its finished reaches.
        wall_time: Wall time of the closed loops, physics included [s].
        build_time: Wall time of building the controller [s].
        footprint: Resources of its network, or None.
        saturated_share: Share of joint torques that were cut at their limit [1].
        velocity_limits: Largest speeds of the arm's joints, shape (n_joints,) [rad/s].
        losses: Motions in which it lost the arm or failed.
    """

    identity: dict[str, Any]
    reaches: list[RecordedReach]
    wall_time: float
    build_time: float
    footprint: Footprint | None
    saturated_share: float
    velocity_limits: np.ndarray
    losses: Sequence[Loss] = ()

    @property
    def n_lost(self) -> int:
        """Number of motions that were not made because of a loss."""
        return sum(loss.n_motions for loss in self.losses)


def make_row(measured: Measured, analytic: list[RecordedReach]) -> dict[str, Any]:
    """Compute the benchmark's fields; those that do not apply, or were not counted, are None.

    Motions that were lost count as missed, and in nothing else.

    Args:
        measured: Motions and cost of the controller.
        analytic: The analytic controller's motions of the same arm, task and seed, at
            least one for every motion measured.
    """
    if not measured.reaches:
        return _row_without_motions(measured, analytic)
    trajectories = [reach.trajectory for reach in measured.reaches]
    return {
        **measured.identity,
        **_number_fields(measured),
        **_control_fields(measured.reaches, analytic),
        **_hardware_fields(measured, analytic),
        "saturated_share": measured.saturated_share,
        **latency_fields(trajectories, measured.identity["realtime"]),
        "build_time_s": measured.build_time,
        "realtime_factor": sum(float(t.time[-1]) for t in trajectories) / measured.wall_time,
        **_neural_fields(trajectories, measured),
    }


def _number_fields(measured: Measured) -> dict[str, Any]:
    """Compute the fields on how many motions were made, lost, and ended at their target."""
    n_planned = len(measured.reaches) + measured.n_lost
    motions = [reach.trajectory for reach in measured.reaches]
    return {
        "n_motions": len(motions),
        "n_lost": measured.n_lost,
        "losses": [{name: getattr(loss, name) for name in LOSS_FIELDS} for loss in measured.losses],
        "success_rate": sum(map(SUCCESS.met, motions)) / n_planned,
        "success_rate_5mm": sum(map(SUCCESS_5MM.met, motions)) / n_planned,
    }


def _row_without_motions(measured: Measured, analytic: list[RecordedReach]) -> dict[str, Any]:
    """Return the row of a controller that lost the arm in every episode, before a motion ended."""
    fields = make_row(replace(measured, reaches=analytic, wall_time=1.0), analytic)  # their names
    known = {**measured.identity, **_number_fields(measured), "build_time_s": measured.build_time}
    return dict.fromkeys(fields) | known


def _control_fields(reaches: list[RecordedReach], analytic: list[RecordedReach]) -> dict[str, Any]:
    pairs = _beside(reaches, analytic)
    position_rmse = _mean(metrics.position_rmse(t) for t, _ in pairs)
    analytic_rmse = _mean(metrics.position_rmse(a) for _, a in pairs)
    return {
        "position_rmse_m": position_rmse,
        "orientation_rmse_rad": _mean(metrics.orientation_rmse(t) for t, _ in pairs),
        "excess_deviation": metrics.excess_deviation(position_rmse, analytic_rmse),
        "fidelity_rmse_m": _mean(metrics.fidelity_rmse(t, a) for t, a in pairs),
        "endpoint_error_m": _mean(metrics.endpoint_error(t) for t, _ in pairs),
        "endpoint_error_max_m": max(metrics.endpoint_error(t) for t, _ in pairs),
        "path_deviation_m": _mean(metrics.path_deviation(t) for t, _ in pairs),
        "jerk": _mean(metrics.jerk(t) for t, _ in pairs),
        "effort": _mean(metrics.effort(t) for t, _ in pairs),
    }


def _hardware_fields(measured: Measured, analytic: list[RecordedReach]) -> dict[str, Any]:
    """Compute the fields that a real arm sets limits to."""
    pairs, limits = _beside(measured.reaches, analytic), measured.velocity_limits
    return {
        "joint_speed_max_share": max(metrics.joint_speed_max_share(t, limits) for t, _ in pairs),
        "torque_rate_max": max(metrics.torque_rate_max(t) for t, _ in pairs),
        "torque_ripple_rms": _mean(metrics.torque_ripple_rms(t, a) for t, a in pairs),
        "torque_ripple_hold": mean_of_known(metrics.torque_ripple_hold(t) for t, _ in pairs),
        "hand_acceleration_rms_hold": mean_of_known(
            metrics.hand_acceleration_rms_hold(t) for t, _ in pairs
        ),
    }


def _beside(
    reaches: list[RecordedReach], analytic: list[RecordedReach]
) -> list[tuple[Trajectory, Trajectory]]:
    """Pair each motion with the analytic controller's."""
    baseline = {(reach.target, reach.direction): reach.trajectory for reach in analytic}
    return [(reach.trajectory, baseline[reach.target, reach.direction]) for reach in reaches]


def _neural_fields(trajectories: list[Trajectory], measured: Measured) -> dict[str, Any]:
    footprint = measured.footprint
    if footprint is None:
        return dict.fromkeys((*NEURAL_FIELDS, *CHIP_FIELDS, *SYNAPTIC_FIELDS, *FOOTPRINT_FIELDS))
    counts = {
        name: _mean(np.concatenate([getattr(t, name) for t in trajectories])) for name in COUNTED
    }
    step, chip = StepCounts(**counts), chip_cost(trajectories, footprint)
    fields = {
        **counts,
        **asdict(footprint),
        **neurobench_metrics(step, footprint, values=measured.identity["controller"] == "rate"),
        **_chip_fields(chip),
        **_synaptic_fields(trajectories, footprint),
        "energy_per_step_j": energy_per_step(step, chip and chip.work),
        "energy_source": "estimated",
    }
    lacking = [names for count, names in WORKED_OUT.items() if counts[count] == UNCOUNTED]
    return fields | dict.fromkeys(name for names in lacking for name in names)


def _chip_fields(chip: ChipCost | None) -> dict[str, Any]:
    if chip is None:
        return dict.fromkeys(CHIP_FIELDS)
    values = (
        chip.work.stored_events, chip.work.messages, chip.host_messages, chip.time_mean,
        chip.time_p99, chip.time_longest,
    )  # fmt: skip
    return dict(zip(CHIP_FIELDS, values, strict=True))


def _synaptic_fields(
    trajectories: list[Trajectory], footprint: Footprint
) -> dict[str, float | None]:
    costs = {
        name: chip_cost(trajectories, footprint, chosen) for name, chosen in SYNAPTIC_FIELDS.items()
    }
    energies = {name: cost and cost.synaptic_energy for name, cost in costs.items()}
    return {name: energy and energy.least for name, energy in energies.items()}


def _mean(values) -> float:  # noqa: ANN001  any iterable of numbers
    return float(np.mean(list(values)))
