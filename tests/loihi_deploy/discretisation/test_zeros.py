"""Weights without zeros: on nengo-loihi's emulator, what arrives is the same in every step."""

import copy
import warnings
from typing import Any

import numpy as np
import pytest

from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.discretisation.zeros import drop_zeros
from spikearm.loihi_deploy.nengo_loihi_compat import (
    EmulatorInterface,
    Greedy,
    discretize_model,
    nengo_loihi,
    without_known_warnings,
)

block_module = nengo_loihi.block
KINDS = ("rows", "shared", "population", "twice", "zero", "small", "learning")
N_STEPS, N_MODELS = 20, 20
DENSE, INDEXED = 3, 0  # nengo-loihi 1.1, block.py: compression


def random_model(seed: int) -> tuple[Any, list[str]]:
    """Make blocks and inputs at random, most of whose weights are zero."""
    rng = np.random.default_rng(seed)
    model = nengo_loihi.builder.Model()
    blocks = [add_block(rng, model) for _ in range(3)]
    sources = [*blocks, add_input(rng, model)]
    kinds = rng.choice(KINDS, size=6).tolist()
    for kind in kinds:
        source = sources[rng.integers(len(sources))]
        connect(rng, kind, source, blocks[rng.integers(len(blocks))])
    with without_known_warnings():
        discretize_model(model)
    return model, kinds


def add_block(rng: np.random.Generator, model: Any) -> Any:
    block = block_module.LoihiBlock(2 * int(rng.integers(3, 20)))
    block.compartment.configure_relu()
    block.compartment.configure_filter(0.005)
    block.compartment.bias[:] = rng.uniform(-0.1, 0.5, size=block.n_neurons)
    model.add_block(block)
    return block


def add_input(rng: np.random.Generator, model: Any) -> Any:
    spikes = nengo_loihi.inputs.SpikeInput(9)
    for time in range(1, N_STEPS):
        spikes.add_spikes(time, np.flatnonzero(rng.random(9) < 0.3), permanent=True)
    model.add_input(spikes)
    return spikes


def connect(rng: np.random.Generator, kind: str, source: Any, block: Any) -> None:
    """Lead all neurons of a source to axons of a new group of weights."""
    n_axons, n_atoms = int(rng.integers(2, 12)), 3 if kind == "population" else 1
    synapse = block_module.Synapse(n_axons)
    if kind in ("rows", "zero", "small", "learning"):
        synapse.set_weights(sparse(rng, kind, (n_axons, block.n_neurons)))
    else:
        n_rows, size = int(rng.integers(1, n_axons + 1)), block.n_neurons // 2
        weights = [sparse(rng, kind, (n_atoms, size)) for _ in range(n_rows)]
        order = np.sort(rng.integers(size, size=size)) if kind == "twice" else np.arange(size)
        indices = [np.tile(order, (n_atoms, 1)) for _ in range(n_rows)]
        bases = rng.integers(-1, size, size=n_axons)
        bases[0] = 0
        kept = rng.integers(n_rows, size=n_axons)
        synapse.set_population_weights(weights, indices, kept, bases, pop_type=32)
    if kind == "learning":
        synapse.set_learning(learning_rate=1e-4, tracing_tau=5)
    block.add_synapse(synapse)
    axon = block_module.Axon(n_axons)
    axon.target = synapse
    numbers = rng.integers(-1, n_axons, size=source.n_neurons)
    axon.set_compartment_axon_map(numbers, rng.integers(n_atoms, size=source.n_neurons))
    source.add_axon(axon)


def sparse(rng: np.random.Generator, kind: str, shape: tuple[int, int]) -> np.ndarray:
    weights = rng.normal(size=shape) * (rng.random(shape) < rng.choice([0.05, 0.2, 0.7]))
    weights[rng.random(shape[0]) < 0.3] = 0.0  # whole rows
    if kind == "small":  # all but one are less than half a step of 8 bits
        weights = np.where(np.arange(weights.size).reshape(shape) == 3, 1.0, 1e-3 * weights)
    return (0.0 * weights if kind == "zero" else weights).astype(np.float32)


