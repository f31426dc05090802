"""Cores assigned by counted spikes: against all placements, and as nengo-loihi's board."""

import copy
from contextlib import closing
from dataclasses import replace
from itertools import permutations

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.checks.compare_allocators import traffic_energy
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.mapping import traffic_allocator
from spikearm.loihi_deploy.mapping.mesh import spike_traffic
from spikearm.loihi_deploy.mapping.placement import Core, Placement
from spikearm.loihi_deploy.mapping.traffic import core_traffic
from spikearm.loihi_deploy.mapping.traffic_allocator import TrafficAllocator
from spikearm.loihi_deploy.nengo_loihi_compat import Greedy, nengo_loihi
from spikearm.loihi_deploy.pipeline import place

RESTING = {"voltage": nengo.dists.Choice([0])}
N_STEPS = 60
Run = tuple[IntegerBlocks, Activity]


def run(sizes: list[int], lines: dict[tuple[int, int], int]) -> Run:
    """Populations that a bias drives, and so many neurons of one that reach another."""
    with nengo.Network(seed=3) as network:
        nengo_loihi.add_params(network)
        relu = nengo.SpikingRectifiedLinear(initial_state=RESTING)
        all_of_them = [
            nengo.Ensemble(n, 1, neuron_type=relu, gain=np.ones(n), bias=np.full(n, 80.0))
            for n in sizes
        ]
        for (a, b), n in lines.items():
            weights = np.full((sizes[b], n), 1e-3)
            nengo.Connection(all_of_them[a].neurons[:n], all_of_them[b].neurons, transform=weights)
    with closing(RecordedSimulation(network)) as simulation:
        for _ in range(N_STEPS):
            simulation.step()
        return simulation.blocks, simulation.activity


def energy(blocks: IntegerBlocks, activity: Activity, placement: Placement) -> float:
    taken = traffic_energy(spike_traffic(placement, core_traffic(blocks, placement, activity)[0]))
    assert taken is not None
    return taken.least


@pytest.fixture(scope="module")
def large() -> Run:
    """Six populations too large to share a core: four on a tile, two on the next."""
    rng = np.random.default_rng(4)
    lines = {(a, b): int(rng.integers(5, 30)) for a, b in permutations(range(6), 2) if (a - b) % 3}
    return run([520] * 6, lines)


@pytest.fixture(scope="module")
def small() -> Run:
    """Ten populations in a random graph, that can share cores."""
    rng = np.random.default_rng(6)
    pairs = [pair for pair in permutations(range(10), 2) if rng.random() < 0.25]
    return run([180] * 10, {pair: int(rng.integers(5, 40)) for pair in pairs})


def test_no_order_of_six_cores_takes_less_energy(large: Run):
    blocks, activity = large
    found = place(blocks, TrafficAllocator(activity))
    assert sorted(len(core.blocks) for core in found.cores) == [1] * 6
    every = [
        energy(blocks, activity, Placement(tuple(Core(0, k, (b,)) for k, b in enumerate(order))))
        for order in permutations(blocks.blocks)
    ]
    assert energy(blocks, activity, found) == pytest.approx(min(every))
    assert max(every) > min(every)


def test_it_beats_greedy_on_a_random_network(small: Run):
    blocks, activity = small
    greedy, found = place(blocks), place(blocks, TrafficAllocator(activity))
    assert energy(blocks, activity, found) < energy(blocks, activity, greedy)
    left = [
        sent.sum() - sent.trace()
        for sent, _ in (core_traffic(blocks, one, activity) for one in (greedy, found))
    ]
    assert left[1] < 0.8 * left[0]
    assert len(found.cores) < len(greedy.cores)


def test_every_block_lies_on_one_core_that_holds_it_and_nengo_loihi_finds_the_board_valid(
    small: Run,
):
    blocks, activity = small
    board = TrafficAllocator(activity)(blocks, n_chips=1)
    nengo_loihi.hardware.validate.validate_board(board)
    cores = [core for chip in board.chips for core in chip.cores]
    assert sorted(map(id, (block for core in cores for block in core.blocks))) == sorted(
        map(id, blocks.blocks)
    )
    assert max(len(core.blocks) for core in cores) > 1
    for block in blocks.blocks:
        _, number, _, compartments, _ = board.find_block(block)
        assert len(compartments) == block.n_neurons
        assert block in cores[number].blocks
        for synapse in block.synapses:
            assert board.find_synapse(synapse)[1] == number
    for core in place(blocks, TrafficAllocator(activity)).cores:
        assert all(use.used <= use.most for use in core.resources.values())


def test_what_is_placed_is_not_changed(small: Run):
    blocks, activity = small
    before = copy.deepcopy(blocks)
    place(blocks, TrafficAllocator(activity))
    for old, new in zip(before.blocks, blocks.blocks, strict=True):
        for name in ("vth", "bias", "decay_u", "decay_v"):
            np.testing.assert_array_equal(
                getattr(old.compartment, name), getattr(new.compartment, name)
            )
        for one, other in zip(old.synapses, new.synapses, strict=True):
            assert all(map(np.array_equal, one.weights, other.weights))
            assert one.synapse_cfg == other.synapse_cfg


def test_populations_that_talk_lie_on_one_chip(monkeypatch: pytest.MonkeyPatch):
    """Two groups of four that do not know of each other, in turns, and chips of four cores."""
    monkeypatch.setattr(traffic_allocator, "CORES_PER_CHIP", 4)
    pairs = [(a, b) for a, b in permutations(range(8), 2) if (a - b) % 2 == 0]
    blocks, activity = run([520] * 8, dict.fromkeys(pairs, 20))

    def between_chips(placement: Placement) -> float:
        sent, _ = core_traffic(blocks, placement, activity)
        return spike_traffic(placement, sent).between_chips

    found = place(blocks, TrafficAllocator(activity), n_chips=2)
    assert found.cores_per_chip == (4, 4)
    assert between_chips(found) == 0
    assert between_chips(place(blocks, Greedy(cores_per_chip=4))) > 0
    with pytest.raises(SpikearmError, match="8 cores are needed, and 1 chips have 4"):
        place(blocks, TrafficAllocator(activity), n_chips=1)


def test_the_run_of_another_network_is_refused(small: Run):
    blocks, activity = small
    other = replace(activity, input=activity.input[1:])
    with pytest.raises(SpikearmError, match="The run was of 1799 compartments"):
        place(blocks, TrafficAllocator(other))
