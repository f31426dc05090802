"""Blocks that share a core: against every way to group them, and limit by limit."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks
from spikearm.loihi_deploy.discretisation.quantisation import quantise
from spikearm.loihi_deploy.mapping.packing import fits, pack
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi


def blocks_of(*sizes: int) -> tuple[Any, ...]:
    """Blocks of so many neurons that a bias drives, in integers."""
    blocks = []
    for size in sizes:
        block = nengo_loihi.block.LoihiBlock(size, label=f"of {size}")
        block.compartment.configure_relu()
        block.compartment.bias[:] = 0.2
        blocks.append(block)
    return quantise(FloatBlocks(tuple(blocks), (), ())).blocks


def reached(block: Any, n_axons: int, n_weights: int = 1, learning: bool = False) -> Any:
    """Let axons reach a block."""
    synapse = nengo_loihi.block.Synapse(n_axons)
    synapse.set_weights(np.ones((n_axons, n_weights)))
    if learning:
        synapse.set_learning()
    block.add_synapse(synapse)
    return synapse


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    """Every way to group some things."""
    if not items:
        yield []
        return
    first, *others = items
    for groups in partitions(others):
        yield [[first], *groups]
        for k, group in enumerate(groups):
            yield [*groups[:k], [first, *group], *groups[k + 1 :]]


def left(groups: Any, traffic: np.ndarray) -> float:
    """Spikes that leave their group."""
    return traffic.sum() - sum(traffic[np.ix_(group, group)].sum() for group in groups)


@pytest.mark.parametrize("seed", range(4))
def test_no_grouping_of_seven_blocks_lets_fewer_spikes_leave_their_core(seed):
    rng = np.random.default_rng(seed)
    blocks = blocks_of(*rng.integers(150, 700, 7).tolist())
    traffic = rng.exponential(size=(7, 7)) * (rng.random((7, 7)) < 0.4)
    groups = pack(blocks, traffic, np.random.default_rng(0))
    assert sorted(k for group in groups for k in group) == list(range(7))
    assert all(fits([blocks[k] for k in group]) for group in groups)
    size = [block.n_neurons for block in blocks]
    every = [
        left(one, traffic)
        for one in partitions(list(range(7)))
        if all(sum(size[k] for k in group) <= 1024 for group in one)
    ]
    assert left(groups, traffic) == pytest.approx(min(every))
    assert min(every) < 0.9 * traffic.sum()


def test_a_pair_with_most_spikes_is_not_joined_where_two_other_pairs_keep_more():
    """a-b 9, b-c 10, c-d 9, and a core holds two: b-c alone would keep 10, not 18."""
    traffic = np.zeros((4, 4))
    traffic[0, 1], traffic[2, 1], traffic[2, 3] = 9, 10, 9
    groups = pack(blocks_of(500, 500, 500, 500), traffic, np.random.default_rng(0))
    assert sorted(groups) == [(0, 1), (2, 3)]


def test_blocks_that_send_each_other_nothing_stay_apart():
    groups = pack(blocks_of(10, 10), np.diag([3.0, 5.0]), np.random.default_rng(0))
    assert sorted(groups) == [(0,), (1,)]


def test_small_blocks_fit_and_those_of_1025_neurons_do_not():
    assert fits(blocks_of(512, 512))
    assert not fits(blocks_of(512, 513))


def test_axons_and_synapse_memory_of_both_must_fit():
    one, other = blocks_of(100, 100)
    reached(one, 4096)
    assert fits([one, other])
    reached(other, 1)
    assert not fits([one, other])
    one, other = blocks_of(200, 200)
    reached(one, 500, 200)
    reached(other, 10, 200)
    assert fits([one, other])
    reached(other, 400, 200)
    assert not fits([one, other])


def test_thresholds_of_both_must_fit():
    one, other = blocks_of(8, 8)
    one.compartment.vth[:4] = 64 * np.arange(20, 24)
    other.compartment.vth[:2] = 64 * np.arange(30, 32)
    assert fits([one, other])  # with the common one, 7
    other.compartment.vth[2] = 64 * 40
    assert not fits([one, other])


def test_a_block_that_learns_or_sends_over_population_axons_stays_alone():
    one, other = blocks_of(8, 8)
    reached(one, 1, learning=True)
    assert not fits([one, other])
    one, other = blocks_of(8, 8)
    axon = nengo_loihi.block.Axon(1)
    axon.target = reached(blocks_of(1)[0], 1)
    one.add_axon(axon)
    assert fits([one, other])
    axon.target.pop_type = 16
    assert not fits([one, other])


@pytest.mark.parametrize(
    ("name", "value"), [("vmin", -1023), ("vmax", 2**11 - 1), ("noise_exp", 3), ("noise_offset", 1)]
)
def test_blocks_with_other_membranes_stay_apart(name, value):
    one, other = blocks_of(8, 8)
    assert getattr(one.compartment, name) != value
    setattr(other.compartment, name, value)
    assert not fits([one, other])
