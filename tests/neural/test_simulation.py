"""Which neurons of a network are drawn, and which are refused."""

from collections.abc import Iterator

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

N_NEURONS = 300 + 37


@pytest.fixture
def simulation() -> Iterator[NeuralSimulation]:
    with nengo.Network(seed=1) as network:
        nengo.Ensemble(300, 1)
        nengo.Ensemble(37, 2)
    made = NengoSimulation(network)
    yield made
    made.close()


def test_a_share_of_all_neurons_is_drawn_once_each_and_from_everywhere(simulation):
    assert simulation.n_neurons == N_NEURONS
    drawn = simulation.draw_neurons(0.2, 3)
    assert len(drawn) == len(set(drawn.tolist())) == round(0.2 * N_NEURONS)
    # A fifth of either ensemble, by chance: four standard deviations of the second's 7.4.
    assert 0 < np.count_nonzero(drawn >= 300) < 18
    assert sorted(simulation.draw_neurons(1.0, 3)) == list(range(N_NEURONS))
    assert not simulation.draw_neurons(0.0, 3).size


def test_one_seed_draws_the_same_and_more_of_them_another_seed_others(simulation):
    few, more = (set(simulation.draw_neurons(share, 3).tolist()) for share in (0.1, 0.3))
    assert few == set(simulation.draw_neurons(0.1, 3).tolist()) < more
    assert few != set(simulation.draw_neurons(0.1, 4).tolist())


@pytest.mark.parametrize("share", [-0.01, 1.5, np.nan])
def test_what_is_no_share_is_refused(simulation, share):
    with pytest.raises(SpikearmError, match="share of neurons is a number from 0 to 1, not"):
        simulation.draw_neurons(share, 3)


def test_neurons_that_are_not_there_are_refused(simulation):
    with pytest.raises(SpikearmError, match="no neuron 337: this network's 337 neurons"):
        simulation.silence([2, 337])
    assert not simulation.silent.size


def test_who_is_silent_cannot_be_changed_from_outside(simulation):
    simulation.silence([5, 2])
    simulation.silent[:] = 9
    np.testing.assert_array_equal(simulation.silent, [2, 5])
