"""Stored weights that spikes reach, energy, time, memory: whole rows, and without zeros.

.venv/bin/python scripts/stored_weights.py gen3 panda
"""

from dataclasses import dataclass
from typing import Annotated

import tyro
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.energy_units import energy_range
from spikearm.experiments.studies.deployment.drive import DriveConfig, recorded_drive
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.account import LoihiEnergy, Work, loihi_energy
from spikearm.loihi_deploy.energy.chip_work import chip_work
from spikearm.loihi_deploy.energy.step_time import StepTimeSummary, step_times
from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.placement import place
from spikearm.loihi_deploy.pipeline import deploy
from spikearm.neural.counts import ChipWork

DRIVE = DriveConfig(speed_limits=False)


def main(arms: Annotated[tuple[str, ...], tyro.conf.Positional] = ("gen3",)) -> None:
    """Print a row for each arm and way of storing.

    Args:
        arms: Names of arms.
    """
    table = Table("arm", "rows", "weights reached", "dynamic", "mean", "longest", "memory [bits]")
    for arm in arms:
        for way, one in measure(arm).items():
            table.add_row(
                arm, way, f"{one.events:,.0f}", energy_range(one.dynamic),
                f"{1e6 * one.times.mean:.1f} µs", f"{1e6 * one.times.longest:.1f} µs",
                f"{one.bits:,.0f}",
            )  # fmt: skip
    Console(width=110).print(table)


@dataclass(frozen=True)
class Stored:
    """Cost of a step for one way of storing weights.

    Attributes:
        events: Stored weights that spikes reach.
        dynamic: Dynamic energy.
        times: Time of a step.
        bits: Synapse memory [bits].
    """

    events: float
    dynamic: LoihiEnergy | None
    times: StepTimeSummary
    bits: float

    @classmethod
    def of(cls, blocks: IntegerBlocks, fired: csr_array) -> "Stored":
        """Count the work of spikes in blocks, and price it."""
        placement = place(blocks)
        fan_out = FanOut.of(blocks, placement)
        mean = ChipWork(*chip_work(fan_out, fired).mean(axis=0).tolist())
        work = Work.of_chip(mean, fan_out.n_compartments, learning_updates=0.0)
        bits = sum(core.resources[limits.SYNAPSE_BITS].used for core in placement.cores)
        times = step_times(fan_out, fired).summary
        return cls(work.stored_events, loihi_energy(work), times, bits)


def measure(name: str) -> dict[str, Stored]:
    """Drive an arm, and count for both ways of storing the weights of its controller."""
    with recorded_drive(load_arm(name), shipped(name), DRIVE) as (simulation, _):
        deployment, fired = deploy(simulation), simulation.activity.fired
    ways = {"whole": deployment.integers, "without zeros": deployment.stored}
    return {way: Stored.of(blocks, fired) for way, blocks in ways.items()}


if __name__ == "__main__":
    tyro.cli(main)
