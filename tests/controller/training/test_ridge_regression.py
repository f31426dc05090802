"""Ridge regression in blocks against one least-squares problem of NumPy's."""

import numpy as np
import pytest

from spikearm.controller.training import ridge_regression
from spikearm.controller.training.ridge_regression import NormalEquations, fit_ridge

N_SAMPLES, N_TERMS, N_TARGETS = 130, 9, 3


@pytest.fixture
def problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    terms = rng.normal(size=(N_SAMPLES, N_TERMS)) * np.geomspace(1e-3, 1e2, N_TERMS)
    targets = terms @ rng.normal(size=(N_TERMS, N_TARGETS))
    return terms, targets + rng.normal(scale=0.3, size=targets.shape)


@pytest.mark.parametrize("ridge", [0.0, 1e-3, 0.7])
def test_blocks_add_up_to_least_squares_with_a_row_for_each_terms_ridge(problem, ridge):
    terms, targets = problem
    equations = NormalEquations(N_TERMS, N_TARGETS)
    for part in np.split(np.arange(N_SAMPLES), [1, 50, 77]):
        equations.add(terms[part], targets[part])
    pull = np.diag(np.sqrt(ridge * np.sum(terms**2, axis=0)))
    expected = np.linalg.lstsq(
        np.vstack([terms, pull]), np.vstack([targets, np.zeros((N_TERMS, N_TARGETS))]), rcond=None
    )[0]
    np.testing.assert_allclose(equations.solve(ridge), expected, rtol=1e-8)


def test_a_term_that_is_always_zero_has_no_weight(problem):
    terms, targets = problem
    terms[:, 4] = 0.0
    equations = NormalEquations(N_TERMS, N_TARGETS)
    equations.add(terms, targets)
    solved = equations.solve(1e-6)
    assert np.isfinite(solved).all()
    np.testing.assert_array_equal(solved[4], 0.0)


@pytest.mark.parametrize("block", [7, 1000])
def test_the_ridge_is_the_one_that_predicts_held_out_samples_best(problem, monkeypatch, block):
    monkeypatch.setattr(ridge_regression, "BLOCK", block)
    terms, targets = problem
    asked: list[float] = []

    def measure(residuals: np.ndarray) -> float:
        asked.append(float(np.mean(residuals**2)))
        return asked[-1]

    fitted = fit_ridge(lambda part: terms[part], targets, measure)
    tried = []
    for ridge in ridge_regression.RIDGES:
        kept = NormalEquations(N_TERMS, N_TARGETS)
        kept.add(terms[:117], targets[:117])
        tried.append(np.mean((terms[117:] @ kept.solve(ridge) - targets[117:]) ** 2))
    np.testing.assert_allclose(asked, tried, rtol=1e-6)
    everything = NormalEquations(N_TERMS, N_TARGETS)
    everything.add(terms, targets)
    best = ridge_regression.RIDGES[int(np.argmin(tried))]
    np.testing.assert_allclose(fitted, everything.solve(best), rtol=1e-6)
    assert 0 < np.argmin(tried) < len(tried) - 1 or len(set(tried)) > 1
