"""Spikes and currents of the engine beside brian2-loihi, which its authors validated on the chip.

brian2-loihi (Michaelis et al. 2022; MIT) is an optional package that this script and a test
alone import, in an environment of its own, because Brian needs an older numpy. Random recurrent
blocks of random decays, thresholds and weights run in both. Bias, clamped voltages, overflows and
learning are not covered by it.

make check-energy
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import brian2
import brian2_loihi
import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.nengo_loihi_compat import LoihiProbe, discretize_model, nengo_loihi

MIXED = 1  # sign mode of brian2-loihi: weights of either sign
NO_FLOOR = -(2**22)  # voltage that no neuron here comes to
UNIT = 64  # of a weight of exponent 0


@dataclass(frozen=True)
class RecurrentBlock:
    """Block of neurons that drive one another, in the chip's integers.

    Attributes:
        decay_u: Decay of currents, of 4096.
        decay_v: Decay of voltages, of 4096.
        threshold: Mantissa of the threshold.
        refractory: Refractory delay [steps].
        weights: Even mantissas from each neuron to each, shape (n, n).
        input_weights: Even mantissas from each input to each neuron, shape (n_inputs, n).
        arriving: Spikes of the inputs, shape (n_steps, n_inputs).
    """

    decay_u: int
    decay_v: int
    threshold: int
    refractory: int
    weights: np.ndarray
    input_weights: np.ndarray
    arriving: np.ndarray

    @classmethod
    def draw(cls, seed: int, n: int = 40, n_inputs: int = 10, n_steps: int = 200) -> Any:
        """Draw a block."""
        rng = np.random.default_rng(seed)
        weights, into = (2 * rng.integers(-40, 41, shape) for shape in ((n, n), (n_inputs, n)))
        return cls(
            int(rng.integers(200, 2000)), int(rng.integers(50, 1000)), int(rng.integers(100, 400)),
            int(rng.integers(1, 5)), weights, into, rng.random((n_steps, n_inputs)) < 0.15,
        )  # fmt: skip


@dataclass(frozen=True)
class Trace:
    """Spikes and currents of a block, shape (n_steps, n) each.

    Attributes:
        spikes: True where a neuron fired.
        currents: Current of each neuron, with what arrived in the step.
    """

    spikes: np.ndarray
    currents: np.ndarray


def run_engine(block: RecurrentBlock) -> Trace:
    """Run a block on the engine."""
    n_steps, n_inputs = block.arriving.shape
    model, n = nengo_loihi.builder.Model(), len(block.weights)
    made = nengo_loihi.block.LoihiBlock(n)
    made.compartment.configure_relu()
    made.compartment.configure_filter(0.005)
    model.add_block(made)
    inputs = nengo_loihi.inputs.SpikeInput(n_inputs)
    for step, row in enumerate(block.arriving):
        inputs.add_spikes(1 + step, np.flatnonzero(row), permanent=True)
    model.add_input(inputs)
    for source, rows in ((inputs, block.input_weights), (made, block.weights)):
        synapse = nengo_loihi.block.Synapse(len(rows))
        synapse.set_weights(rows.astype(float))
        made.add_synapse(synapse)
        axon = nengo_loihi.block.Axon(len(rows))
        axon.target = synapse
        source.add_axon(axon)
    probes = [LoihiProbe(target=made, key=key) for key in ("spiked", "current")]
    for probe in probes:
        model.add_probe(probe)
    discretize_model(model)
    _write(made, block)
    with Engine(model, seed=0) as engine:
        engine.run_steps(n_steps + 1)
        spiked, currents = (np.array(engine.record.collect(one, engine.t)) for one in probes)
    return Trace(spiked[1:].astype(bool), currents[1:])  # inputs arrive a step later than in Brian


def _write(made: Any, block: RecurrentBlock) -> None:
    """Write the integers of a block over those that nengo-loihi made of floats."""
    compartment = made.compartment
    compartment.decay_u[:], compartment.decay_v[:] = block.decay_u, block.decay_v
    compartment.vth[:], compartment.refract_delay[:] = UNIT * block.threshold, block.refractory
    compartment.vmin = NO_FLOOR
    compartment.bias[:] = 0
    for synapse, rows in zip(made.synapses, (block.input_weights, block.weights), strict=True):
        synapse.weights = [UNIT * row[None].astype(np.int32) for row in rows]


def run_brian(block: RecurrentBlock) -> Trace:
    """Run a block on brian2-loihi, whose decay of a current is nengo-loihi's and 1."""
    brian2.prefs.codegen.target = "numpy"
    brian2.start_scope()
    steps, inputs = np.nonzero(block.arriving)
    n = len(block.weights)
    source = brian2_loihi.LoihiSpikeGeneratorGroup(block.arriving.shape[1], inputs, steps)
    group = brian2_loihi.LoihiNeuronGroup(
        n, refractory=block.refractory, threshold_v_mant=block.threshold,
        decay_v=block.decay_v, decay_I=block.decay_u + 1,
    )  # fmt: skip
    synapses = [
        _synapses(source, group, block.input_weights), _synapses(group, group, block.weights)
    ]  # fmt: skip
    spikes = brian2.SpikeMonitor(group)
    currents = brian2.StateMonitor(group, "I", record=True, when="after_synapses")
    network = brian2_loihi.LoihiNetwork(source, group, *synapses, spikes, currents)
    n_steps = len(block.arriving)
    network.run(n_steps)
    fired = np.zeros((n_steps, n), dtype=bool)
    fired[np.round(np.asarray(spikes.t / brian2.ms)).astype(int), np.asarray(spikes.i)] = True
    return Trace(fired, np.asarray(currents.I).T.astype(np.int64))


def _synapses(source: Any, target: Any, rows: np.ndarray) -> Any:
    made = brian2_loihi.LoihiSynapses(source, target, sign_mode=MIXED, w_exp=0)
    i, j = (grid.ravel() for grid in np.indices(rows.shape))
    made.connect(i=i, j=j)
    made.w = rows.ravel()
    return made


def main(seeds: Annotated[Sequence[int], tyro.conf.Positional] = (1, 2, 3, 4, 5)) -> None:
    """Run a block for every seed on both, and print where they differ.

    Args:
        seeds: Seeds of the blocks.
    """
    table = Table("seed", "spikes, engine", "brian2-loihi", "apart", "largest current", "apart")
    for seed in seeds:
        block = RecurrentBlock.draw(seed)
        ours, theirs = run_engine(block), run_brian(block)
        table.add_row(
            str(seed), f"{ours.spikes.sum():,}", f"{theirs.spikes.sum():,}",
            str(np.count_nonzero(ours.spikes != theirs.spikes)),
            f"{np.abs(theirs.currents).max():,}",
            str(np.count_nonzero(ours.currents != theirs.currents)),
        )  # fmt: skip
    Console(width=100).print(table)


if __name__ == "__main__":
    tyro.cli(main)
