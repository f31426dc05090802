"""Spikes of motions, and those that Nengo's own simulator shows."""

from contextlib import closing

import nengo
import numpy as np

from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.spikes import UNLABELLED, Population, SpikeTrains

POPULATIONS = (Population("a", 3), Population("b", 2))


def test_spikes_are_joined_step_by_step():
    spiked = [np.array([4, 1]), np.array([], dtype=int), np.array([0])]
    trains = SpikeTrains.of_steps(POPULATIONS, spiked)
    np.testing.assert_array_equal(trains.step, [0, 0, 2])
    np.testing.assert_array_equal(trains.neuron, [4, 1, 0])
    assert trains.step.dtype == trains.neuron.dtype == np.int32


def test_spikes_of_a_population_are_listed_by_its_own_neurons():
    rng = np.random.default_rng(3)
    fired = rng.random((50, 5)) < 0.2
    trains = SpikeTrains.of_steps(POPULATIONS, [np.flatnonzero(row) for row in fired])
    for number, neurons in ((0, range(3)), (1, range(3, 5))):
        found = trains.by_neuron(number)
        assert len(found) == len(neurons)
        for steps, neuron in zip(found, neurons, strict=True):
            np.testing.assert_array_equal(steps, np.flatnonzero(fired[:, neuron]))


def test_a_motion_without_spikes_has_neurons_all_the_same():
    trains = SpikeTrains.of_steps(POPULATIONS, [])
    assert [len(one) for one in trains.by_neuron(0)] == [0, 0, 0]


def test_nengo_shows_the_spikes_that_it_counts_ensemble_by_ensemble():
    with nengo.Network(seed=2) as network:
        nengo.Ensemble(60, 1, label="loud", max_rates=nengo.dists.Uniform(300, 400))
        quiet = nengo.Ensemble(30, 1)
        nengo.Ensemble(20, 1, label="rates", neuron_type=nengo.LIFRate())
        nengo.Connection(nengo.Node([-1e4] * 30), quiet.neurons, synapse=None)
    with closing(NengoSimulation(network)) as simulation:
        assert simulation.populations == (Population("loud", 60), Population(UNLABELLED, 30))
        seen: set[int] = set()
        for _ in range(50):
            simulation.step()
            spiked = simulation.spiked.tolist()
            n_rates = int(np.count_nonzero(simulation._signal(simulation._outputs[2]) > 0))
            assert len(spiked) == simulation.counts.spikes - n_rates
            seen.update(spiked)
    assert 15 < len(seen) <= 60
    assert max(seen) < 60


def test_rate_neurons_have_no_spikes():
    with nengo.Network(seed=2) as network:
        nengo.Ensemble(20, 1, neuron_type=nengo.LIFRate())
    with closing(NengoSimulation(network)) as simulation:
        simulation.step()
        assert simulation.populations == ()
        assert not simulation.spiked.size
