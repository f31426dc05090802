"""Growth of the engine's cost with spikes and with compartments.

The networks are cores full of compartments that fire by themselves, as often as their bias
says, and reach compartments of the next core. They are made of nengo-loihi's blocks: Nengo's
own build of a hundred thousand neurons takes too long.
"""

import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import scipy.sparse
from rich.console import Console

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface, nengo_loihi

CORE = 1024  # compartments
FAN_OUT = 64  # compartments that each one reaches; 128 fill a core's synapse memory
RATES = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 200.0, 300.0)  # Hz
RATE_CORES = 16  # where the rate varies
SIZES = (1, 2, 4, 8, 16, 32, 64, 128)  # cores, where the size varies
SIZE_RATES = (0.0, 10.0, 100.0)  # Hz
EMULATED_CORES = 16  # the emulator is measured up to here
EMULATOR_WARM_UP, EMULATOR_STEPS = 100, 10
TAU_SYNAPSE, DT = 0.005, 0.001  # s
WARM_UP = 2000  # steps; slow compartments fire for the first time
WEIGHT = 0.01  # of the threshold, either sign: synapses work, and hardly change the rates
N_ROUNDS = 5
SEED = 0


@dataclass(frozen=True)
class Point:
    """Measurement of one network.

    Attributes:
        series: ``rate`` or ``size``.
        cores, compartments: Numbers of cores and compartments.
        wanted_rate: Rate that the biases are set for [Hz].
        rate: Counted rate per compartment [Hz].
        events: Synaptic events per step.
        step_time: Wall time of a step of the engine [s].
        emulator_step_time: Wall time of a step of nengo-loihi's emulator [s].
    """

    series: str
    cores: int
    compartments: int
    wanted_rate: float
    rate: float
    events: float
    step_time: float
    emulator_step_time: float | None


def measure_scaling(steps: int, console: Console) -> list[Point]:
    """Measure against rate, then against size."""
    cases = [("rate", RATE_CORES, rate) for rate in RATES]
    cases += [("size", cores, rate) for cores in SIZES for rate in SIZE_RATES]
    points = []
    for series, cores, rate in cases:
        points.append(measure_point(series, cores, rate, steps))
        console.print(_describe(points[-1]))
    return points


def measure_point(series: str, cores: int, rate: float, steps: int) -> Point:
    """Build a network and time it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bits that discretisation rounds off
        model = build_model(cores, rate, np.random.default_rng(SEED))
        engine = Engine(model, SEED)
        engine.run_steps(WARM_UP)
        before = engine.counts
        step_time = _step_time(engine, steps)
        after = engine.counts
        emulated = None
        if cores <= EMULATED_CORES:
            emulator = EmulatorInterface(model, seed=SEED)
            emulator.run_steps(EMULATOR_WARM_UP)
            emulated = _step_time(emulator, EMULATOR_STEPS)
    n_steps, n = N_ROUNDS * steps, cores * CORE
    return Point(
        series=series,
        cores=cores,
        compartments=n,
        wanted_rate=rate,
        rate=(after.spikes - before.spikes) / n_steps / n / DT,
        events=(after.synaptic_events - before.synaptic_events) / n_steps,
        step_time=step_time,
        emulator_step_time=emulated,
    )


def build_model(cores: int, rate: float, rng: np.random.Generator):  # noqa: ANN201  untyped
    """Build discretised cores in a ring."""
    model = nengo_loihi.builder.Model(dt=DT)
    blocks = [_core(k, rate, rng) for k in range(cores)]
    for source, target in zip(blocks, blocks[1:] + blocks[:1], strict=True):
        synapse = nengo_loihi.block.Synapse(CORE, label=f"into {target.label}")
        synapse.set_weights(_sparse_weights(rng))
        target.add_synapse(synapse)
        axon = nengo_loihi.block.Axon(CORE, label=f"out of {source.label}")
        axon.target = synapse
        axon.set_compartment_axon_map(target_axons=np.arange(CORE))
        source.add_axon(axon)
    for block in blocks:
        model.add_block(block)
    nengo_loihi.builder.discretize.discretize_model(model)
    return model


def _core(number: int, rate: float, rng: np.random.Generator):  # noqa: ANN202  untyped
    block = nengo_loihi.block.LoihiBlock(CORE, label=f"core {number}")
    block.compartment.configure_filter(TAU_SYNAPSE, dt=DT)
    block.compartment.configure_relu(tau_ref=0.0, dt=DT)
    # each compartment has a rate of its own, so that they do not fire together
    block.compartment.bias[:] = rate * DT * rng.uniform(0.5, 1.5, CORE)
    return block


def _sparse_weights(rng: np.random.Generator) -> scipy.sparse.spmatrix:
    targets = rng.permuted(np.tile(np.arange(CORE), (CORE, 1)), axis=1)[:, :FAN_OUT]
    signs = rng.choice([-1.0, 1.0], CORE * FAN_OUT)
    rows = np.repeat(np.arange(CORE), FAN_OUT)
    weights = WEIGHT * signs
    return scipy.sparse.csr_matrix((weights, (rows, targets.ravel())), shape=(CORE, CORE))


def _step_time(simulator: Engine | EmulatorInterface, steps: int) -> float:
    times = []
    for _ in range(N_ROUNDS):
        begin = time.perf_counter()
        simulator.run_steps(steps)
        times.append((time.perf_counter() - begin) / steps)
    return median(times)


def _describe(point: Point) -> str:
    line = (
        f"{point.series}: {point.compartments} compartments at {point.rate:.1f} Hz, "
        f"{point.events:.0f} events per step: {point.step_time * 1e6:.1f} us"
    )
    if point.emulator_step_time:
        line += f", emulator {point.emulator_step_time * 1e6:.0f} us"
    return line


def draw_scaling(points: list[Point], path: Path) -> None:
    """Draw time per step against rate and against size."""
    from matplotlib.figure import Figure  # a tool of development: not needed to measure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    rated = [p for p in points if p.series == "rate"]
    left.plot([p.rate for p in rated], [p.step_time * 1e6 for p in rated], "o-", color="#2563a8")
    left.set_xlabel("mean rate [Hz]")
    left.set_ylabel("time per step [µs]")
    left.set_title(f"{RATE_CORES * CORE} compartments, {FAN_OUT} synapses each")
    left.set_xlim(left=0)
    left.set_ylim(bottom=0)
    for rate, color in zip(SIZE_RATES, ("#9bbbe0", "#2563a8", "#0d2d52"), strict=True):
        sized = [p for p in points if p.series == "size" and p.wanted_rate == rate]
        label = f"{np.mean([p.rate for p in sized]):.0f} Hz" if rate else "silent"
        right.loglog(
            [p.compartments for p in sized], [p.step_time * 1e6 for p in sized], "o-",
            color=color, label=label,
        )  # fmt: skip
    right.axhline(DT * 1e6, color="#d97706", linewidth=1, label="real time")
    right.set_xlabel("compartments")
    right.set_title("1 to 128 cores")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    figure.savefig(path, dpi=150)
