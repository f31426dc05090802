"""A controller that is its own simulation, for tests of what the loop does with counts."""

from typing import Any

from spikearm.controller.controller import NeuralController
from spikearm.neural.counts import StepCounts


class CountingController(NeuralController):
    """A neural controller without a network; its ``torque`` sets when this was entered.

    Attributes:
        entered: Time at which the last step entered and left the network [s].
        counts: Neural work of the last step.
        footprint: None, because there is no network.
    """

    entered = float("nan")
    footprint = None

    @property
    def counts(self) -> StepCounts:
        return StepCounts()

    @property
    def simulation(self) -> Any:
        return self

    @property
    def crossings(self) -> tuple[float, float]:
        return self.entered, self.entered
