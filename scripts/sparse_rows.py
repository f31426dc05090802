"""Time of a step of gen3's network on Nengo, with dense and with sparse rows into ``products``.

Each neuron of ``products`` sees one number of the command and one of the latent code. Stored as
``nengo.Sparse`` are the rows of the command, or these and those of the code.

.venv/bin/python scripts/sparse_rows.py
"""

import time
from typing import Literal, NamedTuple, get_args

import nengo
import numpy as np
from rich.console import Console
from rich.table import Table

from spikearm.controller.spiking.spiking_network import SpikingNetwork, build_network
from spikearm.controller.weights.membrane import NeuralStage
from spikearm.controller.weights.trained import shipped
from spikearm.neural.nengo_simulation import NengoSimulation

Rows = Literal["dense", "command sparse", "command and code sparse"]
STAGES: tuple[NeuralStage, ...] = ("rate", "spiking")
N_ROUNDS, N_STEPS = 20, 100


class Run(NamedTuple):
    """Simulation of a network, with what it has taken and given."""

    simulation: NengoSimulation
    built: SpikingNetwork
    seconds: list[float]
    torques: list[np.ndarray]


def main() -> None:
    """Print the time of a step, and whether the torques are those of dense rows."""
    table = Table("stage", "rows", "us per step", "torques", title="gen3 on Nengo")
    for stage in STAGES:
        runs = {rows: open_run(stage, rows) for rows in get_args(Rows)}
        for seed in range(N_ROUNDS):
            for run in runs.values():
                step_through(run, seed)
        for rows, run in runs.items():
            same = np.array_equal(run.torques, runs["dense"].torques)
            took = 1e6 * float(np.median(run.seconds)) / N_STEPS
            table.add_row(stage, rows, f"{took:.0f}", "the same" if same else "others")
    Console().print(table)


def open_run(stage: NeuralStage, rows: Rows) -> Run:
    """Build the network of a stage, and its simulation."""
    built = build_network(shipped("gen3").weights, stage)
    network = built.network
    (products,) = [one for one in network.ensembles if one.label == "products"]
    command = [one for one in network.connections if one.post_obj == products.neurons]
    code = [one for one in network.connections if one.post_obj is products]
    if rows != "dense":
        replace(network, command[0], command[0].pre_obj, command[0].transform.init)
    if rows == "command and code sparse":
        number = decode(network, code[0])
        replace(network, code[0], number, products.encoders)
    return Run(NengoSimulation(network), built, [], [])


def decode(network: nengo.Network, connection: nengo.Connection) -> nengo.Node:
    """Decode the code into a node, in place of the ensemble that sees it by its encoders."""
    with network:
        node = nengo.Node(size_in=connection.size_out)
        nengo.Connection(connection.pre, node, solver=connection.solver, synapse=connection.synapse)
    return node


def replace(
    network: nengo.Network, connection: nengo.Connection, source: nengo.Node, rows: np.ndarray
) -> None:
    """Connect a source to ``products`` by sparse rows, in place of a connection."""
    network.connections.remove(connection)
    neurons = getattr(connection.post_obj, "neurons", connection.post_obj)
    places = np.argwhere(rows)
    sparse = nengo.Sparse(rows.shape, indices=places, init=rows[tuple(places.T)])
    with network:
        nengo.Connection(source, neurons, transform=sparse, synapse=None)


def step_through(run: Run, seed: int) -> None:
    """Simulate some steps with random inputs, and note their processor time and torques."""
    rng = np.random.default_rng(seed)
    nodes = run.built.nodes
    given = [nodes.posture.values, nodes.velocities.values, nodes.command.values]
    start = time.process_time()
    for _ in range(N_STEPS):
        for values in given:
            values[:] = rng.uniform(-0.9, 0.9, len(values))
        run.simulation.step()
        run.torques.append(nodes.outputs.values.copy())
    run.seconds.append(time.process_time() - start)


if __name__ == "__main__":
    main()
