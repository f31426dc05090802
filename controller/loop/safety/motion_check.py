"""A check of the motion itself: speeds, positions, and the way to the reference."""

from math import dist, inf

import numpy as np

from spikearm.arm_models import ArmState, Chain
from spikearm.controller.kernels.bounds import exceeds_motion
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.references.reference import Reference

TOLERANCE = 1.05  # of a velocity limit; the rest of the 10 % that are allowed is for braking


class MotionCheck:
    """A check that joints and hand are where, and as fast as, they may be.

    Args:
        chain: Joints and their limits.
        limits: Margin, tracking error, and whether speeds are limited.

    Attributes:
        bounds: Speed that any joint may have, and largest distance of the hand from its reference
            [rad/s, m].
    """

    def __init__(self, chain: Chain, limits: SafetyLimits) -> None:
        self._chain, self._limits = chain, limits
        top = TOLERANCE * chain.velocity_limits
        self._top = top if limits.limit_speeds else np.full_like(top, inf)
        self.bounds = float(self._top.min()), limits.tracking_limit
        self._lower, self._upper = (
            chain.lower - limits.stop_margin,
            chain.upper + limits.stop_margin,
        )

    def failure(self, state: ArmState, reference: Reference) -> str | None:
        """Describe what is beyond its limit; return None if nothing is.

        Args:
            state: Sensed state.
            reference: Reference of the same time.
        """
        wanted, actual = reference.pose.position, state.hand.position
        speed, distance = self.bounds
        if not exceeds_motion(state.dq, speed, wanted, actual, distance):
            return None
        return self._fast(state.dq) or self._far(dist(wanted, actual))

    def outside(self, q: np.ndarray) -> str | None:
        """Describe the joint that is farthest beyond its position limits; return None if none is.

        Args:
            q: Joint positions, shape (n_joints,) [rad].
        """
        beyond = np.maximum(self._lower - q, q - self._upper)
        worst, chain = int(beyond.argmax()), self._chain
        if beyond[worst] <= 0:
            return None
        return (
            f"{chain.joints[worst]} was at {q[worst]:.3f} rad "
            f"({chain.lower[worst]:.3f} to {chain.upper[worst]:.3f} rad are allowed)"
        )

    def _far(self, error: float) -> str | None:
        """Describe the distance of the hand from its reference, or return None if it is allowed."""
        if error <= self._limits.tracking_limit:
            return None
        return (
            f"The hand was {1e3 * error:.0f} mm from its reference "
            f"({1e3 * self._limits.tracking_limit:.0f} mm are allowed)"
        )

    def _fast(self, dq: np.ndarray) -> str | None:
        """Describe the joint that exceeds its velocity limit most, or return None."""
        share = np.abs(dq) / self._top
        worst, chain = int(share.argmax()), self._chain
        if share[worst] <= 1:
            return None
        return (
            f"{chain.joints[worst]} moved at {abs(dq[worst]):.2f} rad/s "
            f"({chain.velocity_limits[worst]:.2f} rad/s are allowed)"
        )
