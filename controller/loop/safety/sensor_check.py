"""A check of sensor readings for faults."""

from collections.abc import Sequence

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.kernels.readings import NOT_FINITE, take_readings
from spikearm.controller.references.reference import Reference

TRACKER = "the hand's tracker"
JOINT_SPEED = 0.05  # rad/s; at 1 kHz, encoders of 17 bits tell every step from the one before
HAND_SPEED = 0.02  # m/s, and rad/s of the reference: a tenth of a reach's mean speed


def encoders(joints: Sequence[str]) -> list[str]:
    """Return the names of the joints' encoders."""
    return [f"the encoder of {name}" for name in joints]


class SensorCheck:
    """A check of one sensed state after the other.

    A sensor has failed if its reading is not finite, or has been the same to the last bit for some
    steps in which it had to change: a joint's position while its speed is not 0, the hand's while
    it moves, or all of them while the reference moves. A single encoder that freezes and gives a
    speed of 0 looks like a joint at rest: it is found by
    :class:`~spikearm.controller.loop.safety.hand_check.HandCheck`.

    Args:
        joints: Names of the joints.
        frozen_steps: Number of steps for which a reading may stay the same.

    Attributes:
        suspicious: True if a sensor was stuck in the last step, for however short a time.
        memory: Last readings, and which of them stayed the same, as
            :func:`~spikearm.controller.kernels.readings.take_readings` takes them.
    """

    def __init__(self, joints: Sequence[str], frozen_steps: int) -> None:
        self._sensors = (*encoders(joints), TRACKER)
        self._frozen_steps = frozen_steps
        self._unchanged = np.zeros(len(self._sensors), dtype=int)
        self.suspicious = False
        self._same = np.zeros(len(self._sensors), dtype=bool)
        self.memory = np.full(2 * len(joints) + 3, np.nan), self._same

    def failure(self, state: ArmState, reference: Reference) -> str | None:
        """Name the sensors that failed and their fault; return None if all work.

        Args:
            state: Sensed state.
            reference: Reference of the same time.
        """
        fault = take_readings(state.q, state.dq, *state.hand, state.hand_velocity, *self.memory)
        if fault == NOT_FINITE:
            self._unchanged[:] = 0
            return f"{self._names(_not_finite(state))} gave no finite number"
        if fault or self.suspicious:
            return self._frozen(self._same & _must_change(self._same, state, reference))
        return None

    def _frozen(self, stuck: np.ndarray) -> str | None:
        """Count the steps for which sensors have been stuck, and name those that are frozen."""
        self._unchanged = np.where(stuck, self._unchanged + 1, 0)
        self.suspicious = bool(stuck.any())
        frozen = self._unchanged >= self._frozen_steps
        return f"{self._names(frozen)} did not change" if frozen.any() else None

    def _names(self, failed: np.ndarray) -> str:
        if failed.all():
            return "all sensors"
        return ", ".join(name for name, bad in zip(self._sensors, failed, strict=True) if bad)


def _not_finite(state: ArmState) -> np.ndarray:
    """Find the sensors whose numbers are not finite, shape (n_joints + 1,)."""
    hand = np.concatenate([*state.hand, state.hand_velocity])
    return ~np.append(np.isfinite(state.q) & np.isfinite(state.dq), np.isfinite(hand).all())


def _must_change(same: np.ndarray, state: ArmState, reference: Reference) -> np.ndarray:
    """Find the sensors whose readings cannot stay the same, shape (n_joints + 1,)."""
    if same.all() and np.abs(reference.velocity).max() > HAND_SPEED:
        return same
    hand_speed = np.linalg.norm(state.hand_velocity[:3])
    return np.append(np.abs(state.dq) > JOINT_SPEED, hand_speed > HAND_SPEED)
