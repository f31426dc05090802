"""Keeps what failed sensors tell from the controller, and stops the arm if they stay away."""

import logging
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import Arm, ArmState, SpikearmError
from spikearm.controller.loop.sensor_check import SensorCheck
from spikearm.controller.references.reference import Reference

REST_SPEED = 1e-3  # rad/s
BRAKING_TIME = 1.0  # s; by then, brakes hold the arm or never will

logger = logging.getLogger(__name__)


class SensorsLostError(SpikearmError):
    """Sensors stayed away for longer than a torque may be held, and the arm was stopped."""


@dataclass(frozen=True)
class GuardLimits:
    """How long sensors are trusted that do not change, and a torque is held without them.

    Attributes:
        frozen_time: How long a reading may stay the same to the last bit while it has to
            change [s].
        hold_time: How long the last torque is held while sensors are away [s]. What the hand
            deviates by meanwhile is measured in docs/robustness.md.
    """

    frozen_time: float = 0.005
    hold_time: float = 0.02

    def __post_init__(self) -> None:
        for name in ("frozen_time", "hold_time"):
            value = getattr(self, name)
            if not 0 < value < np.inf:
                option = name.replace("_", "-")
                raise SpikearmError(f"--{option} {value:g} is not possible: give more than 0 s.")


@dataclass(frozen=True)
class Outage:
    """A time without sensors.

    Attributes:
        failure: Which sensors failed in its first step, and how.
        began: When, on the arm's clock [s].
        steps: For how many steps the torque was held.
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
    """Stands between an arm's sensors and its controller.

    Args:
        arm: The arm, which it stops if need be.
        limits: How patient it is.

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
        """Tell whether the controller may be given a state; if not, the last torque is held.

        Args:
            state: What was sensed.
            reference: What the hand should do meanwhile.

        Raises:
            SensorsLostError: Sensors have been away for too long; the arm was stopped.
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
        """Close the brakes, and say how the arm came to rest."""
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
