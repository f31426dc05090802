"""A recorded motion of the arm."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.controller.loop.step_times import StepTimes
from spikearm.neural.counts import ChipWork, StepCounts

if TYPE_CHECKING:
    from pandas import DataFrame

COUNTED = StepCounts._fields
PARTS = tuple(f"{part}_s" for part in StepTimes._fields)
TIMED = ("step_latency_s", *PARTS, "late_s", "skipped_periods")
"""Fields that depend on the clock, and are never the same twice."""
INTEGERS = {*COUNTED, "skipped_periods", "held"}


@dataclass(frozen=True, repr=False)
class Trajectory:
    """Recorded motion; row ``i`` holds the state after step ``i``, and its torque and reference.

    Attributes:
        time: Time since the motion's start, shape (n_steps,) [s].
        q, dq: Joint positions and velocities, shape (n_steps, n_joints) [rad, rad/s].
        torque: Torque that moved the arm in the step, after saturation,
            shape (n_steps, n_joints) [N m].
        hand_position: Position of the hand, shape (n_steps, 3) [m].
        hand_quaternion: Orientation of the hand, scalar first, shape (n_steps, 4).
        reference_position, reference_quaternion: Pose of the reference at the same time.
        step_latency_s: Wall time from state read to torque written, the sum of the next five,
            shape (n_steps,) [s].
        sense_s, encode_s, network_s, decode_s, act_s: Parts of it, as
            :class:`spikearm.controller.loop.step_times.StepTimes` has them, shape (n_steps,) [s].
        late_s: Time from when the step was due to when it began, at real time,
            shape (n_steps,) [s].
        skipped_periods: Periods left out before it, at real time, shape (n_steps,).
        held: 1 where sensors had failed and the torque of the step before was held, else 0,
            shape (n_steps,).
        spikes, synaptic_events, neuron_updates, learning_updates, host_spikes: Neural work of
            the step, as :class:`spikearm.neural.counts.StepCounts` has it, shape (n_steps,).
        chip_work: Work of the chip in the step, in the order of
            :class:`spikearm.neural.counts.ChipWork`, shape (n_steps, n_fields).
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
    chip_work: np.ndarray

    def __post_init__(self) -> None:
        for field in fields(self):
            frozen = getattr(self, field.name).view()
            frozen.flags.writeable = False
            object.__setattr__(self, field.name, frozen)

    def __repr__(self) -> str:
        n_steps, n_joints = self.q.shape
        return f"Trajectory({n_steps} steps of {n_joints} joints, {n_steps * self.period:g} s)"

    @property
    def period(self) -> float:
        """Control period [s]."""
        return float(self.time[0])

    @property
    def hold(self) -> slice:
        """Steps at the end in which the reference stands still, the last one at least."""
        moving = (self.reference_position != self.reference_position[-1]).any(axis=1)
        moving |= (self.reference_quaternion != self.reference_quaternion[-1]).any(axis=1)
        return slice(int(np.flatnonzero(moving)[-1]) + 1 if moving.any() else 0, None)

    def to_pandas(self) -> "DataFrame":
        """Return a table of one row per step, indexed by time [s].

        A field of several numbers becomes as many columns: ``q_0``, ``q_1`` and so on, the axes
        ``hand_position_x`` to ``_z``, the quaternions ``_w`` to ``_z``, and the work of the chip
        by its names, ``chip_work_messages`` and so on.

        Raises:
            SpikearmError: pandas is not installed.
        """
        try:
            from pandas import DataFrame, Index
        except ImportError as error:
            raise SpikearmError("A table takes pandas: pip install pandas.") from error
        names = [field.name for field in fields(self) if field.name != "time"]
        columns = {label: c for name in names for label, c in _columns(name, getattr(self, name))}
        return DataFrame(columns, index=Index(self.time, name="time"))


def _columns(name: str, values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Name the columns of a field."""
    if values.ndim == 1:
        yield name, values
        return
    kind = name.rpartition("_")[2]
    known = {"position": "xyz", "quaternion": "wxyz", "work": ChipWork._fields}
    labels = known.get(kind, range(values.shape[1]))
    for label, column in zip(labels, values.T, strict=True):
        yield f"{name}_{label}", column
