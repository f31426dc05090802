"""A controller around another one."""

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller
from spikearm.neural.counts import Footprint, StepCounts
from spikearm.neural.simulation import NeuralSimulation


class WrappedController(Controller):
    """Passes on everything but the torque, which it changes.

    Args:
        controller: The controller inside.
    """

    def __init__(self, controller: Controller) -> None:
        self.inner = controller

    def start(self, state: ArmState) -> None:
        """Forget the past and get ready in this state."""
        self.inner.start(state)

    def close(self) -> None:
        """Free what the controller inside holds."""
        self.inner.close()

    @property
    def crossings(self) -> tuple[float, float] | None:
        """When the last step entered the network and left it."""
        return self.inner.crossings

    @property
    def feedback(self) -> np.ndarray:
        """What errors alone asked for, shape (n_joints,) [N m]."""
        return self.inner.feedback

    @property
    def simulation(self) -> NeuralSimulation | None:
        """What the controller's network runs on."""
        return self.inner.simulation

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self.inner.counts

    @property
    def footprint(self) -> Footprint | None:
        """What the network takes."""
        return self.inner.footprint
