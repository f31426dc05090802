"""Convolutions in the engine: rows that neurons share, against rows neuron by neuron.

.venv/bin/python benchmarks/shared_rows.py

Both forms run the same spikes by turns, on one core; times are the least CPU time of all rounds.
"""

import time
import warnings
from dataclasses import dataclass
from itertools import product
from unittest.mock import patch

import numpy as np
import tyro
from nengo.transforms import ChannelShape, Convolution
from rich.console import Console
from rich.table import Table

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.layout import shared_weights
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

DT, TAU = 0.001, 0.005  # s
N_STEPS = 40  # of a round
CHANNELS_IN = 4
NEVER = 2**62  # weights that a group of synapses must have to share its rows


@dataclass(frozen=True)
class Options:
    """Time convolutions of 3x3 from 4 channels in both forms.

    Attributes:
        sizes: Rows and columns of images.
        channels: Numbers of channels of the output.
        rates: Share of the input's neurons that fire in a step [1].
        rounds: Rounds of 40 steps in each form.
    """

    sizes: tuple[int, ...] = (4, 8, 16, 32, 64, 128)
    channels: tuple[int, ...] = (3, 8, 16)
    rates: tuple[float, ...] = (0.01, 0.1)
    rounds: int = 15


def main(options: Options) -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")  # bits that discretisation rounds off
    table = Table("image", "channels", "share firing", "events per step", title_justify="left")
    for heading in ("shared us", "stored us", "stored / shared", "shared kB", "stored kB"):
        table.add_column(heading, justify="right")
    for size, channels, rate in product(options.sizes, options.channels, options.rates):
        table.add_row(*_compare(size, channels, rate, options.rounds))
    Console(width=140).print(table)


def _compare(size: int, channels: int, rate: float, rounds: int) -> tuple[str, ...]:
    rng = np.random.default_rng(size)
    engines = [_engine(size, channels, least) for least in (0, NEVER)]
    n_neurons = engines[0].inputs[0].n_neurons
    spikes = [np.flatnonzero(rng.random(n_neurons) < rate) for _ in range(N_STEPS)]
    start = np.cumsum([0, *map(len, spikes)]).astype(np.int32)
    arriving = np.concatenate(spikes).astype(np.int32)
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for engine, measured in zip(engines, times, strict=True):
            began = time.process_time()
            engine.advance(arriving, start, N_STEPS)
            measured.append((time.process_time() - began) / N_STEPS * 1e6)
    shared, stored = map(min, times)
    events = engines[0].counts.synaptic_events / rounds / N_STEPS
    n_bytes = [engine.chip.connectivity_bytes / 1e3 for engine in engines]
    return (
        f"{size}x{size}", str(channels), f"{rate:.0%}", f"{events:.0f}", f"{shared:.1f}",
        f"{stored:.1f}", f"{stored / shared:.2f}", *(f"{one:.0f}" for one in n_bytes),
    )  # fmt: skip


def _engine(size: int, channels: int, least: int) -> Engine:
    """Build a convolution of a spike input, whose rows are shared from a number of weights on."""
    rng = np.random.default_rng(channels)
    shape = ChannelShape((size, size, CHANNELS_IN))
    kernel = rng.uniform(-0.1, 0.2, (3, 3, CHANNELS_IN, channels))
    transform = Convolution(channels, shape, kernel_size=(3, 3), padding="same", init=kernel)
    model = nengo_loihi.builder.Model(dt=DT)
    block = nengo_loihi.block.LoihiBlock(transform.output_shape.size)
    block.compartment.configure_filter(TAU, dt=DT)
    block.compartment.configure_relu(dt=DT)
    weights, indices, rows, bases = nengo_loihi.conv.conv2d_loihi_weights(transform)
    synapse = nengo_loihi.block.Synapse(size * size)
    synapse.set_population_weights(weights, indices, rows, bases, pop_type=32)
    block.add_synapse(synapse)
    axon = nengo_loihi.block.Axon(size * size)
    axon.target = synapse
    pixels, atoms = nengo_loihi.conv.pixel_idxs(shape), nengo_loihi.conv.channel_idxs(shape)
    axon.set_compartment_axon_map(pixels, atoms=atoms)
    spikes = nengo_loihi.inputs.SpikeInput(shape.size)
    spikes.add_axon(axon)
    model.add_input(spikes)
    model.add_block(block)
    nengo_loihi.builder.discretize.discretize_model(model)
    with patch.object(shared_weights, "MIN_WEIGHTS", least):
        return Engine(model, seed=0)


if __name__ == "__main__":
    main(tyro.cli(Options))
