"""The static network against Nengo's rate neurons, and against the network with filters."""

import numpy as np

from spikearm.controller.spiking.spiking_network import Filters
from spikearm.controller.spiking.static_network import StaticNetwork
from spikearm.experiments.studies.energy.dense_network import DenseNetwork


def test_it_is_what_the_network_with_filters_settles_at(weights):
    inputs = np.random.default_rng(9).uniform(-0.9, 0.9, len(weights.scaling.center))
    dense = DenseNetwork(weights, 0.001, Filters(0.002, 0.003))
    first = settled = dense.step(inputs)
    for _ in range(150):
        settled = dense.step(inputs)
    static = StaticNetwork(weights, weights.readout["rate"])
    np.testing.assert_allclose(static.readout @ static.rates(inputs), settled, rtol=1e-6)
    assert np.abs(settled - first).max() > 0.01
    n_firing = int(np.sum(static.rates(inputs) > 0))
    assert 0 < n_firing < sum(weights.layers)


def test_many_inputs_are_as_one_by_one(weights):
    inputs = np.random.default_rng(8).uniform(-0.9, 0.9, (4, len(weights.scaling.center)))
    network = StaticNetwork(weights, weights.readout["rate"])
    together = network.rates(inputs)
    np.testing.assert_allclose(together, [network.rates(one) for one in inputs], rtol=1e-9)
