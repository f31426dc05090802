"""Weights of blocks that are split: those that nengo-loihi's own function gives."""

from types import SimpleNamespace
from typing import Any

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.discretisation.chip_model import ChipModel
from spikearm.loihi_deploy.nengo_loihi_compat import SPLIT_WEIGHTS, split_blocks
from spikearm.loihi_deploy.simulator import Simulator
from spikearm.loihi_deploy.split_weights import split_weights

N_FROM, N_TO = 40, 1500  # neurons; the latter are more than a core has


def a_network(weights: np.ndarray, decoded: bool) -> nengo.Network:
    resting = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
    with nengo.Network(seed=4) as network:
        before = nengo.Ensemble(N_FROM, 1, neuron_type=resting)
        after = nengo.Ensemble(N_TO, 1, neuron_type=resting)
        if decoded:
            nengo.Connection(before, after)
        else:
            nengo.Connection(before.neurons, after.neurons, transform=weights)
    return network


def groups(network: nengo.Network) -> list[Any]:
    with Simulator(network, model=ChipModel()) as simulator:
        return [one for block in simulator.model.blocks for one in block.synapses]


@pytest.mark.parametrize("decoded", [False, True])
def test_a_split_gives_the_weights_that_nengo_loihi_gives(monkeypatch, decoded):
    rng = np.random.default_rng(8)
    weights = 1e-3 * rng.normal(size=(N_TO, N_FROM)) * (rng.random((N_TO, N_FROM)) < 0.7)
    weights[:, 7] = weights[:, 3]  # axons with the same weights share a row
    weights[:, 11] = 0.0
    found = groups(a_network(weights, decoded))
    assert len(found) > 1
    monkeypatch.setattr(split_blocks, "set_new_synapse_weights", SPLIT_WEIGHTS)
    wanted = groups(a_network(weights, decoded))
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert vars(one.synapse_cfg) == vars(other.synapse_cfg)
        assert (one.n_axons, one.pop_type) == (other.n_axons, other.pop_type)
        for name in ("weights", "indices", "axon_to_weight_map", "axon_compartment_bases"):
            mine, theirs = (
                [] if rows is None else rows for rows in (getattr(one, name), getattr(other, name))
            )
            assert len(mine) == len(theirs)
            for row, same in zip(mine, theirs, strict=True):
                np.testing.assert_array_equal(row, same)


@pytest.mark.parametrize("maps", [None, np.arange(2)])
def test_axons_to_different_compartments_are_left_to_nengo_loihi(maps):
    called: list[tuple[Any, ...]] = []
    group = SimpleNamespace(axon_to_weight_map=maps)
    axons = {0: (0, 0, np.array([1, 2]), {1, 2}), 1: (1, 0, np.array([1, 3]), {1, 3})}
    given = (group, axons, object(), [1, 2, 3], {0: {1, 2}, 1: {1, 3}}, [0, 1])
    split_weights(lambda *words, **options: called.append((*words, options)), *given, validate=3)
    assert called == [(*given, {"validate": 3})]
