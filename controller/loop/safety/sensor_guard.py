"""The guard between sensors and controller."""

import logging
from dataclasses import dataclass
from typing import Any

from spikearm.arm_models import Arm, ArmState
from spikearm.controller.loop.safety.brakes import ArmStoppedError, stop
from spikearm.controller.loop.safety.drift_check import DriftCheck
from spikearm.controller.loop.safety.hand_check import HandCheck
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.recent_steps import WINDOW, RecentSteps, n_steps
from spikearm.controller.loop.safety.sensor_check import SensorCheck
from spikearm.controller.references.reference import Reference

logger = logging.getLogger(__name__)


class SensorsLostError(ArmStoppedError):
    """Error of sensors that failed for longer than a torque may be held."""


@dataclass(frozen=True)
class Outage:
    """A time without sensors.

    Attributes:
        failure: Names of the sensors that failed in its first step, and their fault.
        began: Time of that step on the arm's clock [s].
        steps: Number of steps for which the torque was held.
    """

    failure: str
    began: float
    steps: int = 0

    @property
    def beginning(self) -> str:
        """Beginning of a sentence about it."""
        failure = self.failure[0].upper() + self.failure[1:]
        return f"{failure} at {self.began:.3f} s, and the last torque was held"

    def __str__(self) -> str:
        return f"{self.beginning} for {self.steps} steps"


class SensorGuard:
    """A guard between an arm's sensors and its controller.

    Failures are counted in a window that slides, not anew after each good reading: sensors that
    fail in 19 of 20 steps are lost as soon as those that fail in all.

    Args:
        arm: Arm, whose brakes it closes if need be.
        limits: Bounds of what is plausible, and times after which it closes the brakes.

    Attributes:
        outages: Times without sensors so far; the last one may go on.
        hand: Check of the hand, with the nominal dynamics that it found.
    """

    def __init__(self, arm: Arm, limits: SafetyLimits = SafetyLimits()) -> None:
        period, joints = arm.timestep, arm.chain.joints
        self._arm = arm
        self._check = SensorCheck(joints, n_steps(limits.frozen_time, period))
        self._drift = DriftCheck(joints, limits, period)
        self.hand = HandCheck(arm.model, limits)
        self._hold_steps = n_steps(limits.hold_time, period)
        self._failures = RecentSteps(WINDOW * self._hold_steps)
        self._step = 0
        self._away = False
        self.outages: list[Outage] = []

    def admits(self, state: ArmState, reference: Reference) -> bool:
        """Check whether the controller may be given a state; if not, the last torque is held.

        Args:
            state: Sensed state.
            reference: Reference of the same time.

        Raises:
            SensorsLostError: Sensors have failed for too long; the arm was stopped.
        """
        self._step += 1
        failure = self._failure(state, reference)
        if failure is None:
            if self._away:
                self._go_on()
            return True
        if not self._away:
            self._away = True
            self.outages.append(Outage(failure, state.time))
        outage = self.outages[-1]
        if self._failures.add(self._step) > self._hold_steps:
            raise SensorsLostError(
                f"{outage.beginning} for {self._held()} steps, then {stop(self._arm)}. "
                "Check these sensors."
            )
        self.outages[-1] = Outage(outage.failure, outage.began, outage.steps + 1)
        return False

    @property
    def memory(self) -> tuple[Any, ...]:
        """Memory of the checks of every step."""
        return (*self._check.memory, *self._drift.memory)

    @property
    def spare_steps(self) -> int:
        """Number of the next steps in which no check is due if the states look sound."""
        return 0 if self._away or self._check.suspicious else self.hand.spare_steps

    def pass_over(self, steps: int) -> None:
        """Count steps whose states others found sound, as no more than the spare ones."""
        self._step += steps
        self.hand.pass_over(steps)

    def _failure(self, state: ArmState, reference: Reference) -> str | None:
        """Describe the first fault that is found, or return None."""
        failure = self._check.failure(state, reference) or self._drift.failure(state)
        if failure is None and self.hand.due():
            failure = self.hand.failure(state)
        return failure

    def _held(self) -> str:
        """Describe in how many steps the torque was held."""
        held, span = self._hold_steps, self._failures.span - 1
        return f"{held}" if held == span else f"{held} of {span}"

    def _go_on(self) -> None:
        self._away = False
        logger.warning("%s; then the sensors were back, and the motion went on.", self.outages[-1])
