"""A check of sensed positions against the integral of sensed velocities."""

from collections.abc import Sequence

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.kernels.readings import add_velocities
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
    """

    def __init__(self, joints: Sequence[str], limits: SafetyLimits, period: float) -> None:
        self._sensors = (*encoders(joints), TRACKER)
        n = self._n_joints = len(joints)
        self._limits = np.repeat([limits.joint_drift, limits.hand_drift], [n, 3])
        self._keep = 1.0 - CHECKED_EVERY * period / DRIFT_TIME
        speed_jump = limits.joint_drift / (CHECKED_EVERY * period)
        self._jumps = limits.joint_drift, limits.hand_drift, speed_jump
        self._drift, self._sums = np.zeros(n + 3), np.zeros(n + 3)
        self._last = np.full(2 * n + 3, np.nan)
        self._n_steps, self._sound = 0, False
        self._passed: np.ndarray | None = None
        self._passed_at = 0.0

    def failure(self, state: ArmState) -> str | None:
        """Name the sensors that drift; return None if none does.

        Args:
            state: Sensed state.
        """
        jumped = add_velocities(
            state.q, state.dq, state.hand.position, state.hand_velocity,
            self._last, self._sums, *self._jumps,
        )  # fmt: skip
        self._n_steps += 1
        if self._n_steps < CHECKED_EVERY and self._sound and not jumped:
            return None
        return self._check(state)

    def _check(self, state: ArmState) -> str | None:
        now = self._last[: self._n_joints + 3].copy()
        way = (state.time - self._passed_at) / self._n_steps * self._sums
        passed = now - way if self._passed is None else self._passed
        drift = self._keep * self._drift + now - passed - way
        far = abs(drift) > self._limits
        if far.any():
            self._sums -= np.concatenate([state.dq, state.hand_velocity[:3]])
            self._n_steps, self._sound = self._n_steps - 1, False
            return self._describe(far)
        self._drift, self._passed, self._passed_at = drift, now, state.time
        self._sums[:] = 0.0
        self._n_steps, self._sound = 0, True
        return None

    def _describe(self, far: np.ndarray) -> str:
        failed = [*far[: self._n_joints], far[self._n_joints :].any()]
        names = [name for name, bad in zip(self._sensors, failed, strict=True) if bad]
        return f"{', '.join(names)} gave positions that do not follow from velocities"
