"""Torque that comes late."""

from collections import deque

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.experiments.perturbations.wrapper import WrappedController


class DelayedTorque(WrappedController):
    """Gives every torque some steps later; until the first one is due, it is given at once.

    Args:
        controller: Computes the torque.
        steps: How many steps later.
    """

    def __init__(self, controller: Controller, steps: int) -> None:
        super().__init__(controller)
        self._steps = steps
        self._under_way: deque[np.ndarray] = deque()

    def start(self, state: ArmState) -> None:
        """Forget the past and get ready in this state."""
        self._under_way.clear()
        super().start(state)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Give the torque of some steps ago, shape (n_joints,) [N m]."""
        torque = self.inner.torque(state, reference)
        if not self._under_way:
            self._under_way.extend([torque] * self._steps)
        self._under_way.append(torque)
        return self._under_way.popleft()
