"""Limiting of torques, so that no joint exceeds its speed or its position."""

from math import inf

import numpy as np

from spikearm.arm_models import ArmState, Dynamics, RigidBodyModel
from spikearm.controller.kernels.bounds import may_exceed_speed
from spikearm.controller.loop.safety.limits import SafetyLimits

# Of a joint's torque limit, for braking in front of a position limit; the rest bears gravity.
BRAKING_SHARE = 0.5
AHEAD = 0.06  # s; by then, the dynamics are renewed
CREEP = 0.02  # rad/s; so fast a joint may move close to its limit, where a home pose may lie


class TorqueLimiter:
    """Limiter of torques by the joint velocities that they lead to.

    The velocities after the step are predicted, ``dq + T M^-1 (u - b)``. If all are allowed, the
    torque is left as it is, to the last bit. If not, the others' accelerations are kept and those
    that exceed end at their limit: ``u = b + M (dq_allowed - dq) / T``. In front of a position
    limit, as much velocity is allowed as the joint can brake on what is left:
    ``sqrt(2 a (distance - margin))``.

    Args:
        model: Nominal dynamics of the arm.
        limits: Margin, rate, and whether speeds are limited.

    Attributes:
        pushed: Joint that exceeded most in the last step, and its limit; None if none did.
    """

    def __init__(self, model: RigidBodyModel, limits: SafetyLimits) -> None:
        chain = model.chain
        self._model, self._chain, self._limits = model, chain, limits
        self._period = model.timestep
        self._top = chain.velocity_limits if limits.limit_speeds else np.full(chain.n_joints, inf)
        self._lower, self._upper = (
            chain.lower + limits.stop_margin,
            chain.upper - limits.stop_margin,
        )
        inertia = np.diag(model.dynamics(chain.home).mass_matrix)
        self._braking = BRAKING_SHARE * chain.torque_limits / inertia
        self._slow = float(self._top.min())  # any joint may be so fast
        self._near = True
        self._last: np.ndarray | None = None
        self.pushed: str | None = None

    def renew(self, here: Dynamics, state: ArmState) -> None:
        """Predict with the dynamics of a newer state.

        Args:
            here: Nominal dynamics there.
            state: Sensed state.
        """
        gain = self._period * np.linalg.inv(here.mass_matrix)
        self._gain, self._bias = gain, here.bias_force
        self._most = float(np.linalg.norm(gain, axis=1).max())
        fastest = np.minimum(self._top, abs(state.dq) + AHEAD * self._braking / BRAKING_SHARE)
        way = AHEAD * fastest + 0.5 * fastest**2 / self._braking
        room = np.minimum(state.q - self._lower, self._upper - state.q)
        self._near = bool((room < way).any())

    def limit(self, state: ArmState, torque: np.ndarray) -> np.ndarray:
        """Limit joint torques.

        Args:
            state: Sensed state.
            torque: Joint torques, shape (n_joints,) [N m]. What has another shape is given back,
                for the arm to refuse.

        Returns:
            The same array where all is allowed, otherwise a new one.
        """
        self.pushed = None
        torque = np.asarray(torque, dtype=float)
        if torque.shape != self._top.shape:
            return torque
        if self._near or may_exceed_speed(state.dq, torque, self._bias, self._most, self._slow):
            torque = self._looked_at(state, torque)
        rate = self._limits.torque_rate
        return torque if rate is None else self._rated(torque, rate)

    def _looked_at(self, state: ArmState, torque: np.ndarray) -> np.ndarray:
        """Limit torques if the velocities that they lead to are not allowed."""
        speeds = state.dq + self._gain.dot(torque - self._bias)
        ahead = state.q + 0.5 * speeds * abs(speeds) / self._braking
        allowed = (abs(speeds) < self._top) & (self._lower < ahead) & (ahead < self._upper)
        return torque if allowed.all() else self._limited(state, torque)

    def _limited(self, state: ArmState, torque: np.ndarray) -> np.ndarray:
        here = self._model.dynamics(state.q, state.dq)
        slope = np.linalg.solve(here.mass_matrix, torque - here.bias_force)
        wanted = state.dq + self._period * slope
        down, up = self._allowed(state.q)
        speeds = np.clip(wanted, down, up)
        if np.array_equal(speeds, wanted) or not np.isfinite(wanted).all():
            return torque
        self.pushed = self._describe(wanted, speeds)
        needed = here.bias_force + here.mass_matrix @ (speeds - state.dq) / self._period
        return np.clip(needed, -self._chain.torque_limits, self._chain.torque_limits)

    def _allowed(self, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the velocities that are allowed downwards and upwards, shape (n_joints,)."""
        below, above = np.clip([q - self._lower, self._upper - q], 0.0, None)
        down = np.maximum(np.sqrt(2 * self._braking * below), CREEP)
        up = np.maximum(np.sqrt(2 * self._braking * above), CREEP)
        return np.maximum(-down, -self._top), np.minimum(up, self._top)

    def _describe(self, wanted: np.ndarray, speeds: np.ndarray) -> str:
        chain, worst = self._chain, int(np.abs(wanted - speeds).argmax())
        joint = chain.joints[worst]
        if abs(speeds[worst]) == self._top[worst]:
            return f"{joint} beyond its velocity limit of {self._top[worst]:.3g} rad/s"
        limit = (chain.upper if wanted[worst] > 0 else chain.lower)[worst]
        return f"{joint} beyond its position limit of {limit:.3g} rad"

    def _rated(self, torque: np.ndarray, rate: float) -> np.ndarray:
        """Limit the change of torques to a rate [N m/ms]."""
        step = 1e3 * self._period * rate
        if self._last is not None:
            torque = np.clip(torque, self._last - step, self._last + step)
        self._last = torque
        return torque
