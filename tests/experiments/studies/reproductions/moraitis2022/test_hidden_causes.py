"""Bayes test: the soft layer passes it with every seed, and others fail it."""

import numpy as np
import pytest

from spikearm.experiments.studies.reproductions.moraitis2022.hidden_causes import (
    LAYERS,
    measure_hidden_causes,
)
from spikearm.experiments.studies.reproductions.moraitis2022.mixture import draw_mixture
from spikearm.neural.softhebb.state import SoftHebbState
from spikearm.neural.softhebb.unit_norm import unit_norm

FIRST, *OTHERS = range(5)
seeds = pytest.mark.parametrize(
    "seed", [FIRST, *(pytest.param(one, marks=pytest.mark.slow) for one in OTHERS)]
)


@seeds
def test_a_soft_layer_learns_the_true_posterior(seed):
    values = measure_hidden_causes("soft", seed)
    assert 0.0 <= values["divergence"] < 0.01
    assert 0.99 < values["cosine"] <= 1.0
    assert values["prior_error"] < 0.03
    assert values["norm_error"] < 0.01
    assert values["accuracy_lost"] < 0.01


@seeds
def test_a_hard_winner_fails_the_test(seed):
    assert measure_hidden_causes("hard", seed)["divergence"] > 0.5


@seeds
def test_a_soft_layer_that_takes_causes_for_equally_probable_fails_it(seed):
    values = measure_hidden_causes("soft, equal priors", seed)
    assert 0.03 < values["divergence"] < 0.5
    assert values["cosine"] < 0.99


def test_the_cross_entropy_to_the_true_posterior_falls():
    rng = np.random.default_rng(41)
    mixture, layer = draw_mixture(rng), LAYERS["soft"]
    inputs, _ = mixture.sample(8000, rng)
    # Each neuron starts near one centre, so that it is known which cause it is to become.
    near = unit_norm(unit_norm(rng.normal(size=(4, 8))) + 2.0 * mixture.centres)
    state = SoftHebbState(layer.initial_norm * near, np.full(4, -np.log(4)))
    entropies = [entropy(mixture.posterior(inputs), layer.posterior(state, inputs))]
    for some in np.split(inputs[:2000], [100, 400]):
        state = layer.learn(state, some, rng, batch=8)
        entropies.append(entropy(mixture.posterior(inputs), layer.posterior(state, inputs)))
    assert (np.diff(entropies) < 0.0).all()
    least = entropy(mixture.posterior(inputs), mixture.posterior(inputs))
    assert least < entropies[-1] < least + 0.05 < entropies[0]


def entropy(true_posterior, posterior):
    """Compute the cross-entropy, or of the true posterior with itself its entropy [nat]."""
    return -np.mean(np.sum(true_posterior * np.log(posterior), axis=1))
