"""Ways of assigning cores side by side, with what spikes take worked out by hand."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.checks.compare_allocators import compare_allocators, traffic_energy
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.mapping.allocators import ALLOCATORS
from spikearm.loihi_deploy.mapping.mesh import SpikeTraffic
from spikearm.loihi_deploy.nengo_loihi_compat import Greedy, GreedyInterchip, nengo_loihi

N_STEPS = 50


@pytest.fixture(scope="module")
def pair() -> tuple[IntegerBlocks, Activity]:
    """Three neurons and two that spike at one another, and two more that nobody knows."""
    resting = {"voltage": nengo.dists.Choice([0])}
    relu = nengo.SpikingRectifiedLinear(initial_state=resting)
    with nengo.Network(seed=1) as network:
        nengo_loihi.add_params(network)
        one, other, _ = (
            nengo.Ensemble(n, 1, neuron_type=relu, gain=np.ones(n), bias=np.full(n, 90.0))
            for n in (3, 2, 2)
        )
        nengo.Connection(one.neurons, other.neurons, transform=np.full((2, 3), 1e-3))
        nengo.Connection(other.neurons, one.neurons, transform=np.full((3, 2), 1e-3))
    with closing(RecordedSimulation(network)) as simulation:
        for _ in range(N_STEPS):
            simulation.step()
        return simulation.blocks, simulation.activity


def test_every_allocator_is_there_with_as_many_cores_as_nengo_loihi_takes(pair):
    blocks, activity = pair
    found = {one.allocator: one for one in compare_allocators(blocks, activity)}
    assert set(found) == set(ALLOCATORS)
    for name, theirs in (("greedy", Greedy()), ("greedy-interchip", GreedyInterchip())):
        assert found[name].cores_per_chip == tuple(theirs(blocks, 3).n_cores_per_chip)


def test_spikes_are_those_of_two_populations_and_stay_in_a_core_that_these_share(pair):
    blocks, activity = pair
    per_step = activity.spikes[:5].sum() / N_STEPS
    assert per_step > 0.1
    greedy, _, ours = compare_allocators(blocks, activity)
    assert (greedy.between_cores, ours.between_cores) == (pytest.approx(per_step), 0)
    assert (greedy.cores_per_chip, ours.cores_per_chip) == ((3,), (2,))
    for one in (greedy, ours):
        assert one.traffic.spikes == pytest.approx(per_step)
        assert one.energy == pytest.approx((1.7e-12 * per_step, 111e-12 * per_step))


def test_hops_have_their_prices_and_spikes_between_chips_none():
    least, calibrated = (2 * 1.7 + 3 * 3 + 5 * 4) * 1e-12, (2 * 111 + 3 * 3 + 5 * 4.2) * 1e-12
    assert traffic_energy(SpikeTraffic(2, 3, 5)) == pytest.approx((least, calibrated))
    assert traffic_energy(SpikeTraffic(2, 3, 5, between_chips=0.1)) is None
