"""Mixtures: samples and posteriors against SciPy's densities."""

import numpy as np
import pytest
from scipy.stats import vonmises_fisher

from spikearm.experiments.studies.reproductions.moraitis2022.mixture import draw_mixture


@pytest.fixture
def mixture():
    return draw_mixture(np.random.default_rng(21))


def test_causes_overlap_and_are_not_equally_probable(mixture):
    cosines = mixture.centres @ mixture.centres.T
    np.testing.assert_allclose(cosines, 0.3 + 0.7 * np.eye(4), atol=1e-12)
    assert sorted(mixture.priors) == [0.1, 0.2, 0.3, 0.4]
    inputs, causes = mixture.sample(4000, np.random.default_rng(1))
    accuracy = np.mean(mixture.posterior(inputs).argmax(axis=1) == causes)
    assert 0.85 < accuracy < 0.92


def test_samples_come_from_their_causes(mixture):
    inputs, causes = mixture.sample(20_000, np.random.default_rng(2))
    np.testing.assert_allclose(np.linalg.norm(inputs, axis=1), 1.0)
    np.testing.assert_allclose(np.bincount(causes) / 20_000, mixture.priors, atol=0.01)
    for cause, centre in enumerate(mixture.centres):
        mean = inputs[causes == cause].mean(axis=0)
        assert mean @ centre / np.linalg.norm(mean) > 0.999


def test_the_posterior_is_that_of_the_densities(mixture):
    inputs, _ = mixture.sample(200, np.random.default_rng(3))
    densities = np.array([vonmises_fisher(one, 10.0).pdf(inputs) for one in mixture.centres]).T
    joint = densities * mixture.priors
    expected = joint / joint.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(mixture.posterior(inputs), expected, rtol=1e-9)
