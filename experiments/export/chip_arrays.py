"""The chip's part of a network as plain arrays: blocks, compartments, weights and axons.

Neurons are numbered through: the compartments block by block, then the neurons of the spike inputs,
which the host computes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.engine.layout.sources import Sources
from spikearm.loihi_deploy.nengo_loihi_compat import (
    EmulatorInterface,
    Greedy,
    without_known_warnings,
)

SMALLEST, LARGEST = -128, 127  # weights are 8-bit mantissas


@dataclass(frozen=True)
class Blocks:
    """Blocks, each on a core, shape (n_blocks,) unless noted.

    Attributes:
        label: Name of the block.
        start: First compartment of each, and the end, shape (n_blocks + 1,).
        chip, core: Numbers of chip and core, as nengo-loihi's greedy allocator assigns them.
    """

    label: np.ndarray
    start: np.ndarray
    chip: np.ndarray
    core: np.ndarray


@dataclass(frozen=True)
class Compartments:
    """Integer constants of the compartments, shape (n_compartments,) each.

    Attributes:
        bias: Bias, added to the current.
        threshold: Voltage above which there is a spike.
        lowest, highest: Bounds of the voltage.
        decay_current: Decay of the current: 4095 less this many 4096ths are left after a step.
        decay_voltage: Decay of the voltage: 4096 less this many 4096ths are left after a step.
        refractory: Steps in which the voltage is held at 0, that of the spike included.
    """

    bias: np.ndarray
    threshold: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    decay_current: np.ndarray
    decay_voltage: np.ndarray
    refractory: np.ndarray


@dataclass(frozen=True)
class Synapses:
    """Groups of weights with a common format, shape (n_synapses,) each.

    Attributes:
        label: Name of the group.
        block: Block that the group ends in.
        n_axons: Number of input axons.
        weight_bits, weight_exponent, index_bits, compression: Format, as the chip is configured;
            a compression of 0 stores an index with each weight, one of 3 stores none.
        shift: Bits by which mantissas are shifted left to give weights.
    """

    label: np.ndarray
    block: np.ndarray
    n_axons: np.ndarray
    weight_bits: np.ndarray
    weight_exponent: np.ndarray
    index_bits: np.ndarray
    compression: np.ndarray
    shift: np.ndarray


@dataclass(frozen=True)
class Rows:
    """Rows of weights; a spike adds those of one row.

    Attributes:
        synapse: Group of synapses that a row belongs to, shape (n_rows,).
        start: First weight of each row, and the end, shape (n_rows + 1,).
        mantissa: Weights before the shift, shape (n_weights,), 8-bit.
        offset: Compartment that a weight reaches, counted from an axon's base,
            shape (n_weights,).
    """

    synapse: np.ndarray
    start: np.ndarray
    mantissa: np.ndarray
    offset: np.ndarray


@dataclass(frozen=True)
class Axons:
    """Connections from neurons to rows of weights, shape (n_axons,) each.

    Attributes:
        neuron: Neuron that spikes.
        synapse: Group of synapses that the spike goes to.
        number: Number of the input axon within the group.
        atom: Number of the population of weights within the axon.
        row: Row that the spike adds.
        base: Compartment of an offset of 0.
    """

    neuron: np.ndarray
    synapse: np.ndarray
    number: np.ndarray
    atom: np.ndarray
    row: np.ndarray
    base: np.ndarray


class ChipImage(NamedTuple):
    """Arrays of the chip's part."""

    blocks: Blocks
    compartments: Compartments
    synapses: Synapses
    rows: Rows
    axons: Axons


def read_chip(model: Any) -> ChipImage:
    """Read a model that nengo-loihi has built and discretised.

    Raises:
        SpikearmError: The model learns or has noise, or a weight has more than 8 bits.
    """
    with without_known_warnings():
        emulator = EmulatorInterface(model, seed=0)
    learns = any(synapse.learning for synapse in emulator.synapses.slices)
    if learns or emulator.compartment.noise.enabled.any():
        raise SpikearmError("A bundle holds no noise and no learning: export a network without.")
    synapses = _read_synapses(emulator)
    rows, axons = _read_wiring(emulator, synapses.shift)
    return ChipImage(
        _read_blocks(model, emulator),
        _read_compartments(emulator.compartment),
        synapses,
        rows,
        axons,
    )


