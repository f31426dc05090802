"""A check of sensed positions against the integral of sensed velocities."""

from collections.abc import Sequence

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.kernels import drift
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.sensor_check import TRACKER, encoders

DRIFT_TIME = 0.2  # s; slower drifts are forgotten
CHECKED_EVERY = 10  # steps, unless a reading jumps


class DriftCheck:
    """A check that positions change as velocities say, for every joint and the hand.

    The drift is ``d <- d (1 - T / DRIFT_TIME) + (q - q_before) - T dq`` with the time ``T`` since
    the last state that passed and the mean velocity ``dq`` since then. A state that does not pass
    is left out of it, so that one bad reading spoils none of the next.

    Args:
        joints: Names of the joints.
        limits: Largest drifts.
        period: Control period [s].

    Attributes:
        memory: Steps between checks, last readings, table and numbers, as
            :func:`~spikearm.controller.kernels.drift.take_drift` takes them.
    """

    def __init__(self, joints: Sequence[str], limits: SafetyLimits, period: float) -> None:
        self._sensors = (*encoders(joints), TRACKER)
        n = self._n_joints = len(joints)
        self._table = np.zeros((5, n + 3))
        self._table[drift.PASSED] = np.nan
        self._table[drift.LIMITS] = np.repeat([limits.joint_drift, limits.hand_drift], [n, 3])
        numbers = np.zeros(7)
        numbers[drift.KEEP] = 1.0 - CHECKED_EVERY * period / DRIFT_TIME
        numbers[drift.POSITION_JUMP] = limits.joint_drift
        numbers[drift.HAND_JUMP] = limits.hand_drift
        numbers[drift.SPEED_JUMP] = limits.joint_drift / (CHECKED_EVERY * period)
        self.memory = CHECKED_EVERY, np.full(2 * n + 3, np.nan), self._table, numbers

    def failure(self, state: ArmState) -> str | None:
        """Name the sensors that drift; return None if none does.

        Args:
            state: Sensed state.
        """
        every, *memory = self.memory
        found = drift.take_drift(
            every, state.time, state.q, state.dq, state.hand.position, state.hand_velocity, *memory
        )
        return self._describe() if found == drift.FAR_STATE else None

    def _describe(self) -> str:
        far = ~(abs(self._table[drift.NEXT]) <= self._table[drift.LIMITS])
        failed = [*far[: self._n_joints], far[self._n_joints :].any()]
        names = [name for name, bad in zip(self._sensors, failed, strict=True) if bad]
        return f"{', '.join(names)} gave positions that do not follow from velocities"