def states(blocks: Any) -> list[np.ndarray]:
    """Run on the emulator; return currents, voltages and spikes of every step, then weights."""
    blocks = copy.deepcopy(IntegerBlocks.of_model(blocks))
    emulator = EmulatorInterface(EmulatedModel(blocks), seed=5)
    for errors in emulator.synapses.pes_errors.values():
        errors[:] = np.arange(len(errors)) % 7 - 3
    seen = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of overflows
        for _ in range(N_STEPS):
            emulator.step()
            state = emulator.compartment
            seen += [state.current.copy(), state.voltage.copy(), state.spiked.copy()]
    return seen + [w for one in emulator.synapses.pes_errors for w in one.weights]


class EmulatedModel:
    """As much of a model as an emulator asks for."""

    dt = 0.001

    def __init__(self, blocks: IntegerBlocks) -> None:
        self.blocks, self.inputs, self.probes = blocks.blocks, blocks.inputs, blocks.probes


def learning_rows(blocks: Any) -> list[np.ndarray]:
    synapses = [one for block in blocks.blocks for one in block.synapses if one.learning]
    return [weights for one in synapses for weights in one.weights]


def n_weights(blocks: Any, nonzero: bool = False) -> int:
    count = np.count_nonzero if nonzero else np.size
    return sum(
        int(count(w)) for block in blocks.blocks for one in block.synapses for w in one.weights
    )


def n_axons(blocks: Any) -> int:
    return sum(one.n_axons for block in blocks.blocks for one in block.synapses)


def test_random_blocks_go_on_alike_without_zeros_whatever_kind_their_weights_are():
    occurred, dropped, left_out, fired, learned = set(), 0, 0, 0, 0
    for seed in range(N_MODELS):
        model, kinds = random_model(seed)
        stored = drop_zeros(IntegerBlocks.of_model(model))
        before, after = states(model), states(stored)
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one, other, err_msg=str(seed))
        assert n_weights(stored, nonzero=True) <= n_weights(model, nonzero=True)
        dropped += n_weights(model) - n_weights(stored)
        left_out += n_axons(model) - n_axons(stored)
        fired += sum(int(one.sum()) for one in before if one.dtype == bool)
        learned += sum(
            not np.array_equal(*pair)
            for pair in zip(before[3 * N_STEPS :], learning_rows(model), strict=True)
        )
        occurred.update(kinds)
    assert occurred == set(KINDS)
    assert dropped > 1000 and left_out > 50 and fired > 1000 and learned > 20


def test_groups_that_learn_or_reach_a_compartment_twice_are_left_alone():
    for seed in range(N_MODELS):
        model, _ = random_model(seed)
        stored = drop_zeros(IntegerBlocks.of_model(model))
        for block, other in zip(model.blocks, stored.blocks, strict=True):
            for one, after in zip(block.synapses, other.synapses, strict=True):
                twice = any(len(set(row.tolist())) < len(row) for i in one.indices for row in i)
                if one.learning or twice:
                    assert after.n_axons == one.n_axons
                    np.testing.assert_equal(after.weights, one.weights)
                    np.testing.assert_equal(after.indices, one.indices)
                    assert after.synapse_cfg == one.synapse_cfg


def rows_of(weights: np.ndarray) -> tuple[Any, Any]:
    """Make a block that one input reaches, an axon from each of its neurons; return both."""
    model = nengo_loihi.builder.Model()
    block = block_module.LoihiBlock(weights.shape[1])
    block.compartment.configure_relu()
    block.compartment.configure_filter(0.005)
    model.add_block(block)
    synapse = block_module.Synapse(len(weights))
    synapse.set_weights(weights.astype(np.float32))
    block.add_synapse(synapse)
    spikes = nengo_loihi.inputs.SpikeInput(len(weights))
    axon = block_module.Axon(len(weights))
    axon.target = synapse
    spikes.add_axon(axon)
    model.add_input(spikes)
    with without_known_warnings():
        discretize_model(model)
    stored = drop_zeros(IntegerBlocks.of_model(model))
    return stored.blocks[0], stored.inputs[0]


