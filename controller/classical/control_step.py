"""State, reference and command of one control step."""

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.classical.command import Feedforward, correction, task_command
from spikearm.controller.classical.gains import Gains
from spikearm.controller.references.reference import Reference


class ControlStep:
    """State, reference and law of one control step.

    Args:
        state: Sensed state of the arm.
        reference: Reference of the step.
        gains: Gains of the law.
        feedforward: Part of the reference's motion that the law feeds forward.
        lead: Time by which the command leads [s].
    """

    __slots__ = ("_command", "feedforward", "gains", "lead", "reference", "state")

    def __init__(
        self,
        state: ArmState,
        reference: Reference,
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
        lead: float = 0.0,
    ) -> None:
        self.state = state
        self.reference = reference
        self.gains = gains
        self.feedforward: Feedforward = feedforward
        self.lead = lead
        self._command: np.ndarray | None = None

    @property
    def command(self) -> np.ndarray:
        """Commanded acceleration of the hand ``w``, shape (6,) [m/s^2, rad/s^2]."""
        # Kept by hand: a cached_property takes a lock, in every control step.
        if self._command is None:
            self._command = task_command(
                self.state, self.reference, self.gains, self.feedforward, self.lead
            )
        return self._command

    @property
    def correction(self) -> np.ndarray:
        """Part of the command that errors alone ask for, shape (6,) [m/s^2, rad/s^2]."""
        return correction(self.command, self.reference, self.feedforward, self.lead)
