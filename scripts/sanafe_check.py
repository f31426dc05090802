"""Energy and time of a step on Loihi, beside SANA-FE's own model of the chip.

SANA-FE (Boyle et al. 2025, IEEE TCAD 44(8); GPL-3.0) is an optional package that this script
and a test alone import. It is given the blocks and the engine's spikes, and counts by itself what
they cause on its unmodified Loihi. It takes 2.3 GB of memory for the controller of an arm.

make check-energy
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import sanafe
import tyro
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array

from spikearm.arm_models import load_arm
from spikearm.controller.weights.trained import shipped
from spikearm.experiments.studies.deployment.drive import DriveConfig, recorded_drive
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.chip_work import chip_work
from spikearm.loihi_deploy.energy.devices import (
    DEVICES,
    EAST_WEST,
    INDEXED,
    MESSAGES,
    NORTH_SOUTH,
    SPIKES,
    UPDATES,
)
from spikearm.loihi_deploy.energy.devices import SYNAPSES as WHOLE
from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.mesh import hops
from spikearm.loihi_deploy.mapping.placement import Placement, place
from spikearm.neural.counts import ChipWork

UNITS = {3: "loihi_dense_synapse", 0: "loihi_sparse_synapse"}
"""SANA-FE's synapses by nengo-loihi's compression of a row."""
RESTING = {"threshold": 0.0, "reset_mode": "hard", "reset": 0.0, "leak_decay": 0.0}


@dataclass(frozen=True)
class Steps:
    """A quantity in each step, shape (n_steps,) each.

    Attributes:
        events: Weights that spikes reached.
        spikes: Neurons that spiked, those of the host among them.
        messages: Messages to cores, those of the host among them.
        synapses: Energy of the weights [J].
        neurons: Energy of the compartments [J].
        network: Energy of messages and hops [J].
        time: Time of the step [s].
    """

    events: np.ndarray
    spikes: np.ndarray
    messages: np.ndarray
    synapses: np.ndarray
    neurons: np.ndarray
    network: np.ndarray
    time: np.ndarray


def our_steps(blocks: IntegerBlocks, placement: Placement, fired: csr_array) -> Steps:
    """Count a run as spikearm does, and price it with SANA-FE's list.

    In SANA-FE's model, the host is a core of the chip, whose messages and hops have a price, too.
    """
    fan_out = FanOut.of(blocks, placement)
    work = dict(zip(ChipWork._fields, chip_work(fan_out, fired).T, strict=True))
    prices = DEVICES["loihi_calibrated"].prices
    cost = {name: price.value or 0.0 for name, price in prices.items()}
    all_messages = work["messages"] + work["host_messages"]
    numbers = np.array([core.number for core in placement.cores])
    way_prices = np.array([cost[EAST_WEST], cost[NORTH_SOUTH]])
    from_host = way_prices @ hops(np.append(numbers, free_core(placement)))[:, -1, :-1]
    n = fan_out.n_compartments
    ways = way_prices @ [work["east_west"], work["north_south"]]
    ways += fired[:, n:] @ (fan_out.messages[n:] @ from_host)
    return Steps(
        events=work["whole_events"] + work["indexed_events"],
        spikes=fired.sum(axis=1),
        messages=all_messages,
        synapses=cost[WHOLE] * work["whole_events"] + cost[INDEXED] * work["indexed_events"],
        neurons=cost[UPDATES] * fan_out.n_compartments + cost[SPIKES] * work["spikes"],
        network=cost[MESSAGES] * all_messages + ways,
        time=work["time"],
    )


def free_core(placement: Placement) -> int:
    """Return the first core without blocks, which is the host in SANA-FE's model."""
    used = {core.number for core in placement.cores}
    return next(number for number in range(len(used) + 1) if number not in used)


def their_steps(
    blocks: IntegerBlocks, placement: Placement, fired: csr_array, timing: str = "simple"
) -> Steps:
    """Replay the spikes on SANA-FE's model of Loihi.

    Each compartment is a ``loihi_lif`` that a bias of 1 lets spike at once and a bias of -1 keeps
    silent; weights are 0. Neurons of the host are inputs, on the first free core.
    """
    architecture = sanafe.load_loihi()
    network = sanafe.Network()
    groups = _groups(network, architecture, blocks, placement)
    for synapse, (source, target, ways) in _connections(blocks, groups):
        unit = UNITS[synapse.synapse_cfg.compression]
        for neuron in target:
            neuron.set_attributes(default_synapse_hw_name=unit)
        source.connect_neurons_sparse(target, {"w": [0.0] * len(ways)}, ways)
    chip = sanafe.SpikingChip(architecture)
    chip.load(network)
    return _replay(chip, blocks, fired, timing)


