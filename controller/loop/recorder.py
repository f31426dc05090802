"""The recorder of a motion, step by step."""

from dataclasses import fields
from types import SimpleNamespace

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.loop.pace import Beat
from spikearm.controller.loop.step_times import StepTimes
from spikearm.controller.loop.trajectory import INTEGERS, PARTS, Trajectory
from spikearm.controller.references.reference import Reference
from spikearm.neural.counts import ChipWork, StepCounts


class Recorder:
    """Recorder of a motion step by step, which makes a trajectory of it.

    Args:
        times: End of each step, since the motion began, shape (n_steps,) [s].
        n_joints: Number of joints.
    """

    def __init__(self, times: np.ndarray, n_joints: int) -> None:
        widths = {"q": n_joints, "dq": n_joints, "torque": n_joints} | {
            f"{owner}_{name}": width
            for owner in ("hand", "reference")
            for name, width in (("position", 3), ("quaternion", 4))
        }
        widths["chip_work"] = len(ChipWork._fields)
        shapes = {
            field.name: (len(times), widths[field.name]) if field.name in widths else len(times)
            for field in fields(Trajectory)
        }
        self._columns = SimpleNamespace(
            **{
                name: np.zeros(shape, dtype=np.int64 if name in INTEGERS else float)
                for name, shape in shapes.items()
            }
        )
        self._columns.time[:] = times
        self._references: list[Reference] = []

    def write(
        self,
        step: int,
        beat: Beat,
        state: ArmState,
        reference: Reference,
        torque: np.ndarray,
        counts: StepCounts | None,
    ) -> None:
        """Write down a step.

        Args:
            step: Number of the step, from 0.
            beat: Beginning of the step.
            state: State of the arm after it.
            reference: Reference at the same time.
            torque: Torque that moved the arm, after saturation, shape (n_joints,) [N m].
            counts: Neural work that it took; None where the torque of the step before was held.
        """
        columns = self._columns
        columns.late_s[step], columns.skipped_periods[step] = beat
        columns.q[step], columns.dq[step], columns.torque[step] = state.q, state.dq, torque
        columns.hand_position[step], columns.hand_quaternion[step] = state.hand
        self._references.append(reference)
        if counts is None:
            columns.held[step] = 1
            return
        columns.spikes[step] = counts.spikes
        columns.synaptic_events[step] = counts.synaptic_events
        columns.neuron_updates[step] = counts.neuron_updates
        columns.learning_updates[step] = counts.learning_updates
        columns.host_spikes[step] = counts.host_spikes

    @property
    def n_computed(self) -> int:
        """Number of steps whose torque was computed, not held."""
        return int(np.count_nonzero(self._columns.held == 0))

    def finish(self, times: StepTimes, chip_work: np.ndarray | None = None) -> Trajectory:
        """Return all that was written down.

        Args:
            times: Wall times of the steps.
            chip_work: Work of a chip in the steps whose torque was computed, shape
                (n_computed, n_fields). Default: none.
        """
        columns = vars(self._columns)
        if chip_work is not None:
            columns["chip_work"][columns["held"] == 0] = chip_work
        poses = [reference.pose for reference in self._references]
        if poses:
            positions, quaternions = zip(*poses, strict=True)
            columns["reference_position"] = np.concatenate(positions).reshape(-1, 3)
            columns["reference_quaternion"] = np.concatenate(quaternions).reshape(-1, 4)
        columns |= dict(zip(PARTS, times, strict=True))
        columns["step_latency_s"] = np.sum(times, axis=0)
        return Trajectory(**columns)
