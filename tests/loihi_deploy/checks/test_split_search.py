"""Layers split over more cores: shorter steps, at a price worked out by hand."""

import itertools
from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.checks.split_search import WORTH_A_CORE, search_split
from spikearm.loihi_deploy.discretisation.blocks import build
from spikearm.loihi_deploy.energy.step_time import (
    MESSAGE_IN,
    MESSAGE_OUT,
    NEURON,
    SPIKE,
    STORED_WEIGHT,
    SYNCHRONISATION,
)
from spikearm.loihi_deploy.mapping.splitting import split_ensembles
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

N_STEPS = 60
WIDE = 60


@pytest.fixture
def network() -> nengo.Network:
    """Eight neurons that fire in every other step, onto sixty that never do, which are nested."""
    relu = nengo.SpikingRectifiedLinear(initial_state={"voltage": nengo.dists.Choice([0])})
    with nengo.Network(seed=2) as network:
        nengo_loihi.add_params(network)
        busy = nengo.Ensemble(
            8, 1, neuron_type=relu, gain=np.ones(8), bias=np.full(8, 1000.0), label="busy"
        )
        with nengo.Network():
            wide = nengo.Ensemble(
                WIDE, 1, neuron_type=relu, gain=np.ones(WIDE), bias=np.zeros(WIDE), label="wide"
            )
        nengo.Connection(busy.neurons, wide.neurons, transform=np.full((WIDE, 8), -1e-3))
    return network


def run(network: nengo.Network) -> RecordedSimulation:
    simulation = RecordedSimulation(network)
    for _ in range(N_STEPS):
        simulation.step()
    return simulation


def wide_time(n_blocks: int) -> float:
    """Time of the core of the largest block of ``wide`` while all of ``busy`` fire."""
    return 8 * (MESSAGE_IN + STORED_WEIGHT[0] * int(np.ceil(WIDE / n_blocks)))


def test_the_slowest_layer_is_split_as_long_as_another_core_is_worth_it(network):
    with closing(run(network)) as simulation:
        fired = simulation.activity.fired
        fired = fired[fired[:, :8].sum(axis=1) == 8]  # steps in which all of busy fire
        assert fired.shape[0] > N_STEPS / 3
        found = search_split(simulation, fired)
    busy_time = NEURON * 8 + 8 * (SPIKE + MESSAGE_OUT)
    assert [one.blocks for one in found] == [(1, n + 1) for n in range(len(found))]
    assert [one.cores for one in found] == [n + 2 for n in range(len(found))]
    for n, one in enumerate(found, start=1):
        out = busy_time + 8 * MESSAGE_OUT * (n - 1)  # a message to each block
        expected = max(wide_time(n), out) + SYNCHRONISATION[1 if n < 4 else 2]
        assert one.mean == pytest.approx(expected, rel=1e-12)
        assert one.longest == pytest.approx(expected, rel=1e-12)
        assert one.energy is not None
    assert all(
        after.mean <= (1 - WORTH_A_CORE) * before.mean
        for before, after in itertools.pairwise(found)
    )
    assert len(found) > 2
    assert found[0].names == ("busy", "wide")


@pytest.mark.parametrize("blocks", [(1, 1), (2, 3), (8, 7)])
def test_a_split_network_fires_as_the_whole_one_where_weights_round_alike(network, blocks):
    with closing(run(network)) as whole:
        expected = whole.activity.fired
    with closing(run(split_ensembles(network, blocks))) as split:
        sizes = [block.n_neurons for block in split.blocks.blocks]
        assert np.array_equal(split.activity.fired.toarray(), expected.toarray())
    assert sizes == [
        len(part)
        for n, k in zip((8, WIDE), blocks, strict=True)
        for part in np.split(np.arange(n), np.arange(-(-n // k), n, -(-n // k)))
    ]


def test_blocks_know_their_ensembles(network):
    floats = build(split_ensembles(network, (2, 3)), seed=0)
    assert floats.ensembles == (0, 0, 1, 1, 1)


def test_an_ensemble_on_the_host_has_no_blocks(network):
    with network:
        host = nengo.Ensemble(5, 1, label="host")
    network.config[host].on_chip = False
    assert 1 not in build(split_ensembles(network, (1, 0, 1)), seed=0).ensembles
