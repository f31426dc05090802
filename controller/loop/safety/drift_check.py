"""A check of sensed positions against the integral of sensed velocities."""

from collections.abc import Sequence
from math import dist

import numpy as np

from spikearm.arm_models import ArmState
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
        self._limits = [limits.joint_drift] * len(joints) + [limits.hand_drift] * 3
        self._keep = 1.0 - CHECKED_EVERY * period / DRIFT_TIME
        self._q_jump, self._hand_jump = limits.joint_drift, limits.hand_drift
        self._dq_jump = limits.joint_drift / (CHECKED_EVERY * period)
        self._drift = [0.0] * len(self._limits)
        self._dq_sum, self._hand_sum = np.zeros(len(joints)), np.zeros(6)
        self._n_steps, self._sound = 0, False
        self._before: tuple[list[float], list[float], list[float]] | None = None
        self._passed: list[float] | None = None
        self._passed_at = 0.0

    def failure(self, state: ArmState) -> str | None:
        """Name the sensors that drift; return None if none does.

        Args:
            state: Sensed state.
        """
        now = state.q.tolist(), state.hand.position.tolist(), state.dq.tolist()
        before, self._before = self._before or now, now
        self._dq_sum += state.dq
        self._hand_sum += state.hand_velocity
        self._n_steps += 1
        if (
            self._n_steps < CHECKED_EVERY
            and self._sound
            and dist(now[0], before[0]) < self._q_jump
            and dist(now[1], before[1]) < self._hand_jump
            and dist(now[2], before[2]) < self._dq_jump
        ):
            return None
        return self._check(state, [*now[0], *now[1]])

    def _check(self, state: ArmState, now: list[float]) -> str | None:
        each = (state.time - self._passed_at) / self._n_steps
        ways = [*(each * self._dq_sum).tolist(), *(each * self._hand_sum[:3]).tolist()]
        last = self._passed or [here - way for here, way in zip(now, ways, strict=True)]
        columns = zip(self._drift, now, last, ways, strict=True)
        drift = [self._keep * d + here - there - way for d, here, there, way in columns]
        if any(abs(d) > limit for d, limit in zip(drift, self._limits, strict=True)):
            self._dq_sum -= state.dq
            self._hand_sum -= state.hand_velocity
            self._n_steps, self._sound = self._n_steps - 1, False
            return self._describe(drift)
        self._drift, self._passed, self._passed_at = drift, now, state.time
        self._dq_sum[:], self._hand_sum[:] = 0.0, 0.0
        self._n_steps, self._sound = 0, True
        return None

    def _describe(self, drift: Sequence[float]) -> str:
        far = [abs(d) > limit for d, limit in zip(drift, self._limits, strict=True)]
        n_joints = len(self._sensors) - 1
        failed = [*far[:n_joints], any(far[n_joints:])]
        names = [name for name, bad in zip(self._sensors, failed, strict=True) if bad]
        return f"{', '.join(names)} gave positions that do not follow from velocities"
