"""Rates that are measured layer by layer."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.initialisation.afferent import Afferent
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.free_membrane import (
    fluctuation,
    free_membrane,
    poisson_spikes,
)
from spikearm.neural.initialisation.layerwise import initialise, initialise_layerwise
from spikearm.neural.initialisation.lif import Lif


class NumpyLayer:
    """Layer that is stepped as the equations of :class:`Lif` say."""

    def __init__(self, n_in, n_out, lif=Lif(), recurrent=False):
        self.lif = lif
        self.afferents = [Afferent((n_in, n_out))]
        if recurrent:
            self.afferents.append(Afferent((n_out, n_out), recurrent=True))
        self.weights = []

    def write(self, weights):
        self.weights = weights

    def run(self, spikes):
        potential = current = np.zeros((spikes.shape[1], self.weights[0].shape[1]))
        fired = []
        for arriving in spikes:
            fired.append(potential > self.lif.threshold)
            a, b = self.lif.membrane_decay, self.lif.synapse_decay
            potential = (a * potential + (1 - a) * current) * ~fired[-1]
            current = b * current + arriving @ self.weights[0]
            for weights in self.weights[1:]:
                current = current + fired[-1] @ weights
        return np.array(fired)


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    return poisson_spikes(60.0, (150, 20, 50), 0.002, rng)


def test_every_layer_gets_the_rate_that_it_sees(batch):
    network = [NumpyLayer(50, 80), NumpyLayer(80, 60, Lif(threshold=3.0)), NumpyLayer(60, 40)]
    rule = FluctuationDriven(nu=0.5)
    rates = initialise_layerwise(network, batch, rule, np.random.default_rng(1))
    spikes = batch
    for layer, rate in zip(network, rates, strict=True):
        assert rate == pytest.approx(spikes.mean() / 0.002)
        (std,) = (one.std for one in rule.statistics([Afferent((len(layer.weights[0]), 1), rate)],
                                                     layer.lif))  # fmt: skip
        assert layer.weights[0].std() == pytest.approx(std[0], rel=0.1)
        potential = free_membrane(spikes @ layer.weights[0], layer.lif)
        assert fluctuation(potential[30:]) == pytest.approx(layer.lif.threshold, rel=0.25)
        spikes = layer.run(spikes)
    assert 1 < spikes.mean() / 0.002 < 60


def test_one_rate_for_all_layers_leaves_deep_ones_silent(batch):
    def rate_of_the_last(write):
        network = [NumpyLayer(50, 64)] + [NumpyLayer(64, 64) for _ in range(5)]
        write(network)
        spikes = batch
        for layer in network:
            spikes = layer.run(spikes)
        return spikes.mean() / 0.002

    rng, rule = np.random.default_rng(2), FluctuationDriven(nu=60.0)
    assert rate_of_the_last(lambda network: initialise(network, rule, rng)) == 0
    assert rate_of_the_last(lambda network: initialise_layerwise(network, batch, rule, rng)) > 1


def test_a_recurrent_connection_gets_the_rate_of_its_own_layer(batch):
    layer, rule = NumpyLayer(50, 100, recurrent=True), FluctuationDriven(nu=1.0, alpha=0.6)
    (rate,) = initialise_layerwise([layer], batch, rule, np.random.default_rng(3))
    own = layer.run(batch).mean() / 0.002
    assert own > 3  # far from what the rule says
    known = [Afferent((50, 100), rate), Afferent((100, 100), own, recurrent=True)]
    for weights, (_, std) in zip(layer.weights, rule.statistics(known, layer.lif), strict=True):
        assert weights.std() == pytest.approx(std[0], rel=0.15)


def test_a_silent_layer_is_named():
    network = [NumpyLayer(20, 30), NumpyLayer(30, 10)]
    rng = np.random.default_rng(4)
    with pytest.raises(SpikearmError, match="the batch has no spikes"):
        initialise_layerwise(network, np.zeros((50, 5, 20)), FluctuationDriven(), rng)
    weak = FluctuationDriven(0.01)
    with pytest.raises(SpikearmError, match="layer 1 has no spikes"):
        initialise_layerwise(network, np.ones((50, 5, 20)), weak, rng)
