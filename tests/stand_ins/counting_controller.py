"""A controller that is its own simulation, for tests of what the loop does with counts."""

from typing import Any

import numpy as np

from spikearm.controller.controller import NeuralController
from spikearm.neural.counts import ChipWork, StepCounts


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

    def chip_work(self, n_steps: int) -> np.ndarray:
        return np.zeros((n_steps, len(ChipWork._fields)))

    @property
    def simulation(self) -> Any:
        return self

    @property
    def crossings(self) -> tuple[float, float]:
        return self.entered, self.entered
