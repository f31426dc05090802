"""Bayes test: the soft layer passes it with every seed, and others fail it."""

import pytest

from spikearm.experiments.studies.reproductions.moraitis2022.hidden_causes import (
    measure_hidden_causes,
)

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
