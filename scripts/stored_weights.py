"""Stored weights that spikes reach, energy and synapse memory: whole rows, and without zeros.

.venv/bin/python scripts/stored_weights.py gen3 panda
"""

from typing import Annotated

import tyro
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import load_arm
from spikearm.controller.spiking.trained import shipped
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    follow_drive,
    loihi_controller,
    plan_drive,
)
from spikearm.experiments.studies.energy.table import energy
from spikearm.experiments.studies.energy.workload import chip_work
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.account import network_account
from spikearm.loihi_deploy.energy.devices import DEVICES
from spikearm.loihi_deploy.mapping.placement import place
from spikearm.loihi_deploy.pipeline import deploy

DRIVE = DriveConfig(speed_limits=False)


def main(arms: Annotated[tuple[str, ...], tyro.conf.Positional] = ("gen3",)) -> None:
    """Print a row for each arm and way of storing.

    Args:
        arms: Names of arms.
    """
    table = Table("arm", "rows", "stored weights reached per step", "dynamic", "memory [bits]")
    for arm in arms:
        for way, (events, dynamic, bits) in measure(arm).items():
            table.add_row(arm, way, f"{events:,.0f}", energy(dynamic), f"{bits:,.0f}")
    Console().print(table)


def measure(name: str) -> dict[str, tuple[float, float, float]]:
    """Drive an arm, and count for both ways of storing the weights of its controller.

    Returns:
        Stored weights that spikes reach per step, dynamic energy of a step [J], and synapse memory
        [bits].
    """
    arm = load_arm(name)
    start, motion = plan_drive(arm, DRIVE)
    with loihi_controller(shipped(name), DRIVE, RecordedSimulation) as controller:
        simulation = controller.simulation
        assert isinstance(simulation, RecordedSimulation)
        controller.start(arm.reset(start))
        simulation.forget()  # what settling took
        follow_drive(arm, controller, motion, DRIVE)
        deployment = deploy(simulation)
    ways = {"whole": deployment.integers, "without zeros": deployment.stored}
    return {way: count(blocks, simulation) for way, blocks in ways.items()}


def count(blocks: IntegerBlocks, simulation: RecordedSimulation) -> tuple[float, float, float]:
    """Count the work of a step on the chip, and price it."""
    work, _ = chip_work(blocks, simulation.activity, learning_updates=0.0)
    account = network_account(DEVICES["loihi"], "", work, period=0.0)
    bits = sum(core.resources[limits.SYNAPSE_BITS].used for core in place(blocks).cores)
    return work.synaptic_events, account.dynamic, bits


if __name__ == "__main__":
    tyro.cli(main)
