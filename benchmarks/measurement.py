"""Measurement of a simulator on a network, in a process of its own."""

import hashlib
import os
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from networks import NETWORKS, Workload
from peers import PEERS

from spikearm.arm_models import SpikearmError

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
N_ROUNDS = 5  # timed; inputs change from one to the next
INPUT_SEED = 1


@dataclass(frozen=True)
class Work:
    """Work of a network on a chip, whatever simulates it.

    Attributes:
        ensembles, neurons: Numbers of ensembles and neurons of the network.
        compartments, synapses: Numbers of compartments and weights on the chip.
        events: Synaptic events per step.
        learning_updates: Updates of learning weights per step.
    """

    ensembles: int
    neurons: int
    compartments: int
    synapses: int
    events: float
    learning_updates: float


@dataclass(frozen=True)
class Measurement:
    """Measurement of a simulator on a network.

    Attributes:
        network, peer: Names of network and simulator.
        step_time: Wall time of a step, the median of the rounds [s].
        single_step_time: Wall time of a step where every step is a call of its own [s].
        build_time: Time from network to simulator [s].
        first_step_time: Time of the first step [s].
        peak_memory: Largest memory of the process, Python and libraries included [bytes].
        output_digest: Digest of the outputs after each round; equal for two simulators that
            agree to the last bit.
        work: Work, as counted by the engine.
    """

    network: str
    peer: str
    step_time: float
    single_step_time: float
    build_time: float
    first_step_time: float
    peak_memory: int | None
    output_digest: str
    work: Work | None


def measure_apart(network: str, peer: str, steps: int) -> Measurement:
    """Measure in a fresh process, so that memory and libraries are one simulator's alone."""
    return run_apart(measure, network, peer, steps)


def run_apart(function: Callable, *arguments: Any) -> Any:
    """Call a function in a fresh process, whose libraries compute in one thread.

    CPU time is that of all threads, and of those that wait, too.
    """
    os.environ.update(ONE_THREAD)
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_hush) as pool:
        return pool.submit(function, *arguments).result()


def _hush() -> None:
    """Discard standard error of libraries; errors come back as exceptions."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)


def measure(network: str, peer: str, steps: int) -> Measurement:
    """Build, warm up and time a simulator.

    Args:
        network: Name in ``NETWORKS``.
        peer: Name in ``PEERS``.
        steps: Number of steps in a round.
    """
    warnings.simplefilter("ignore")  # each library says the same of every network
    workload = NETWORKS[network]()
    rng = np.random.default_rng(INPUT_SEED)
    build_time, simulator = _timed(lambda: PEERS[peer](workload))
    with simulator:
        set_inputs(workload, rng)
        first_step_time, _ = _timed(lambda: simulator.run_steps(1, **_quiet(simulator)))
        simulator.run_steps(steps, **_quiet(simulator))
        before = _events(simulator)
        times, digest = [], hashlib.sha256()
        for _ in range(N_ROUNDS):
            set_inputs(workload, rng)
            elapsed, _ = _timed(lambda: simulator.run_steps(steps, **_quiet(simulator)))
            times.append(elapsed / steps)
            digest.update(workload.output.values.tobytes())
        if not workload.output.values.any():
            raise SpikearmError(f"Network '{network}' puts out nothing: give it more steps.")
        events = (_events(simulator) - before) / (N_ROUNDS * steps)
        singly, _ = _timed(lambda: [simulator.step(**_quiet(simulator)) for _ in range(steps)])
        work = _work(workload, simulator, events) if peer == "engine" else None
    return Measurement(
        network=network,
        peer=peer,
        step_time=median(times),
        single_step_time=singly / steps,
        build_time=build_time,
        first_step_time=first_step_time,
        peak_memory=_peak_memory(),
        output_digest=digest.hexdigest(),
        work=work,
    )


def measure_starts() -> tuple[float, float]:
    """Time the engine's first start, which compiles, and its second, which does not [s]."""
    kept = os.environ.get("NUMBA_CACHE_DIR")
    with TemporaryDirectory() as cache:
        os.environ["NUMBA_CACHE_DIR"] = cache  # numba reads it in the new processes
        first, second = run_apart(_time_start), run_apart(_time_start)
    os.environ.pop("NUMBA_CACHE_DIR")
    if kept is not None:
        os.environ["NUMBA_CACHE_DIR"] = kept
    return first, second


def _time_start() -> float:
    """Time import, construction and first step [s]."""
    warnings.simplefilter("ignore")
    workload = NETWORKS["pes-1000"]()
    elapsed, simulator = _timed(lambda: _first_step(workload))
    simulator.close()
    return elapsed


def _first_step(workload: Workload) -> Any:
    simulator = PEERS["engine"](workload)
    simulator.run_steps(1)
    return simulator


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def set_inputs(workload: Workload, rng: np.random.Generator) -> None:
    """Draw new values for the host inputs."""
    for host_input in workload.inputs:
        host_input.values[:] = rng.uniform(-0.9, 0.9, len(host_input.values))


def _quiet(simulator: Any) -> dict[str, bool]:
    """Return the option that keeps nengo-dl from printing."""
    return {"progress_bar": False} if "nengo_dl" in type(simulator).__module__ else {}


def _events(simulator: Any) -> int:
    engine = getattr(simulator, "engine", None)
    return engine.counts.synaptic_events if engine else 0


def _work(workload: Workload, simulator: Any, events: float) -> Work:
    blocks = simulator.model.blocks
    synapses = [synapse for block in blocks for synapse in block.synapses]
    return Work(
        ensembles=len(workload.network.all_ensembles),
        neurons=workload.network.n_neurons,
        compartments=sum(block.n_neurons for block in blocks),
        synapses=sum(w.size for synapse in synapses for w in synapse.weights),
        events=events,
        learning_updates=sum(
            w.size / synapse.learn_epoch
            for synapse in synapses
            if synapse.learning
            for w in synapse.weights
        ),
    )


def _peak_memory() -> int | None:
    """Read the largest memory that this process held [bytes]; None off Linux."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
