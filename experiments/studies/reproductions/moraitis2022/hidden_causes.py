"""Bayes test: the posterior that is learned, beside the true one."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from spikearm.experiments.studies.reproductions.moraitis2022.mixture import (
    CONCENTRATION,
    N_CAUSES,
    N_INPUTS,
    Mixture,
    draw_mixture,
)
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.state import SoftHebbState
from spikearm.neural.softhebb.unit_norm import unit_norm

N_SAMPLES, EPOCHS, BATCH = 8000, 6, 8
SMALLEST = 1e-6
"""Probability in place of smaller ones, the zeros of a hard winner, whose logarithm is needed."""

SOFT = SoftHebb(N_CAUSES, beta=CONCENTRATION, learning_rate=0.03, bias_rate=0.01, initial_norm=1.5)
LAYERS = {
    "soft": SOFT,
    "soft, equal priors": replace(SOFT, bias_rate=0.0),
    "hard": replace(SOFT, competition="hard"),
}


def measure_hidden_causes(condition: str, seed: int) -> Mapping[str, float]:
    """Learn a mixture's hidden causes from samples, and measure what was learned on others."""
    rng = np.random.default_rng(seed)
    mixture, layer = draw_mixture(rng), LAYERS[condition]
    samples, _ = mixture.sample(N_SAMPLES, rng)
    start = layer.initial_state(N_INPUTS, rng)
    learned = layer.learn(start, samples, rng, EPOCHS, BATCH, decay=True)
    learned = _matched(learned, mixture)
    tests, causes = mixture.sample(N_SAMPLES, rng)
    posterior, true_posterior = layer.posterior(learned, tests), mixture.posterior(tests)
    read_softly = replace(layer, competition="soft").posterior(learned, tests)
    cosines = np.sum(unit_norm(learned.weights) * mixture.centres, axis=1)
    return {
        "divergence": _divergence(true_posterior, posterior),
        "divergence_read_softly": _divergence(true_posterior, read_softly),
        "cosine": cosines.min(),
        "prior_error": np.abs(np.exp(learned.log_priors) - mixture.priors).max(),
        "norm_error": np.abs(learned.norms - 1.0).max(),
        "accuracy_lost": _accuracy(true_posterior, causes) - _accuracy(posterior, causes),
    }


def _matched(state: SoftHebbState, mixture: Mixture) -> SoftHebbState:
    """Order neurons by the causes whose centres they are nearest to, one each."""
    cosines = mixture.centres @ unit_norm(state.weights).T
    neurons = linear_sum_assignment(cosines, maximize=True)[1]
    return SoftHebbState(state.weights[neurons], state.log_priors[neurons])


def _divergence(true_posterior: np.ndarray, posterior: np.ndarray) -> float:
    """Compute the mean Kullback-Leibler divergence from the true posterior [nat]."""
    ratio = true_posterior / np.maximum(posterior, SMALLEST)
    return float(np.mean(np.sum(true_posterior * np.log(ratio), axis=1)))


def _accuracy(posterior: np.ndarray, causes: np.ndarray) -> float:
    return float(np.mean(posterior.argmax(axis=1) == causes))
