"""Work, energy and time of a step beside SANA-FE, where that is installed."""

from contextlib import closing
from dataclasses import fields
from itertools import pairwise
from types import ModuleType

import nengo
import numpy as np
import pytest

from scripts import load_script
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.mapping.placement import place

N_STEPS = 60


@pytest.fixture(scope="module")
def script() -> ModuleType:
    pytest.importorskip("sanafe", reason="SANA-FE is not installed: make check-energy")
    return load_script("sanafe_check")


def network(seed: int) -> nengo.Network:
    """Six populations on as many cores, and so two tiles, some of their weights zero."""
    rng = np.random.default_rng(seed)
    resting = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
    with nengo.Network(seed=seed) as made:
        given = nengo.Node(lambda t: 0.9 * np.sin(40 * t))
        sizes = rng.integers(20, 60, 6).tolist()
        layers = [nengo.Ensemble(n, 1, neuron_type=resting) for n in sizes]
        nengo.Connection(given, layers[0], synapse=None)
        for one, other in pairwise(layers):
            weights = rng.normal(scale=0.01, size=(other.n_neurons, one.n_neurons))
            weights[rng.random(weights.shape) < rng.choice([0.1, 0.8])] = 0.0
            nengo.Connection(one.neurons, other.neurons, transform=weights, synapse=0.005)
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sana_fe_counts_and_times_what_the_engine_s_spikes_cause_as_we_do(script, seed):
    with closing(RecordedSimulation(network(seed))) as simulation:
        for _ in range(N_STEPS):
            simulation.step()
        blocks, fired = simulation.blocks, simulation.activity.fired
    run = blocks, place(blocks), fired
    ours, theirs = script.our_steps(*run), script.their_steps(*run)
    for name in ("events", "spikes", "messages"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
    for field in fields(ours):
        one, other = getattr(ours, field.name), getattr(theirs, field.name)
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-18, err_msg=field.name)
        assert len(set(other)) > 1, field.name  # it varied
    assert ours.events.mean() > 50
