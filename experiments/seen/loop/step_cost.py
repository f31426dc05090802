"""Cost of a control step, the network's and, on a chip, the chip's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.controller.controller import Controller, NeuralController, unwrap
from spikearm.controller.loop.trajectory import Trajectory
from spikearm.experiments.studies.chip_cost import chip_cost


@dataclass(frozen=True)
class StepCost:
    """Cost of a control step, over a run.

    Attributes:
        wall_s: Mean wall time of a step, with sight where a look was taken [s].
        synaptic_events: Weights that spikes reached in a step, on average.
        cores: Cores of the chip; None without one, as the next two.
        energy_j: Dynamic energy of a step on the chip, by calibrated prices [J].
        chip_time_s: Mean time of a step on the chip [s].
    """

    wall_s: float
    synaptic_events: float
    cores: int | None = None
    energy_j: float | None = None
    chip_time_s: float | None = None


def step_cost(controller: Controller, trajectory: Trajectory) -> StepCost:
    """Compute the cost of a controller's step.

    Args:
        controller: Controller.
        trajectory: Motion that it has just made.
    """
    wall, events = (
        float(one.mean()) for one in (trajectory.step_latency_s, trajectory.synaptic_events)
    )
    neural = unwrap(controller, NeuralController)
    if neural is None:
        return StepCost(wall, events)
    footprint = neural.simulation.footprint
    chip = chip_cost([trajectory], footprint)
    if chip is None or chip.energy is None:
        return StepCost(wall, events, footprint.cores)
    return StepCost(wall, events, footprint.cores, chip.energy.calibrated, chip.time_mean)


def mean_of(costs: Sequence[StepCost], name: str) -> float | None:
    """Return the mean of a cost over runs; None if one of them lacks it, or of no runs."""
    values = [getattr(one, name) for one in costs]
    return None if not values or None in values else float(np.mean(values))
