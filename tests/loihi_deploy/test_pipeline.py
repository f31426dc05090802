"""The pipeline: its stages one by one, against what nengo-loihi built for the run."""

from contextlib import closing
from typing import Any

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy import pipeline
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.checks.board_config import NENGO_LOIHI_BOARD
from spikearm.loihi_deploy.discretisation.quantisation import WEIGHTS
from spikearm.loihi_deploy.nengo_loihi_compat import GreedyInterchip, nengo_loihi

N_STEPS = 40
RESTING = {"voltage": nengo.dists.Choice([0])}


def lossy(seed: int | None = 5) -> nengo.Network:
    """Two numbers to 30 neurons, and from them to 40 others, most of whose weights are small."""
    with nengo.Network(seed=seed) as network:
        nengo_loihi.add_params(network)
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(initial_state=RESTING)
        network.config[nengo.Ensemble].max_rates = nengo.dists.Uniform(60, 150)
        first = nengo.Ensemble(30, 2, label="first")
        second = nengo.Ensemble(40, 1, label="second", gain=np.ones(40), bias=np.full(40, 1.5))
        weights = np.random.default_rng(1).uniform(1e-4, 2e-4, (40, 30))
        weights[0, 0] *= 100  # one weight makes the steps of 8 bits coarse for all others
        nengo.Connection(nengo.Node([0.6, -0.3]), first, synapse=None)
        nengo.Connection(first.neurons, second.neurons, transform=weights, synapse=0.005)
    return network


def ran(network: nengo.Network, rescaled: bool = False) -> RecordedSimulation:
    simulation = RecordedSimulation(network, rescaled)
    for _ in range(N_STEPS):
        simulation.step()
    return simulation


def numbers(block: Any) -> list[np.ndarray]:
    weights = [weights for synapse in block.synapses for weights in synapse.weights]
    comp = block.compartment
    return [*weights, comp.vth, comp.bias, comp.decay_u, comp.decay_v, comp.refract_delay]


def assert_same_numbers(found: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    assert len(found) == len(expected) == 2
    for one, other in zip(found, expected, strict=True):
        for mine, theirs in zip(numbers(one), numbers(other), strict=True):
            np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("seed", [5, None])
@pytest.mark.parametrize("rescaled", [False, True])
def test_the_blocks_that_the_pipeline_stores_are_those_that_ran(seed, rescaled):
    with closing(ran(lossy(seed), rescaled)) as simulation:
        found = pipeline.deploy(simulation)
        assert_same_numbers(found.stored.blocks, simulation.blocks.blocks)
    assert {block.compartment.vth.dtype for block in found.integers.blocks} == {np.dtype(np.int32)}


def test_every_stage_of_a_deployment_is_that_stage_alone():
    with closing(ran(lossy(), rescaled=True)) as simulation:
        found = pipeline.deploy(simulation, NENGO_LOIHI_BOARD, "greedy-interchip")
        activity = simulation.activity
    floats = pipeline.build(lossy())
    assert_same_numbers(found.floats.blocks, floats.blocks)
    scaled = pipeline.rescale(floats)
    assert_same_numbers(found.scaled.blocks, scaled.blocks)
    integers = pipeline.quantise(scaled)
    assert_same_numbers(found.integers.blocks, integers.blocks)
    assert found.errors == pipeline.quantisation_errors(scaled, integers)
    stored = pipeline.drop_zeros(integers)
    assert_same_numbers(found.stored.blocks, stored.blocks)
    placement = pipeline.place(stored, GreedyInterchip())
    assert [core.name for core in found.placement.cores] == [core.name for core in placement.cores]
    traffic = pipeline.core_traffic(stored, placement, activity)
    for mine, alone in zip(found.traffic, traffic, strict=True):
        assert alone.sum() > 0
        np.testing.assert_array_equal(mine, alone)
    assert found.report == pipeline.check(
        stored, placement, activity, floats.rates, NENGO_LOIHI_BOARD
    )


def test_blocks_are_rescaled_only_where_the_network_ran_so():
    found = []
    for rescaled in (False, True):
        with closing(ran(lossy(), rescaled)) as simulation:
            found.append(pipeline.deploy(simulation))
    plain, rescaled = found
    assert_same_numbers(plain.scaled.blocks, plain.floats.blocks)
    assert_same_numbers(rescaled.floats.blocks, plain.floats.blocks)
    before, after = ([one.relative_rms for one in run.errors if one.array == WEIGHTS]
                     for run in found)  # fmt: skip
    assert max(before) > 0.05 > max(after)


def test_only_an_ensemble_without_gains_asks_for_a_rate_and_a_refractory_delay_is_its_share():
    ((name, share),) = pipeline.build(lossy()).rates
    assert "first" in name
    interval = 0.001 * (round(0.002 / 0.001) + 1)  # nengo-loihi 1.1: one step more than tau_ref
    assert 60 * interval < share <= 150 * interval
