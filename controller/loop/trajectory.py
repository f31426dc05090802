"""What one motion of the arm was, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.loop.step_times import StepTimes
from spikearm.controller.references.reference import Reference
from spikearm.neural.counts import StepCounts

COUNTED = StepCounts._fields
PARTS = tuple(f"{part}_s" for part in StepTimes._fields)
TIMED = ("step_latency_s", *PARTS, "late_s", "skipped_periods")
"""What depends on the clock, and is never the same twice."""
INTEGERS = {*COUNTED, "skipped_periods", "held"}


@dataclass(frozen=True)
class Trajectory:
    """One motion; row ``i`` holds the state after step ``i`` and what led to it.

    Attributes:
        time: Time since the motion's start, shape (n_steps,) [s].
        q, dq: Joint positions and velocities, shape (n_steps, n_joints) [rad, rad/s].
        torque: Torque that moved the arm in the step, after saturation,
            shape (n_steps, n_joints) [N m].
        hand_position: Shape (n_steps, 3) [m].
        hand_quaternion: Scalar first, shape (n_steps, 4).
        reference_position, reference_quaternion: The ideal pose at the same time.
        step_latency_s: Wall time from state read to torque written, the sum of the next five,
            shape (n_steps,) [s].
        sense_s, encode_s, network_s, decode_s, act_s: Its parts, as
            :class:`spikearm.controller.loop.step_times.StepTimes` has them, shape (n_steps,) [s].
        late_s: How long after it was due the step began, at real time, shape (n_steps,) [s].
        skipped_periods: Periods left out before it, at real time, shape (n_steps,).
        held: 1 where sensors had failed and the torque of the step before was held, else 0,
            shape (n_steps,).
        spikes, synaptic_events, neuron_updates, learning_updates, host_spikes: Neural work of
            the step, as :class:`spikearm.neural.counts.StepCounts` has it, shape (n_steps,).
    """

    time: np.ndarray
    q: np.ndarray
    dq: np.ndarray
    torque: np.ndarray
    hand_position: np.ndarray
    hand_quaternion: np.ndarray
    reference_position: np.ndarray
    reference_quaternion: np.ndarray
    step_latency_s: np.ndarray
    sense_s: np.ndarray
    encode_s: np.ndarray
    network_s: np.ndarray
    decode_s: np.ndarray
    act_s: np.ndarray
    late_s: np.ndarray
    skipped_periods: np.ndarray
    held: np.ndarray
    spikes: np.ndarray
    synaptic_events: np.ndarray
    neuron_updates: np.ndarray
    learning_updates: np.ndarray
    host_spikes: np.ndarray

    @classmethod
    def empty(cls, n_steps: int, n_joints: int) -> "Trajectory":
        """Make room for a motion."""
        widths = {"q": n_joints, "dq": n_joints, "torque": n_joints} | {
            f"{owner}_{name}": width
            for owner in ("hand", "reference")
            for name, width in (("position", 3), ("quaternion", 4))
        }
        return cls(
            **{
                name: np.zeros(
                    (n_steps, widths[name]) if name in widths else n_steps,
                    dtype=np.int64 if name in INTEGERS else float,
                )
                for name in (field.name for field in fields(cls))
            }
        )

    @property
    def period(self) -> float:
        """Control period [s]."""
        return float(self.time[0])

    def plan(self, times: np.ndarray, references: Sequence[Reference]) -> None:
        """Fill in when each step ends, shape (n_steps,) [s], and where the hand should be then."""
        self.time[:] = times
        poses = [reference.pose for reference in references]
        np.concatenate([pose.position for pose in poses], out=self.reference_position.ravel())
        np.concatenate([pose.quaternion for pose in poses], out=self.reference_quaternion.ravel())

    def time_steps(self, times: StepTimes) -> None:
        """Fill in how long the steps took."""
        for part, seconds in zip(PARTS, times, strict=True):
            getattr(self, part)[:] = seconds
        self.step_latency_s[:] = np.sum(times, axis=0)

    def write(self, step: int, state: ArmState, torque: np.ndarray, counts: StepCounts) -> None:
        """Fill in what one step led to."""
        self.q[step], self.dq[step], self.torque[step] = state.q, state.dq, torque
        self.hand_position[step], self.hand_quaternion[step] = state.hand
        self.spikes[step] = counts.spikes
        self.synaptic_events[step] = counts.synaptic_events
        self.neuron_updates[step] = counts.neuron_updates
        self.learning_updates[step] = counts.learning_updates
        self.host_spikes[step] = counts.host_spikes
