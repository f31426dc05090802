"""A check of the sensed hand against where the joints put it."""

from math import acos, dist

import numpy as np

from spikearm.arm_models import ArmState, Dynamics, RigidBodyModel
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.references.pose_error import pose_error

CHECKED_EVERY = 50  # steps; faults that jump are found at once, by the drift of the sensor
EXPLAINED = 0.3  # of a distance, that may be left by the encoder that explains it


class HandCheck:
    """A check of the hand's tracker against the arm's nominal kinematics, every few steps.

    It finds what no sensor shows by itself: an encoder that freezes or is off, encoders that are
    swapped, a tracker that is off. An arm whose hand is moved by other joints too is not checked.

    Args:
        model: Nominal dynamics of the arm.
        limits: Largest distance and angle.

    Attributes:
        here: Nominal dynamics at the last state that was checked.
    """

    here: Dynamics

    def __init__(self, model: RigidBodyModel, limits: SafetyLimits) -> None:
        self._model = model
        self._limits = limits
        self._checks = model.moves_hand_alone
        self._wait = 0

    def due(self) -> bool:
        """Check whether it is time for the next state; count this step."""
        self._wait -= 1
        return self._wait < 0

    @property
    def spare_steps(self) -> int:
        """Number of the next steps in which it is not due."""
        return self._wait

    def pass_over(self, steps: int) -> None:
        """Count steps, no more than the spare ones."""
        self._wait -= steps

    def failure(self, state: ArmState) -> str | None:
        """Describe how far the hand is from where the joints put it; return None if it is there.

        Args:
            state: Sensed state.
        """
        self._wait = 0  # after a failure, the next step is looked at, too
        here = self._model.dynamics(state.q, state.dq)
        offset = dist(here.hand.position, state.hand.position)
        turn = 2 * acos(min(1.0, abs(float(here.hand.quaternion.dot(state.hand.quaternion)))))
        if self._checks and (offset > self._limits.hand_offset or turn > self._limits.hand_turn):
            return (
                f"{self._suspect(state, here)} the hand {1e3 * offset:.0f} mm and {turn:.2f} rad "
                "from where its tracker saw it"
            )
        self.here, self._wait = here, CHECKED_EVERY - 1
        return None

    def _suspect(self, state: ArmState, here: Dynamics) -> str:
        """Name the encoder that alone explains the distance, if there is one."""
        gap, J = pose_error(state.hand, here.hand), here.jacobian
        off = J.T @ gap / np.sum(J**2, axis=0)
        left = np.linalg.norm(gap[:, None] - J * off, axis=0)
        joint = int(left.argmin())
        if left[joint] > EXPLAINED * np.linalg.norm(gap):
            return "the joints' encoders put"
        return f"the encoder of {self._model.chain.joints[joint]} put"
