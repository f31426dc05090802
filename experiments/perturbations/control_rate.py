"""Control at a lower rate than that of the physics."""

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller
from spikearm.controller.references.reference import Reference
from spikearm.experiments.perturbations.wrapper import WrappedController


class HeldRate(WrappedController):
    """Reads sensors and gives a new torque in every n-th step only.

    A chip does not wait for its host: neurons, and whatever else the controller does in a step, go
    on in every step, with inputs that are held, and only every n-th output is read. A law without
    memory gives the same output for held inputs.

    Args:
        controller: Computes the torque.
        every: In which steps it is heard.
    """

    def __init__(self, controller: Controller, every: int) -> None:
        super().__init__(controller)
        self._every = every
        self._step = 0

    def start(self, state: ArmState) -> None:
        """Forget the past and get ready in this state."""
        self._step = 0
        super().start(state)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Give the torque of the last step that was heard, shape (n_joints,) [N m]."""
        heard = self._step % self._every == 0
        if heard:
            self._seen = state, reference
        torque = self.inner.torque(*self._seen)
        if heard:
            self._torque = torque
        self._step += 1
        return self._torque
