"""What one motion of the arm was, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from arm_models import ArmState
from controller.controller import StepCounts
from controller.reference import Reference

COUNTED = StepCounts._fields


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
        step_latency_s: Wall time from state to torque, shape (n_steps,) [s].
        spikes, synaptic_events, neuron_updates, learning_updates, host_spikes: Neural work of
            the step, as :class:`controller.controller.StepCounts` has it, shape (n_steps,).
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
                    dtype=np.int64 if name in COUNTED else float,
                )
                for name in (field.name for field in fields(cls))
            }
        )

    def plan(self, times: np.ndarray, references: Sequence[Reference]) -> None:
        """Fill in when each step ends, shape (n_steps,) [s], and where the hand should be then."""
        self.time[:] = times
        poses = [reference.pose for reference in references]
        np.concatenate([pose.position for pose in poses], out=self.reference_position.ravel())
        np.concatenate([pose.quaternion for pose in poses], out=self.reference_quaternion.ravel())

    def write(
        self, step: int, state: ArmState, torque: np.ndarray, latency: float, counts: StepCounts
    ) -> None:
        """Fill in what one step led to."""
        self.q[step], self.dq[step], self.torque[step] = state.q, state.dq, torque
        self.hand_position[step], self.hand_quaternion[step] = state.hand
        self.step_latency_s[step] = latency
        self.spikes[step] = counts.spikes
        self.synaptic_events[step] = counts.synaptic_events
        self.neuron_updates[step] = counts.neuron_updates
        self.learning_updates[step] = counts.learning_updates
        self.host_spikes[step] = counts.host_spikes