def bits_of_row(n: int, index_bits: int) -> int:
    """Count the memory of a row: words of 64 bits, a header of 10 for every 64 weights."""
    chunks = [min(n - first, 64) for first in range(0, n, 64)]
    return sum(-(-(one * (8 + index_bits) + 10) // 64) * 64 for one in chunks)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.4, 0.45, 0.5, 0.7, 1.0])
def test_weights_carry_an_index_only_where_this_takes_less_memory(share):
    weights = np.zeros((6, 900))
    weights[:, : int(900 * share)] = np.random.default_rng(1).permuted(np.linspace(1, 2, 900))[
        : int(900 * share)
    ]
    block, _ = rows_of(weights)
    (synapse,) = block.synapses
    dense, indexed = 6 * bits_of_row(900, 0), 6 * bits_of_row(int(900 * share), 10)
    assert synapse.bits() == min(dense, indexed)
    assert synapse.synapse_cfg.compression == (INDEXED if indexed < dense else DENSE)
    assert synapse.size() == (6 * int(900 * share) if indexed < dense else 5400)
    assert synapse.synapse_cfg.real_idx_bits == 10


def test_a_weight_that_only_8_bits_make_zero_is_left_out_too():
    weights = np.full((1, 100), 1e-3)
    weights[0, 40:45] = 1.0, -0.5, 0.25, -0.125, 0.0625
    block, _ = rows_of(weights)
    assert block.synapses[0].indices[0].tolist() == [[40, 41, 42, 43, 44]]
    assert np.count_nonzero(block.synapses[0].weights[0]) == 5


def test_neurons_whose_weights_are_all_zero_are_connected_to_nothing():
    weights = np.ones((5, 30))
    weights[[1, 4]] = 0.0
    block, spikes = rows_of(weights)
    assert block.synapses[0].n_axons == 3 == len(block.synapses[0].weights)
    (axon,) = spikes.axons
    assert axon.map_axon(np.arange(5)).tolist() == [0, -1, 1, 2, -1]
    assert axon.n_axons == 3
    # A row that stays has all of its weights in place.
    assert [w.size for w in block.synapses[0].weights] == [30] * 3


def test_a_group_of_zeros_keeps_one_weight_and_nengo_loihi_places_what_follows_it():
    model = nengo_loihi.builder.Model()
    block = block_module.LoihiBlock(20)
    block.compartment.configure_relu()
    model.add_block(block)
    for factor in (0.0, 1.0):
        synapse = block_module.Synapse(3)
        synapse.set_weights(factor * np.eye(3, 20, dtype=np.float32)[:, ::-1])
        block.add_synapse(synapse)
    with without_known_warnings():
        discretize_model(model)
    stored = drop_zeros(IntegerBlocks.of_model(model))
    assert [one.size() for one in stored.blocks[0].synapses] == [1, 3]
    ((core,),) = [chip.cores for chip in Greedy()(stored, n_chips=1).chips]
    assert list(core.synapse_axons.values()) == [[0], [1, 2, 3]]


def test_the_blocks_that_are_given_stay_as_they_are():
    model, _ = random_model(3)
    before = copy.deepcopy(IntegerBlocks.of_model(model))
    assert n_weights(drop_zeros(IntegerBlocks.of_model(model))) < n_weights(model)
    for block, other in zip(model.blocks, before.blocks, strict=True):
        for one, kept in zip(block.synapses, other.synapses, strict=True):
            np.testing.assert_equal(one.weights, kept.weights)
            assert (one.n_axons, one.bits()) == (kept.n_axons, kept.bits())
