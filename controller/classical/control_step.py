"""Control step: state, reference, and the command that follows from them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.command import Feedforward, correction, task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.references.reference import Reference


@dataclass(frozen=True)
class ControlStep:
    """State, reference and law of one control step.

    Attributes:
        state: Sensed state of the arm.
        reference: Reference of the step.
        gains: Gains of the law.
        feedforward: Part of the reference's motion that the law feeds forward.
    """

    state: ArmState
    reference: Reference
    gains: Gains = Gains()
    feedforward: Feedforward = "acceleration"

    @cached_property
    def command(self) -> np.ndarray:
        """Commanded acceleration of the hand ``w``, shape (6,) [m/s^2, rad/s^2]."""
        return task_command(self.state, self.reference, self.gains, self.feedforward)

    @cached_property
    def correction(self) -> np.ndarray:
        """Part of the command that errors alone ask for, shape (6,) [m/s^2, rad/s^2]."""
        return correction(self.command, self.reference, self.feedforward)
