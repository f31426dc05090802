"""Stored weights that spikes reach on the chip, by connection: while the arm moves, and holds.

.venv/bin/python scripts/events_by_connection.py --arm gen3
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import TrainedController, shipped
from spikearm.experiments.energy_units import energy
from spikearm.experiments.studies.deployment.drive import (
    DriveConfig,
    follow_drive,
    plan_drive,
    recorded_controller,
)
from spikearm.experiments.studies.energy.workload import hold
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.energy.account import SYNAPTIC, Work, dynamic_energy
from spikearm.loihi_deploy.mapping.fan_out import stored_by
from spikearm.loihi_deploy.plain_names import plain_name

DRIVE = DriveConfig(speed_limits=False)
Rows = dict[tuple[str, str], np.ndarray]


def main(arm: str = "gen3", trained: Path | None = None) -> None:
    """Print spikes, stored weights that they reach and their energy in a step, on average.

    Args:
        arm: Name of the arm.
        trained: Trained controller. Default: the one that ships for the arm.
    """
    controller = shipped(arm) if trained is None else TrainedController.load(trained)
    phases = measure(arm, controller)
    table = Table("from", "to", *(f"{one}: {what}" for one in phases for what in HEADINGS))
    totals = {phase: np.sum([*rows.values()], axis=0) for phase, rows in phases.items()}
    first = next(iter(phases.values()))
    for ends in sorted(first, key=lambda ends: -first[ends][1]):
        table.add_row(*ends, *(cell for rows in phases.values() for cell in cells(rows[ends])))
    table.add_row("all", "", *(cell for total in totals.values() for cell in cells(total)))
    Console(width=130).print(table)


HEADINGS = ("spikes", "weights", "least price")


def cells(row: np.ndarray) -> tuple[str, str, str]:
    """Write the numbers of a row; weights of every kind have the same least price."""
    spikes, weights = row.tolist()
    priced = dynamic_energy("loihi", Work(weights, 0.0), SYNAPTIC)
    return f"{spikes:.2f}", f"{weights:,.1f}", energy(priced)


def measure(name: str, trained: TrainedController) -> dict[str, Rows]:
    """Drive an arm out to its target, and let it hold there."""
    arm = load_arm(name)
    _, motion = plan_drive(arm, DRIVE)
    with recorded_controller(arm, trained, DRIVE) as (controller, simulation):
        moved = follow_drive(arm, controller, motion, DRIVE)
        moving = by_connection(simulation, len(moved.time))
        held = hold(arm, controller, motion.goal, DRIVE)
        return {"moving": moving, "holding": by_connection(simulation, len(held.time))}


def by_connection(simulation: RecordedSimulation, n_steps: int) -> Rows:
    """Count spikes and the stored weights that they reach in the last steps, on average."""
    integers, first = simulation.blocks, 0
    fired = simulation.spike_log.matrix(n_steps).mean(axis=0)
    names = {synapse: layer(block) for block in integers.blocks for synapse in block.synapses}
    rows: Rows = {}
    sources = [*((layer(one), one) for one in integers.blocks), *host_inputs(integers.inputs)]
    for name, source in sources:
        spikes = fired[first : first + source.n_neurons]
        for axon in source.axons:
            stored = stored_by(axon, source.n_neurons)
            ends = name, names[axon.target]
            rows[ends] = rows.get(ends, 0) + np.array([spikes[stored > 0].sum(), spikes @ stored])
        first += source.n_neurons
    return rows


def layer(block: Any) -> str:
    """Return the name of a block's layer, whatever part of it the block is."""
    return plain_name(block.label).partition("[")[0]


def host_inputs(inputs: Any) -> Iterator[tuple[str, Any]]:
    """Name the host's spike inputs by their number of values."""
    seen: Counter[str] = Counter()
    for one in inputs:
        name = f"host, {one.n_neurons // 2} values"
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), one


if __name__ == "__main__":
    tyro.cli(main)
