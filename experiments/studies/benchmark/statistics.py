"""Means over motions or seeds, and their confidence intervals."""

from collections.abc import Iterable

import numpy as np

CONFIDENCE = 0.95
N_RESAMPLES = 2000


def bootstrap_interval(values: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """Bound the mean by its 95 % percentile bootstrap interval.

    Args:
        values: Numbers, one per seed, shape (n_seeds,).
        rng: Source of the resamples.

    Returns:
        Lower and upper bound; the value itself twice where all are equal.
    """
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    from scipy.stats import bootstrap  # half a second of a start, and one seed does without

    result = bootstrap(
        (values,), np.mean, confidence_level=CONFIDENCE, n_resamples=N_RESAMPLES,
        method="percentile", rng=rng,
    )  # fmt: skip
    return float(result.confidence_interval.low), float(result.confidence_interval.high)


def mean_of_known(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are there; None where none is."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
