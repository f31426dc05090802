"""Neural work since the last look, by the names that NeuroBench gives it."""

import numpy as np

from spikearm.experiments.studies.benchmark.neurobench import neurobench_metrics
from spikearm.neural.counts import StepCounts
from spikearm.neural.simulation import NeuralSimulation


class NeuralWork:
    """Sum of the work of a network over some control steps.

    Args:
        simulation: Simulation of the network.
        values: True if its neurons send values rather than spikes.
    """

    def __init__(self, simulation: NeuralSimulation, values: bool) -> None:
        self._simulation, self._values = simulation, values
        self._footprint = simulation.footprint
        self.clear()

    def clear(self) -> None:
        """Forget the steps so far."""
        self._counts: list[StepCounts] = []

    def add(self) -> None:
        """Add the step that was just computed."""
        self._counts.append(self._simulation.counts)

    @property
    def metrics(self) -> dict[str, float]:
        """NeuroBench's metrics of a control step, on average; none before the first step."""
        if not self._counts:
            return {}
        mean = StepCounts(*np.mean(self._counts, axis=0).tolist())
        return neurobench_metrics(mean, self._footprint, self._values)
