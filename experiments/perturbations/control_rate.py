"""Control at a lower rate than that of the physics."""

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller, WrappedController
from spikearm.controller.references.reference import Reference
from spikearm.experiments.perturbations.loop_setup import LoopSetup
from spikearm.experiments.perturbations.perturbation import Perturbation


class HeldRate(WrappedController):
    """Controller that reads sensors and gives a new torque in every n-th step only.

    A chip does not wait for its host: neurons, and whatever else the controller does in a step, go
    on in every step, with inputs that are held, and only every n-th output is read. A law without
    memory gives the same output for held inputs.

    Args:
        controller: Controller that computes the torque.
        every: Steps from one new torque to the next.
    """

    def __init__(self, controller: Controller, every: int) -> None:
        super().__init__(controller)
        self._every = every
        self._step = 0

    def start(self, state: ArmState) -> None:
        """Reset the controller, and begin the held steps anew."""
        self._step = 0
        super().start(state)

    def torque(self, state: ArmState, reference: Reference) -> np.ndarray:
        """Return the torque of the last step at the lower rate, shape (n_joints,) [N m]."""
        due = self._step % self._every == 0
        if due:
            self._seen = state, reference
        torque = self.inner.torque(*self._seen)
        if due:
            self._torque = torque
        self._step += 1
        return self._torque


def lower_rate(setup: LoopSetup, rate: float, seed: int) -> LoopSetup:
    """Control at a lower rate [Hz] than that of the physics."""
    every = max(1, round(1 / (rate * setup.arm.timestep)))
    return setup.with_controller(HeldRate(setup.controller, every))


CONTROL_RATE = Perturbation(
    "control rate", "Hz", (500.0, 250.0, 100.0, 50.0, 25.0), 100.0, lower_rate,
    allowed=(1.0, 1000.0),
)  # fmt: skip
