"""The guard between sensors and controller."""

import logging
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Arm, ArmState, SpikearmError
from spikearm.arm_models.errors import check_positive
from spikearm.controller.loop.sensor_check import SensorCheck
from spikearm.controller.references.reference import Reference

REST_SPEED = 1e-3  # rad/s
BRAKING_TIME = 1.0  # s; by then, brakes hold the arm or never will

logger = logging.getLogger(__name__)


class SensorsLostError(SpikearmError):
    """Sensors failed for longer than a torque may be held, and the arm was stopped."""


@dataclass(frozen=True)
class GuardLimits:
    """Times for which frozen readings are trusted, and a torque is held without readings.

    Attributes:
        frozen_time: Time for which a reading may stay the same to the last bit while it has to
            change [s].
        hold_time: Time for which the last torque is held while sensors fail [s]. The deviation of
            the hand meanwhile is measured in docs/robustness.md.
    """

    frozen_time: float = 0.005
    hold_time: float = 0.02

    def __post_init__(self) -> None:
        check_positive(self, "frozen_time", "hold_time")


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

    def __str__(self) -> str:
        failure = self.failure[0].upper() + self.failure[1:]
        return (
            f"{failure} at {self.began:.3f} s, and the last torque was held for {self.steps} steps"
        )


class SensorGuard:
    """A guard between an arm's sensors and its controller.

    Args:
        arm: Arm, whose brakes it closes if need be.
        limits: Times after which it does so.

    Attributes:
        outages: Times without sensors so far; the last one may go on.
    """

    def __init__(self, arm: Arm, limits: GuardLimits = GuardLimits()) -> None:
        self._arm = arm
        self._check = SensorCheck(arm.chain.joints, _n_steps(limits.frozen_time, arm.timestep))
        self._hold_steps = _n_steps(limits.hold_time, arm.timestep)
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
        failure = self._check.failure(state, reference)
        if failure is None:
            if self._away:
                self._go_on()
            return True
        if not self._away:
            self._away = True
            self.outages.append(Outage(failure, state.time))
        outage = self.outages[-1]
        if outage.steps == self._hold_steps:
            raise SensorsLostError(f"{outage}, then {self._stop()}. Check these sensors.")
        self.outages[-1] = Outage(outage.failure, outage.began, outage.steps + 1)
        return False

    def _go_on(self) -> None:
        self._away = False
        logger.warning("%s; then the sensors were back, and the motion went on.", self.outages[-1])

    def _stop(self) -> str:
        """Close the brakes, and describe how the arm came to rest."""
        arm = self._arm
        arm.brake()
        for step in range(_n_steps(BRAKING_TIME, arm.timestep)):
            if np.abs(arm.state.dq).max() < REST_SPEED:
                time = 1e3 * step * arm.timestep
                return f"the brakes were closed, and the arm came to rest within {time:.0f} ms"
            arm.advance()
        return f"the brakes were closed, but the arm still moved after {BRAKING_TIME:g} s"


def _n_steps(time: float, period: float) -> int:
    return max(1, round(time / period))
