"""Ridge regression in blocks of samples, with the ridge chosen on samples that are held out."""

from collections.abc import Callable

import numpy as np

HELD_OUT = 0.1  # share of the samples, the last ones, that choose the ridge
BLOCK = 2048  # samples whose terms are in memory at a time
RIDGES = tuple(float(ridge) for ridge in np.logspace(-9, -1, 9))
"""Ridges to choose from, relative to each term's mean square."""

Evaluate = Callable[[slice], np.ndarray]
"""Function of a range of samples that computes their terms, shape (n_samples, n_terms)."""
Measure = Callable[[np.ndarray], float]
"""Function that measures the size of residuals, shape (n_samples, n_targets)."""


class NormalEquations:
    """Sums ``X^T X`` and ``X^T Y`` over samples, of which only a block is in memory at a time.

    Args:
        n_terms: Number of terms, columns of ``X``.
        n_targets: Number of targets, columns of ``Y``.
    """

    def __init__(self, n_terms: int, n_targets: int) -> None:
        self._gram = np.zeros((n_terms, n_terms))
        self._cross = np.zeros((n_terms, n_targets))

    def add(self, terms: np.ndarray, targets: np.ndarray) -> None:
        """Add a block of samples.

        Args:
            terms: Terms, shape (n_samples, n_terms).
            targets: Targets, shape (n_samples, n_targets).
        """
        self._gram += terms.T @ terms
        self._cross += terms.T @ targets

    def solve(self, ridge: float) -> np.ndarray:
        """Solve for the coefficients of least squares.

        Args:
            ridge: Regularisation, relative to the mean square of each term; those of terms that
                are zero throughout are zero.

        Returns:
            Shape (n_terms, n_targets).
        """
        size = np.sqrt(np.diag(self._gram))
        size[size == 0] = 1.0
        scaled = self._gram / np.outer(size, size)
        scaled[np.diag_indices_from(scaled)] += ridge
        return np.linalg.solve(scaled, self._cross / size[:, None]) / size[:, None]


def fit_ridge(evaluate: Evaluate, targets: np.ndarray, measure: Measure) -> np.ndarray:
    """Fit coefficients with the ridge that predicts held-out samples best.

    The held-out samples take part in the fit after that.

    Args:
        evaluate: Function that computes the terms of a range of samples.
        targets: Targets, shape (n_samples, n_targets).
        measure: Measure of the error on held-out samples.

    Returns:
        Shape (n_terms, n_targets).
    """
    n_samples = len(targets)
    n_kept = round((1.0 - HELD_OUT) * n_samples)
    held_out, expected = evaluate(slice(n_kept, n_samples)), targets[n_kept:]
    equations = NormalEquations(held_out.shape[1], targets.shape[1])
    for begin in range(0, n_kept, BLOCK):
        part = slice(begin, min(begin + BLOCK, n_kept))
        equations.add(evaluate(part), targets[part])
    best = min(RIDGES, key=lambda ridge: measure(held_out @ equations.solve(ridge) - expected))
    equations.add(held_out, expected)
    return equations.solve(best)
