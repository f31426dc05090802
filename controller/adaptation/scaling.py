"""Configuration and scaling of adaptive networks."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spikearm.arm_models import RigidBodyModel, SpikearmError
from spikearm.arm_models.errors import check_count, check_positive

ERROR_BOUND = 1.27
"""Largest scaled error: nengo-loihi takes a hundred times it as an integer of -127 to 127."""
PEAK_SPEED = 1.875  # of a minimum-jerk motion, over its mean speed (Flash and Hogan 1985, eq. 4)
LEVER = 0.1  # m; how far off the hand's centre a push is reckoned to act
OUTPUT_OF_PUSH = 2.5
"""Output that stands for the push that is an error of 1. The chip's learned weights have eight
bits: the more an output of 1 is worth, the coarser they are, and the less, the sooner they and the
register that adds them up, which holds outputs of 11, overflow."""
MAX_RATES = (100.0, 200.0)  # Hz
MAX_NEURONS = 2048  # a synapse that learns takes two of a core's 4096 input axons

MOST_ENSEMBLES = 128  # as many as a chip has cores, of which each takes at least one


@dataclass(frozen=True)
class AdaptationConfig:
    """Size and learning rate of an adaptive network.

    Attributes:
        neurons: Number of neurons in each ensemble.
        ensembles: Number of ensembles; their learned torques are added up.
        learning_rate: Share of a constant error that is learned in a second, while the arm stays
            where it is [1/s].
        active_share: Share of the neurons that are active at a time.
        push: Force at the hand whose joint torques count as an error of 1 [N]. It may be 1.27
            times as much before an error is cut.
        dead_zone: Magnitude by which every scaled error is reduced, because smaller errors are
            taken for noise, as a share of an error of 1.
        span: Distance of the hand from home over which states are distinguished [m].
        span_time: Length of the fastest motion over that distance [s].
        adaptive_tau: Time constant of the learned torque's filter [s].
    """

    neurons: int = 2000
    ensembles: int = 1
    learning_rate: float = 3.0
    active_share: float = 0.2
    push: float = 60.0
    dead_zone: float = 0.01
    span: float = 0.5
    span_time: float = 1.0
    adaptive_tau: float = 0.02

    def __post_init__(self) -> None:
        if not 1 <= self.neurons <= MAX_NEURONS:
            raise SpikearmError(
                f"{self.neurons} neurons do not learn in one ensemble: give 1 to {MAX_NEURONS}, "
                "which is what fits on a core, and more ensembles."
            )
        check_count(self.ensembles, "ensembles", MOST_ENSEMBLES)
        if not 0 < self.active_share < 1:
            raise SpikearmError(
                f"An active share of {self.active_share:g} is not possible: give more than 0 and "
                "less than 1."
            )
        if not 0 <= self.dead_zone < 1:
            raise SpikearmError(
                f"dead_zone {self.dead_zone:g} is not possible: give a share of 0 to below 1."
            )
        check_positive(self, "learning_rate", "push", "span", "span_time", "adaptive_tau")


@dataclass(frozen=True)
class AdaptationScaling:
    """Scaling of an adaptive network's inputs and outputs.

    The state is a point of the unit sphere: joint positions and velocities, each less that at home
    and over its range, all divided by ``sqrt(n_joints)``, are a point of the unit ball, and one
    more number lifts it to the sphere's surface, where every point has as many active neurons as
    any other.

    Attributes:
        home: Joint positions that map to 0, shape (n_joints,) [rad].
        ranges: Joint positions' and velocities' distance from home that maps to 1, before the
            division, shape (2 n_joints,) [rad, rad/s].
        error: Joint torques that count as an error of 1, shape (n_joints,) [N m].
        dead_zone: Magnitude by which every scaled error is reduced, before it is cut at 1.27.
        torque: Joint torques that an output of 1 stands for, shape (n_joints,) [N m].
    """

    home: np.ndarray
    ranges: np.ndarray
    error: np.ndarray
    dead_zone: float
    torque: np.ndarray

    @classmethod
    def of_arm(cls, model: RigidBodyModel, config: AdaptationConfig) -> "AdaptationScaling":
        """Compute the ranges at home, to first order: ``dq = J^+ dx`` and ``u = J^T f``.

        Args:
            model: The arm's nominal dynamics.
            config: Distance and duration of the hand's motions, and the force that may push it.
        """
        J = model.dynamics(model.chain.home).jacobian
        linear, angular = np.linalg.norm(J.reshape(2, 3, -1), axis=1)  # (n_joints,) each
        push = config.push * (linear + LEVER * angular)
        Jplus = np.linalg.pinv(J)
        position = config.span * np.linalg.norm(Jplus[:, :3], axis=1)
        return cls(
            home=model.chain.home,
            ranges=np.append(position, PEAK_SPEED / config.span_time * position),
            error=push,
            dead_zone=config.dead_zone,
            torque=push / OUTPUT_OF_PUSH,
        )

    @cached_property
    def _ball_ranges(self) -> np.ndarray:
        return self.ranges * np.sqrt(len(self.home))

    def write_state(self, inputs: np.ndarray, q: np.ndarray, dq: np.ndarray) -> None:
        """Scale the sensed state.

        Args:
            inputs: Scaled state, overwritten, shape (2 n_joints + 1,).
            q: Joint positions, shape (n_joints,) [rad].
            dq: Joint velocities, shape (n_joints,) [rad/s].
        """
        n = len(self.home)
        ball = inputs[:-1]
        np.subtract(q, self.home, out=ball[:n])
        ball[n:] = dq
        ball /= self._ball_ranges
        length = math.sqrt(ball.dot(ball))
        if length > 1.0:
            ball /= length
        inputs[-1] = 0.0 if length > 1.0 else math.sqrt(1.0 - length**2)

    def write_error(self, error: np.ndarray, feedback: np.ndarray) -> bool:
        """Scale the feedback torque, which is the error that is still to be learned.

        Noise and lag leave errors that no torque of the state's alone takes away. Learning them
        anyway lets weights grow for ever, so a dead zone is taken off (Peterson and Narendra 1982).

        Args:
            error: Scaled error, overwritten, shape (n_joints,), with the sign of PES: actual minus
                desired.
            feedback: Feedback torques of the joints, shape (n_joints,) [N m].

        Returns:
            True if an error was cut at ``ERROR_BOUND``.
        """
        np.divide(feedback, -self.error, out=error)
        np.copysign(np.maximum(np.abs(error) - self.dead_zone, 0.0), error, out=error)
        cut = max(map(abs, error.tolist())) > ERROR_BOUND  # plain numbers: sooner done than arrays
        if cut:
            np.clip(error, -ERROR_BOUND, ERROR_BOUND, out=error)
        return cut
