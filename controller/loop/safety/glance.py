"""A quick look at sensed states, which is enough in most steps."""

from spikearm.arm_models import ArmState
from spikearm.controller.kernels.glance import take_sound
from spikearm.controller.loop.safety.motion_check import MotionCheck
from spikearm.controller.loop.safety.sensor_guard import SensorGuard
from spikearm.controller.references.reference import Reference


class Glance:
    """A look at a sensed state that finds all checks passed, in one call of machine code.

    It shares the memory of the checks, so that they go on where it ends. It does not find out which
    check fails: where one might, or one is due to look closer, the checks look themselves.

    Args:
        sensors: Guard with the checks of sensors.
        motion: Check of the motion.
    """

    def __init__(self, sensors: SensorGuard, motion: MotionCheck) -> None:
        self._sensors = sensors
        self._memory = (*sensors.memory, *motion.bounds)
        self._steps = self._spare_steps = 0

    def passes(self, state: ArmState, reference: Reference) -> bool:
        """Return True if the state passes all checks, none of which is due to look closer.

        Args:
            state: Sensed state.
            reference: Reference of the same time.
        """
        if self._steps == self._spare_steps:
            return False
        passed = take_sound(
            state.time, state.q, state.dq, *state.hand, state.hand_velocity,
            reference.pose.position, *self._memory,
        )  # fmt: skip
        self._steps += passed
        return passed

    def end(self) -> None:
        """Pass no more states, and count those that were passed, before the checks look."""
        self._sensors.pass_over(self._steps)
        self._steps = self._spare_steps = 0

    def begin(self) -> None:
        """Pass states until the next check is due."""
        self._spare_steps = self._sensors.spare_steps
