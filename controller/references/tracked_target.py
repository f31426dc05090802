"""Target that jumps or moves, whose future is unknown."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import ArmState, Pose
from spikearm.arm_models.errors import check_positive
from spikearm.controller.references.pose_error import rotation_error
from spikearm.controller.references.reference import Reference
from spikearm.controller.references.target import Target

Locate = Callable[[float, ArmState], Pose]
"""Function from the time of a motion [s] and the sensed state to the pose of the target."""

Difference = Callable[[np.ndarray, np.ndarray], np.ndarray]
Moved = Callable[[np.ndarray, np.ndarray], np.ndarray]

BRAKING_SHARE = 0.7  # of the bound on acceleration; the rest is left to follow the braking curve


@dataclass(frozen=True)
class TrackingConfig:
    """Bounds of the reference that tracks a target, and its time constants.

    Attributes:
        speed: Largest speed of the reference [m/s].
        acceleration: Largest acceleration of the reference [m/s^2]. The neural controllers that
            ship were trained for commands up to 2.5 m/s^2, of which feedback needs a share.
        turn_speed: Largest angular speed [rad/s].
        turn_acceleration: Largest angular acceleration [rad/s^2].
        gain: Rate at which small distances from the target are closed [1/s].
        velocity_tau: Time constant with which the target's velocity is estimated; the noisier or
            rarer its positions are, the larger it should be [s].
        jump: Distance from where the target was expected that counts as a jump: its position is
            taken anew, and its velocity as zero [m].
        turn_jump: Angle likewise [rad].
    """

    speed: float = 0.4
    acceleration: float = 1.5
    turn_speed: float = 1.5
    turn_acceleration: float = 6.0
    gain: float = 15.0
    velocity_tau: float = 0.02
    jump: float = 0.02
    turn_jump: float = 0.1

    def __post_init__(self) -> None:
        check_positive(self, *vars(self))


class TrackedTarget(Target):
    """Reference of bounded speed and acceleration, made from poses that jump or move.

    The velocity of the target is estimated from its poses. The reference closes in on the target
    with that velocity and, on top, as fast as it can still brake (a square-root law): of the
    distance to a target of constant velocity nothing is left.

    The first reference is at rest where the hand is. In a later motion the reference goes on from
    where it was.

    Args:
        locate: Function that locates the target, called in every step.
        config: Bounds and time constants.
    """

    def __init__(self, locate: Locate, config: TrackingConfig = TrackingConfig()) -> None:
        self._locate = locate
        self._config = config
        self._time = 0.0
        self._trackers: tuple[_Tracker, _Tracker] | None = None

    def begin(self, times: np.ndarray) -> "TrackedTarget":
        """Start the clock of a motion."""
        self._time = float(times[0])
        return self

    def at(self, time: float, state: ArmState) -> Reference:
        """Return the reference of a step."""
        period, self._time = time - self._time, time
        seen = self._locate(time, state)
        if self._trackers is None:
            self._trackers = self._start(state.hand, seen)
        position, orientation = self._trackers
        if period > 0.0:
            position.advance(seen.position, period)
            orientation.advance(seen.quaternion, period)
        return Reference(
            Pose(position.value, orientation.value),
            np.append(position.velocity, orientation.velocity),
            np.append(position.acceleration, orientation.acceleration),
        )

    def _start(self, hand: Pose, seen: Pose) -> "tuple[_Tracker, _Tracker]":
        c = self._config
        linear = _Bounds(c.speed, c.acceleration, c.jump, c.gain, c.velocity_tau)
        angular = _Bounds(c.turn_speed, c.turn_acceleration, c.turn_jump, c.gain, c.velocity_tau)
        return (
            _Tracker(hand.position, seen.position, linear, np.subtract, np.add),
            _Tracker(hand.quaternion, seen.quaternion, angular, rotation_error, _turned),
        )


class _Bounds(NamedTuple):
    """Bounds and time constants of positions or of orientations."""

    speed: float
    acceleration: float
    jump: float
    gain: float
    tau: float


class _Tracker:
    """Position or orientation that tracks another.

    Args:
        value: Position or quaternion to start from, at rest.
        target: Position or quaternion to track.
        bounds: Bounds and time constants.
        difference: Function of the way from its second argument to its first, shape (3,).
        moved: Moves a value by such a way.
    """

    def __init__(
        self, value: np.ndarray, target: np.ndarray, bounds: _Bounds,
        difference: Difference, moved: Moved,
    ) -> None:  # fmt: skip
        self.value = value
        self.velocity, self.acceleration = np.zeros(3), np.zeros(3)
        self._target, self._target_velocity = target, np.zeros(3)
        self._bounds, self._difference, self._moved = bounds, difference, moved

    def advance(self, measured: np.ndarray, period: float) -> None:
        """Advance one step towards the measured target."""
        self._estimate(measured, period)
        speed, acceleration, _, gain, _ = self._bounds
        way = self._difference(self._target, self._moved(self.value, period * self.velocity))
        closing = _closing_rate(math.sqrt(way.dot(way)), gain, BRAKING_SHARE * acceleration)
        wanted = _cut(self._target_velocity + closing * way, speed)
        # Four times the gain: small distances are closed with critical damping.
        self.acceleration = _cut(4.0 * gain * (wanted - self.velocity), acceleration)
        halfway = self.velocity + 0.5 * period * self.acceleration
        self.value = self._moved(self.value, period * halfway)
        self.velocity = self.velocity + period * self.acceleration

    def _estimate(self, measured: np.ndarray, period: float) -> None:
        """Estimate where the target is and how it moves.

        A critically damped g-h filter (Brookner 1998, chapter 1).
        """
        theta = math.exp(-period / self._bounds.tau)
        expected = self._moved(self._target, period * self._target_velocity)
        residual = self._difference(measured, expected)
        if math.sqrt(residual.dot(residual)) > self._bounds.jump:
            self._target, self._target_velocity = measured, np.zeros(3)
            return
        self._target = self._moved(expected, (1.0 - theta**2) * residual)
        velocity = self._target_velocity + (1.0 - theta) ** 2 / period * residual
        self._target_velocity = _cut(velocity, self._bounds.speed)


def _closing_rate(distance: float, gain: float, deceleration: float) -> float:
    """Compute the rate at which a distance is closed, so that there is room to brake [1/s].

    The speed over the distance: ``gain d`` up to ``d = a / gain^2``, and beyond it
    ``sqrt(2 a (d - a / (2 gain^2)))``, along which the deceleration is ``a``.
    """
    linear = deceleration / gain**2
    if distance <= linear:
        return gain
    return math.sqrt(2.0 * deceleration * (distance - 0.5 * linear)) / distance


def _cut(vector: np.ndarray, bound: float) -> np.ndarray:
    length = math.sqrt(vector.dot(vector))
    return vector if length <= bound else bound / length * vector


def _turned(quaternion: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Turn an orientation by a rotation vector in the world."""
    angle = math.sqrt(turn.dot(turn))
    scale = math.sin(0.5 * angle) / angle if angle > 0.0 else 0.5
    w, (x, y, z) = math.cos(0.5 * angle), (scale * turn).tolist()
    a, b, c, d = quaternion.tolist()
    return np.array(
        [
            w * a - x * b - y * c - z * d,
            w * b + x * a + y * d - z * c,
            w * c - x * d + y * a + z * b,
            w * d + x * c - y * b + z * a,
        ]
    )
