"""Tracker of a target that is seen now and then, and not always rightly."""

import math
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import check_positive


@dataclass(frozen=True)
class TrackerConfig:
    """Expectations of a tracker.

    Attributes:
        acceleration: Standard deviation of the target's acceleration [m/s^2].
        noise: Standard deviation of an estimate of its position, of each axis [m].
        gate: Largest distance of an estimate from where the target is expected, in standard
            deviations; what is farther is not believed.
        patience: Number of estimates that have to agree with one another, against what is expected,
            until the target is taken to have jumped there.
        lost_after: Time without an estimate that is believed after which the target counts as lost
            [s].
    """

    acceleration: float = 1.0
    noise: float = 0.02
    gate: float = 3.5
    patience: int = 5
    lost_after: float = 0.2

    def __post_init__(self) -> None:
        check_positive(self, *vars(self))


class Tracker:
    """Kalman filter of a target of nearly constant velocity, with a gate.

    Acceleration is white noise, constant between two estimates (Bar-Shalom, Li and Kirubarajan
    2001, section 6.3.2). All axes have the same covariance, so that one matrix serves for all.
    Estimates that the gate refuses may be a jump: when enough of them agree, the filter starts
    anew where they are.

    Args:
        config: Expectations.

    Attributes:
        covariance: Covariance of position and velocity along each axis, shape (2, 2).
    """

    def __init__(self, config: TrackerConfig = TrackerConfig()) -> None:
        self._config = config
        self._state: np.ndarray | None = None  # position and velocity, (2, 3)
        self._time = self._believed = -math.inf
        self._refused: list[np.ndarray] = []
        self.covariance = np.zeros((2, 2))

    def update(self, time: float, estimate: np.ndarray | None) -> bool:
        """Take an estimate of the target's position.

        Args:
            time: Time of the estimate, not before the one of the last call [s].
            estimate: Position, shape (3,) [m]; None where nothing was seen.

        Returns:
            True if it was believed.
        """
        if estimate is None:
            return False
        if self._state is None:
            return self._begin(time, estimate)
        self._predict(time)
        residual = estimate - self._state[0]
        variance = self.covariance[0, 0] + self._config.noise**2
        if residual.dot(residual) > self._config.gate**2 * variance * len(residual):
            return self._refuse(time, estimate)
        gain = self.covariance[:, 0] / variance
        self._state = self._state + np.outer(gain, residual)
        self.covariance = self.covariance - np.outer(gain, self.covariance[0])
        self._believed, self._refused = time, []
        return True

    def position(self, time: float) -> np.ndarray | None:
        """Return where the target is expected; None before it was first seen.

        A target that is lost is expected where it was when it got lost.

        Args:
            time: Time, not before the last estimate [s].

        Returns:
            Position, shape (3,) [m].
        """
        if self._state is None:
            return None
        until = min(time, self._believed + self._config.lost_after)
        return self._state[0] + (until - self._time) * self._state[1]

    def velocity(self, time: float) -> np.ndarray:
        """Return the velocity that the target is expected to have, zero if it is lost.

        Args:
            time: Time, not before the last estimate [s].

        Returns:
            Velocity, shape (3,) [m/s].
        """
        return np.zeros(3) if self._state is None or self.lost(time) else self._state[1].copy()

    def lost(self, time: float) -> bool:
        """Return whether no estimate was believed for too long.

        Args:
            time: Time, not before the last estimate [s].
        """
        return time > self._believed + self._config.lost_after

    def unseen(self, time: float) -> float:
        """Return the time since the last estimate that was believed [s].

        Args:
            time: Time, not before the last estimate [s].
        """
        return time - self._believed

    def _begin(self, time: float, estimate: np.ndarray) -> bool:
        """Start at an estimate, at rest, with a velocity that nobody knows."""
        config = self._config
        self._state = np.stack([estimate, np.zeros_like(estimate)])
        self.covariance = np.diag([config.noise, config.acceleration]) ** 2
        self._time = self._believed = time
        self._refused = []
        return True

    def _predict(self, time: float) -> None:
        """Move on to a time."""
        assert self._state is not None
        step = time - self._time
        change = np.array([[1.0, step], [0.0, 1.0]])
        pushed = self._config.acceleration * np.array([0.5 * step**2, step])
        self._state = change @ self._state
        self.covariance = change @ self.covariance @ change.T + np.outer(pushed, pushed)
        self._time = time

    def _refuse(self, time: float, estimate: np.ndarray) -> bool:
        """Keep an estimate that is not believed; start anew when enough of them agree."""
        config = self._config
        near = config.gate * config.noise * math.sqrt(len(estimate))
        agreeing = [one for one in self._refused if np.linalg.norm(one - estimate) <= near]
        self._refused = [*agreeing, estimate]
        if len(self._refused) < config.patience:
            return False
        return self._begin(time, np.mean(self._refused, axis=0))