def _groups(
    network: Any, architecture: Any, blocks: IntegerBlocks, placement: Placement
) -> list[Any]:
    """Make a group of neurons of each block and of each spike input, on their cores."""
    cores = architecture.cores()
    groups = []
    for number, block in enumerate(blocks.blocks):
        group = network.create_neuron_group(
            f"block{number}", block.n_neurons, model_attributes=RESTING, soma_hw_name="loihi_lif",
            default_synapse_hw_name=UNITS[3], default_dendrite_hw_name="loihi_dendrites",
        )  # fmt: skip
        group.map_to_core(cores[placement.cores[placement.core_of[block]].number])
        groups.append(group)
    free, unit = free_core(placement), 0
    for number, one in enumerate(blocks.inputs):
        group = network.create_neuron_group(f"input{number}", one.n_neurons)
        for neuron in group:
            neuron.set_attributes(
                soma_hw_name=f"loihi_inputs[{unit}]", dendrite_hw_name="loihi_dendrites"
            )
            unit += 1
        group.map_to_core(cores[free])
        groups.append(group)
    return groups


def _connections(
    blocks: IntegerBlocks, groups: list[Any]
) -> Iterator[tuple[Any, tuple[Any, Any, list[tuple[int, int]]]]]:
    """List the compartments that each neuron's axons lead to, by the group of synapses."""
    home = {
        synapse: number for number, block in enumerate(blocks.blocks) for synapse in block.synapses
    }
    for source, group in zip((*blocks.blocks, *blocks.inputs), groups, strict=True):
        for axon in source.axons:
            ways = [
                (neuron, int(index))
                for neuron in range(source.n_neurons)
                for spike in axon.map_spikes(np.array([neuron]))
                if spike is not None
                for index in axon.target.axon_weights_indices(spike.axon_idx)[1]
            ]
            yield axon.target, (group, groups[home[axon.target]], ways)


def _replay(chip: Any, blocks: IntegerBlocks, fired: csr_array, timing: str) -> Steps:
    mapped = chip.mapped_neuron_groups
    names = [f"block{n}" for n in range(len(blocks.blocks))]
    compartments = [neuron for name in names for neuron in mapped[name]]
    coders = [neuron for n in range(len(blocks.inputs)) for neuron in mapped[f"input{n}"]]
    spikes = fired.toarray().astype(bool)
    for neuron, train in zip(coders, spikes[:, len(compartments) :].T, strict=True):
        neuron.set_attributes(model_attributes={"spikes": train.tolist()})
    before = np.full(len(compartments), None)
    rows = []
    for row in spikes[:, : len(compartments)]:
        for k in np.flatnonzero(before != row):
            bias = 1.0 if row[k] else -1.0
            compartments[k].set_attributes(model_attributes={"bias": bias})
        before = row
        with _silence():
            found = chip.sim(1, timing_model=timing, processing_threads=1, perf_trace=True)
        trace = {name: values[-1] for name, values in found["perf_trace"].items()}
        rows.append(trace | {"packets": found["packets_sent"]})
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    return Steps(
        columns["spikes"], columns["fired"], columns["packets"], columns["synapse_energy"],
        columns["soma_energy"], columns["network_energy"], columns["sim_time"],
    )  # fmt: skip


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what SANA-FE writes in every step from the screen."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def record(name: str, n_steps: int) -> tuple[IntegerBlocks, Placement, csr_array]:
    """Drive an arm, and return the blocks of its controller and the spikes of the first steps."""
    drive = DriveConfig(speed_limits=False)
    with recorded_drive(load_arm(name), shipped(name), drive) as (simulation, _):
        blocks = simulation.blocks
        return blocks, place(blocks), simulation.activity.fired[:n_steps]


def main(
    arm: Annotated[str, tyro.conf.Positional] = "gen3", steps: int = 1000, detailed: bool = False
) -> None:
    """Print every quantity by both, on average over the steps, and where they differ most.

    Args:
        arm: Name of an arm.
        steps: Steps of its reach.
        detailed: Run SANA-FE's timing model ``detailed``, too, in which messages wait.
    """
    run = record(arm, steps)
    ours, theirs = our_steps(*run), their_steps(*run)
    table = Table("per step", "spikearm", "SANA-FE", "largest difference in a step")
    for name in Steps.__dataclass_fields__:
        one, other = getattr(ours, name), getattr(theirs, name)
        apart = float(np.max(np.abs(one - other) / np.maximum(np.abs(other), 1e-30)))
        table.add_row(name, f"{one.mean():.10g}", f"{other.mean():.10g}", f"{apart:.1e}")
    Console(width=100).print(table)
    print(f"longest step: {1e6 * ours.time.max():.3f} and {1e6 * theirs.time.max():.3f} µs")
    if detailed:
        waited = their_steps(*run, timing="detailed").time
        print(f"detailed: {1e6 * waited.mean():.3f} µs, longest {1e6 * waited.max():.3f} µs")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    tyro.cli(main)