def _read_blocks(model: Any, emulator: EmulatorInterface) -> Blocks:
    blocks = emulator.block_info.blocks
    board = Greedy()(model, n_chips=1)
    place = {
        id(block): (number, k)
        for number, chip in enumerate(board.chips)
        for k, core in enumerate(chip.cores)
        for block in core.blocks
    }
    chip, core = np.array([place[id(block)] for block in blocks]).T
    start = np.cumsum([0, *(block.n_neurons for block in blocks)])
    return Blocks(np.array([str(block.label) for block in blocks]), start, chip, core)


def _read_compartments(state: Any) -> Compartments:
    return Compartments(
        bias=state.bias,
        threshold=state.vth,
        lowest=state.vmin,
        highest=state.vmax,
        decay_current=state.decay_u,
        decay_voltage=state.decay_v,
        refractory=state.ref.astype(np.int32),
    )


def _read_synapses(emulator: EmulatorInterface) -> Synapses:
    number = {id(block): k for k, block in enumerate(emulator.block_info.blocks)}
    synapses = list(emulator.synapses.slices)
    formats = [synapse.synapse_cfg for synapse in synapses]
    return Synapses(
        label=np.array([str(one.label) for one in synapses]),
        block=np.array([number[id(emulator.synapses.block_map[one])] for one in synapses]),
        n_axons=np.array([one.n_axons for one in synapses]),
        weight_bits=np.array([one.real_weight_bits for one in formats]),
        weight_exponent=np.array([one.weight_exp for one in formats]),
        index_bits=np.array([one.real_idx_bits for one in formats]),
        compression=np.array([one.compression for one in formats]),
        shift=np.array([one.real_weight_exp + one.shift_bits for one in formats]),
    )


class _Row(NamedTuple):
    synapse: int
    mantissa: np.ndarray
    offset: np.ndarray


def _read_wiring(emulator: EmulatorInterface, shift: np.ndarray) -> tuple[Rows, Axons]:
    """Collect axons, and the rows that they reach, each once."""
    sources, rows, axons = Sources(emulator), [], []
    for number, (synapse, where) in enumerate(emulator.synapses.items()):
        known: dict[tuple[int, int], int] = {}
        for neuron, axon, atom in _arrivals(sources, synapse):
            base = synapse.axon_compartment_base(axon)
            if base is None:
                continue
            key = (int(synapse.axon_weight_idx(axon)), atom)
            if key not in known:
                known[key] = len(rows)
                rows.append(_read_row(synapse, number, axon, atom, int(shift[number])))
            axons.append((neuron, number, axon, atom, known[key], where.start + base))
    return _join(rows), Axons(*np.array(axons, dtype=np.int32).reshape(-1, 6).T.copy())


def _arrivals(sources: Sources, synapse: Any) -> Iterator[tuple[int, int, int]]:
    """Yield every neuron that reaches a synapse, with the synapse's axon and the atom."""
    for source, axons in sources.feeding(synapse):
        for neuron, number, atom in sources.axons_of(source, axons):
            yield int(sources.start[source]) + neuron, number, atom


def _read_row(synapse: Any, number: int, axon: int, atom: int, shift: int) -> _Row:
    weights, indices = synapse.axon_weights_indices(axon, atom=atom)
    mantissa = weights >> shift
    fits = ((mantissa << shift) == weights) & (mantissa >= SMALLEST) & (mantissa <= LARGEST)
    if not fits.all():
        raise SpikearmError(
            f"Weight {weights[~fits][0]} of synapse '{synapse.label}' is no 8-bit number shifted "
            f"by {shift} bits: a bundle cannot hold it."
        )
    return _Row(number, mantissa.astype(np.int8), indices.astype(np.int16))


def _join(rows: list[_Row]) -> Rows:
    sizes = [len(row.mantissa) for row in rows]
    return Rows(
        synapse=np.array([row.synapse for row in rows], dtype=np.int32),
        start=np.cumsum([0, *sizes]),
        mantissa=np.concatenate([row.mantissa for row in rows]),
        offset=np.concatenate([row.offset for row in rows]),
    )
