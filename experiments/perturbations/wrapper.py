"""A controller around another one."""

import numpy as np

from spikearm.arm_models import ArmState
from spikearm.controller.controller import Controller
from spikearm.neural.counts import Footprint, StepCounts
from spikearm.neural.simulation import NeuralSimulation


class WrappedController(Controller):
    """Controller that changes the torque of another one and passes on everything else.

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
        """Times at which the last step entered the network and left it."""
        return self.inner.crossings

    @property
    def feedback(self) -> np.ndarray:
        """Torque that errors alone ask for, shape (n_joints,) [N m]."""
        return self.inner.feedback

    @property
    def simulation(self) -> NeuralSimulation | None:
        """Simulation of the controller's network."""
        return self.inner.simulation

    @property
    def counts(self) -> StepCounts:
        """Neural work of the last step."""
        return self.inner.counts

    @property
    def footprint(self) -> Footprint | None:
        """Footprint of the network."""
        return self.inner.footprint
