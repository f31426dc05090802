"""Torque that comes late."""

from collections import deque

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller, WrappedController
from spikearm.controller.references.reference import Reference
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation


class DelayedTorque(WrappedController):
    """Controller whose torques come some steps later; until the first is due, it comes at once.

    Args:
        controller: Controller that computes the torque.
        steps: Number of steps.
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
        """Return the torque of some steps ago, shape (n_joints,) [N m]."""
        torque = self.inner.torque(state, reference)
        if not self._under_way:
            self._under_way.extend([torque] * self._steps)
        self._under_way.append(torque)
        return self._under_way.popleft()


def delay_torque(setup: LoopSetup, time: float, seed: int) -> LoopSetup:
    """Delay every torque by a time [s]."""
    steps = round(time / setup.arm.timestep)
    return setup.with_controller(DelayedTorque(setup.controller, steps))


DELAY = Perturbation(
    "delay of the torque", "ms", (0.001, 0.002, 0.005, 0.01, 0.02, 0.03), 0.005, delay_torque,
    factor=1e3,
)  # fmt: skip
