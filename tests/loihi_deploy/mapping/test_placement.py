"""Blocks on cores: as nengo-loihi's allocator assigns them, with its own figures of use."""

import nengo
import pytest

from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.weights.trained import TrainedController
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.nengo_loihi_compat import Greedy, nengo_loihi, without_known_warnings
from spikearm.loihi_deploy.pipeline import build, place, quantise

RESTING = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
UTILISED = {
    limits.COMPARTMENTS: "compartments",
    limits.INPUT_AXONS: "in-axons",  # where nothing learns
    limits.OUTPUT_AXONS: "out-axons",
    limits.SYNAPSE_BITS: "synapses",
}


def test_a_controller_lies_where_greedy_puts_it_and_takes_what_nengo_loihi_counts(
    trained: TrainedController,
):
    network = build_network(trained.weights, "loihi").network
    placement = place(quantise(build(network)))
    with without_known_warnings(), nengo_loihi.Simulator(network, target="sim") as simulator:
        board = Greedy()(simulator.model, n_chips=1)
    theirs = [block for chip in board.chips for core in chip.cores for block in core.blocks]
    assert [core.name for core in placement.cores] == [block.label for block in theirs]
    assert placement.cores_per_chip == tuple(board.n_cores_per_chip)
    for core, block in zip(placement.cores, theirs, strict=True):
        for limit, key in UTILISED.items():
            assert tuple(core.resources[limit]) == block.utilization()[key], key


def test_an_allocator_that_fills_chips_with_two_cores_spreads_five_blocks_over_three():
    with nengo.Network(seed=1) as network:
        for number in range(5):
            nengo.Ensemble(3, 1, label=f"number {number}", neuron_type=RESTING)
    placement = place(quantise(build(network)), Greedy(cores_per_chip=2))
    assert placement.cores_per_chip == (2, 2, 1)
    assert [(core.chip, core.number) for core in placement.cores] == [
        (0, 0), (0, 1), (1, 0), (1, 1), (2, 0),
    ]  # fmt: skip
    assert placement.core_of[placement.cores[3].blocks[0]] == 3


def test_the_utilisation_of_a_core_is_that_of_what_it_has_least_left_of():
    with nengo.Network(seed=1) as network:
        nengo.Ensemble(512, 1, neuron_type=RESTING)
    (core,) = place(quantise(build(network))).cores
    assert core.utilisation == pytest.approx(0.5)
