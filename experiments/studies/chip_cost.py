"""Cost of a step on a chip, from recorded motions: the account of tables, rows and reports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.controller.loop.trajectory import Trajectory
from spikearm.loihi_deploy.energy.account import SYNAPTIC, LoihiEnergy, Work, loihi_energy
from spikearm.neural.counts import UNCOUNTED, ChipWork, Footprint

TIME = ChipWork._fields.index("time")


@dataclass(frozen=True)
class ChipCost:
    """Work and time of a step on a chip, over some motions.

    Attributes:
        work: Work of a step, on average.
        host_messages: Spikes that the host sent to groups of synapses in a step, on average. Coding
            them is the host's work, and no price is published for their way to the chip.
        time_mean: Mean time of a step [s].
        time_p99: 99th percentile [s].
        time_longest: Longest time [s].
    """

    work: Work
    host_messages: float
    time_mean: float
    time_p99: float
    time_longest: float

    @property
    def energy(self) -> LoihiEnergy | None:
        """Dynamic energy of a step; None where a price is missing."""
        return loihi_energy(self.work)

    @property
    def synaptic_energy(self) -> LoihiEnergy | None:
        """Part of it for synaptic events, which spikes alone cause; None where a price is missing.

        Updates of neurons, nearly all of the rest, are the same in every step.
        """
        return loihi_energy(self.work, SYNAPTIC)


def every_step(trajectory: Trajectory) -> slice:
    """Choose all steps of a motion."""
    return slice(None)


def while_moving(trajectory: Trajectory) -> slice:
    """Choose the steps in which the reference moves."""
    return slice(0, trajectory.hold.start)


def while_holding(trajectory: Trajectory) -> slice:
    """Choose the steps at the end in which the reference stands still."""
    return trajectory.hold


def chip_cost(
    trajectories: Sequence[Trajectory],
    footprint: Footprint,
    chosen: Callable[[Trajectory], slice] = every_step,
) -> ChipCost | None:
    """Average the work of a chip; None for a network that is on none, or that was not counted.

    Args:
        trajectories: Motions.
        footprint: Resources of the network.
        chosen: Function that chooses the steps of a motion; without any, the result is None too.
    """
    rows = np.concatenate([one.chip_work[chosen(one)] for one in trajectories])
    if footprint.compartments is None or not len(rows) or (rows == UNCOUNTED).any():
        return None
    mean = ChipWork(*rows.mean(axis=0).tolist())
    learning = np.concatenate([one.learning_updates[chosen(one)] for one in trajectories]).mean()
    times = rows[:, TIME]
    return ChipCost(
        work=Work.of_chip(mean, footprint.compartments, float(learning)),
        host_messages=mean.host_messages,
        time_mean=float(times.mean()),
        time_p99=float(np.percentile(times, 99)),
        time_longest=float(times.max()),
    )
