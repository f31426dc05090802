"""Comparison of allocators on random networks of many small ensembles.

Controllers that ship fill their few cores: there is little to choose. These networks leave room.

.venv/bin/python scripts/allocators.py
"""

from contextlib import closing
from dataclasses import dataclass

import nengo
import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.experiments.studies.deployment.table import allocation_tables
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.checks.compare_allocators import compare_allocators

WEIGHT = 1e-3
BIAS = (20.0, 120.0)  # Hz, drawn for every ensemble


@dataclass(frozen=True)
class Options:
    """Run one random network of every size, and assign its cores with every allocator.

    Attributes:
        sizes: Numbers of ensembles.
        neurons: Number of neurons of each ensemble.
        senders: Most neurons of an ensemble that reach another.
        fan_out: Ensembles that each reaches, on average.
        steps: Number of steps of the run.
        seed: Seed of the networks.
    """

    sizes: tuple[int, ...] = (16, 32)
    neurons: int = 160
    senders: int = 40
    fan_out: float = 3.0
    steps: int = 200
    seed: int = 0

    def execute(self) -> None:
        """Run, assign and print."""
        for size in self.sizes:
            table = self._table(size)
            table.title = f"{size} ensembles. {table.title}"
            Console(width=140).print(table)

    def _table(self, size: int) -> Table:
        with closing(RecordedSimulation(self._network(size))) as simulation:
            for _ in range(self.steps):
                simulation.step()
            allocations = compare_allocators(simulation.blocks, simulation.activity)
            (table,) = allocation_tables(allocations, chosen="")
            return table

    def _network(self, size: int) -> nengo.Network:
        rng = np.random.default_rng([self.seed, size])
        resting = {"voltage": nengo.dists.Choice([0])}
        relu = nengo.SpikingRectifiedLinear(initial_state=resting)
        with nengo.Network(seed=self.seed) as network:
            for bias in rng.uniform(*BIAS, size):
                nengo.Ensemble(
                    self.neurons, 1, neuron_type=relu, gain=np.ones(self.neurons),
                    bias=np.full(self.neurons, bias),
                )  # fmt: skip
            reach = rng.random((size, size)) < self.fan_out / (size - 1)
            np.fill_diagonal(reach, False)
            for a, b in zip(*np.nonzero(reach), strict=True):
                n = int(rng.integers(1, self.senders + 1))
                nengo.Connection(
                    network.ensembles[a].neurons[:n], network.ensembles[b].neurons,
                    transform=np.full((self.neurons, n), WEIGHT),
                )  # fmt: skip
        return network


if __name__ == "__main__":
    tyro.cli(Options, description=__doc__).execute()
