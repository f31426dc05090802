"""Controllers whose torque is a function of the control step alone."""

from collections.abc import Callable

import numpy as np

from spikearm.arm_models import ArmState, RigidBodyModel
from spikearm.controller.classical.command import Feedforward
from spikearm.controller.classical.control_step import ControlStep
from spikearm.controller.classical.gains import Gains
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.controller import FeedbackController
from spikearm.controller.references.reference import Reference

StepTorque = Callable[[ControlStep], np.ndarray]
"""Function of a control step that computes joint torques, shape (n_joints,) [N m]."""


class MemorylessController(FeedbackController):
    """Controller that computes the torque of each control step from that step alone.

    Args:
        compute: Function of the step that computes the torque.
        model: The arm's nominal dynamics.
        gains: Gains of the command.
        feedforward: Part of the reference's motion that the command feeds forward.
    """

    def __init__(
        self,
        compute: StepTorque,
        model: RigidBodyModel,
        gains: Gains = Gains(),
        feedforward: Feedforward = "acceleration",
    ) -> None:
        self.gains = gains
        self.feedforward: Feedforward = feedforward
        self._compute = compute
        self._inertia = HomeInertia.of_arm(model)
        self._step: ControlStep | None = None

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Compute joint torques, shape (n_joints,) [N m]."""
        self._step = ControlStep(state, reference, self.gains, self.feedforward)
        return self._compute(self._step)

    @property
    def feedback(self) -> np.ndarray:
        """Joint torques of the last step's errors alone, shape (n_joints,) [N m].

        By the inertia at home; zeros before the first step.
        """
        if self._step is None:
            return np.zeros(len(self._inertia.home))
        return self._inertia.feedback(self._step)
