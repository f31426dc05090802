"""Cost of counting spikes and events in the engine: with and without, in turn.

.venv/bin/python benchmarks/counting.py
"""

import os
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table

NETWORKS = ("gen3", "product", "pes-1000", "convolution")
WARM_UP = 300  # steps


@dataclass(frozen=True)
class Options:
    """Time the engine as it is, and compiled without counting.

    Attributes:
        networks: Names of networks in benchmarks/networks.py.
        steps: Steps in a turn.
        turns: Turns of each; the median counts.
    """

    networks: tuple[str, ...] = NETWORKS
    steps: int = 200
    turns: int = 40


def main(options: Options) -> None:
    """Measure and print."""
    table = Table(title="What counting costs", title_justify="left")
    table.add_column("network")
    for heading in ("us/step, counting", "us/step, not counting", "cost %"):
        table.add_column(heading, justify="right")
    for network in options.networks:
        counting, without = measure(network, options)
        cost = 100 * (counting / without - 1)
        table.add_row(network, f"{counting * 1e6:.1f}", f"{without * 1e6:.1f}", f"{cost:.1f}")
    Console().print(table)


def measure(network: str, options: Options) -> tuple[float, float]:
    """Time a network with and without counting [s per step]."""
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(network, count)) for count in (True, False)]
        turns = [
            [one.submit(take_turn, options.steps).result() for one in workers]
            for _ in track(range(options.turns), network)
        ]
    counting, without = zip(*turns, strict=True)
    return median(counting), median(without)


@contextmanager
def worker(network: str, counting: bool) -> Iterator[ProcessPoolExecutor]:
    """Start a process that runs a network with kernels of its own."""
    with TemporaryDirectory() as cache:
        os.environ["NUMBA_CACHE_DIR"] = cache  # numba reads it in the new process
        pool = ProcessPoolExecutor(1, get_context("spawn"), begin, (network, counting))
        with pool:
            pool.submit(take_turn, WARM_UP).result()
            yield pool
    os.environ.pop("NUMBA_CACHE_DIR", None)


def begin(network: str, counting: bool) -> None:
    """Build the network in a worker, whose kernels are compiled after the switch is set."""
    global _simulator
    from spikearm.loihi_deploy.engine.layout import layout

    layout.COUNTING = counting
    import measurement
    import numpy as np
    from networks import NETWORKS
    from peers import PEERS

    warnings.simplefilter("ignore")  # each library says the same of every network
    workload = NETWORKS[network]()
    _simulator = PEERS["engine"](workload)
    measurement.set_inputs(workload, np.random.default_rng(measurement.INPUT_SEED))


def take_turn(steps: int) -> float:
    """Run a worker's network, and return the time of a step [s]."""
    began = time.perf_counter()
    _simulator.run_steps(steps)
    return (time.perf_counter() - began) / steps


_simulator: Any = None  # in a worker: what it runs


if __name__ == "__main__":
    main(tyro.cli(Options))
