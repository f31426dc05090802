"""Smoothing of torques that are decoded from spikes."""

import math

import numpy as np


class Smoothing:
    """Low-pass of a torque, on the host: ``y += (1 - exp(-dt / tau)) (x - y)``.

    Behind one low-pass, each spike makes the torque jump; behind two, it changes its slope.

    Args:
        tau: Time constant [s]; with 0, torques pass as they are.
        step: Time between two torques [s].
    """

    def __init__(self, tau: float, step: float) -> None:
        self._share = -math.expm1(-step / tau) if tau else 1.0
        self._last: np.ndarray | None = None

    def restart(self) -> None:
        """Forget the torques so far."""
        self._last = None

    def smooth(self, torque: np.ndarray) -> np.ndarray:
        """Return the smoothed torque; the first one as it is."""
        if self._share == 1.0 or self._last is None:
            self._last = torque
        else:
            self._last = self._last + self._share * (torque - self._last)
        return self._last
