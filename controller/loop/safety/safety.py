"""The safety layer: between sensors and controller, and between controller and arm."""

from contextlib import suppress
from types import TracebackType
from typing import NoReturn, Self

import numpy as np

from spikearm.arm_models import Arm, ArmState, SpikearmError
from spikearm.controller.loop.safety.brakes import ArmStoppedError, stop
from spikearm.controller.loop.safety.glance import Glance
from spikearm.controller.loop.safety.limits import SafetyLimits
from spikearm.controller.loop.safety.motion_check import MotionCheck
from spikearm.controller.loop.safety.recent_steps import WINDOW, RecentSteps, n_steps
from spikearm.controller.loop.safety.sensor_guard import Outage, SensorGuard
from spikearm.controller.loop.safety.torque_limiter import TorqueLimiter
from spikearm.controller.references.reference import Reference

CHECK = " Check the controller and its reference."


class Safety:
    """Safety layer of an arm: it checks what is sensed, limits torques and stops the arm.

    In a ``with`` statement, it closes the brakes whatever the block is left by: an error of the
    controller, a torque that the arm refuses, Ctrl-C.

    Args:
        arm: Arm that is guarded.
        limits: Limits that it is held to.

    Attributes:
        limits: These limits.
    """

    def __init__(self, arm: Arm, limits: SafetyLimits = SafetyLimits()) -> None:
        self.limits = limits
        self._arm = arm
        self._sensors = SensorGuard(arm, limits)
        self._hand = self._sensors.hand
        self._motion = MotionCheck(arm.chain, limits)
        self._glance = Glance(self._sensors, self._motion)
        self._limiter = TorqueLimiter(arm.model, limits)
        self._limiting_steps = n_steps(limits.limiting_time, arm.timestep)
        self._limited = RecentSteps(WINDOW * self._limiting_steps)
        self._step = 0
        self._here: object = None

    @property
    def outages(self) -> list[Outage]:
        """Times without sensors so far; the last one may go on."""
        return self._sensors.outages

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: object, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None and not isinstance(error, ArmStoppedError):
            with suppress(SpikearmError):  # a simulation that diverged is that error already
                stop(self._arm)

    def admits(self, state: ArmState, reference: Reference) -> bool:
        """Check whether the controller may be given a state; if not, the last torque is held.

        Args:
            state: Sensed state.
            reference: Reference of the same time.

        Raises:
            ArmStoppedError: Sensors have failed for too long, or the motion is beyond a limit; the
                arm was stopped.
        """
        if self._glance.passes(state, reference):
            return True
        self._glance.end()
        if not self._sensors.admits(state, reference):
            return False
        if (cause := self._motion.failure(state, reference)) is not None:
            self.stop(cause, CHECK)
        self._glance.begin()
        return True

    def limit(self, state: ArmState, torque: np.ndarray) -> np.ndarray:
        """Limit joint torques before the arm is given them.

        Args:
            state: Sensed state, one that was admitted.
            torque: Joint torques, shape (n_joints,) [N m].

        Returns:
            The same array if it is within all limits.

        Raises:
            ArmStoppedError: Torques had to be limited for too long; the arm was stopped.
        """
        self._step += 1
        here = self._hand.here
        if here is not self._here:
            self._here = here
            self._limiter.renew(here, state)
            if (cause := self._motion.outside(state.q)) is not None:
                self.stop(cause, CHECK)
        torque = self._limiter.limit(state, torque)
        pushed = self._limiter.pushed
        if pushed and self._limited.add(self._step) > self._limiting_steps:
            time = 1e3 * self.limits.limiting_time
            self.stop(f"The controller pushed {pushed} for {time:.0f} ms", CHECK)
        return torque

    def stop(self, cause: str, advice: str = "") -> NoReturn:
        """Stop the arm.

        Args:
            cause: Beginning of a sentence.
            advice: Sentence that follows.

        Raises:
            ArmStoppedError: Always, with the cause, and how the arm came to rest.
        """
        time = self._arm.state.time
        raise ArmStoppedError(f"{cause} at {time:.3f} s, then {stop(self._arm)}.{advice}")
