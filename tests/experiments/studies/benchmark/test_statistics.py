"""The bootstrap interval against every resample there is, and against its known coverage."""

import itertools

import numpy as np
import pytest
from scipy.stats import t as student

from spikearm.experiments.studies.benchmark.statistics import bootstrap_interval

# The 2.5 % quantile of 2,000 resamples is itself uncertain: sqrt(0.025 * 0.975 / 2000) = 0.35 %.
# Four times that on either side is allowed.
SLACK = 0.014


def all_resampled_means(values: np.ndarray) -> np.ndarray:
    """Enumerate the means of all n^n resamples."""
    return np.array([np.mean(draw) for draw in itertools.product(values, repeat=len(values))])


@pytest.mark.parametrize(
    "values",
    [
        [0.98, 1.31, 1.12],
        [0.2, -1.7, 3.1, 0.9],
        [41.0, 44.5, 39.2, 42.7, 57.3],
    ],
    ids=["three values", "four values", "five values, one far off"],
)
def test_the_interval_holds_95_percent_of_all_resampled_means(values):
    means = all_resampled_means(np.array(values))
    low, high = bootstrap_interval(np.array(values), np.random.default_rng(5))
    for share, bound in ((0.025, low), (0.975, high)):
        nearby = [share - SLACK, share + SLACK]
        least, most = np.quantile(means, nearby, method="inverted_cdf")  # the means are few
        assert least - 1e-12 <= bound <= most + 1e-12
    assert low < np.mean(values) < high


def test_of_three_values_the_interval_is_their_range():
    # One resample in 27 is three times the smallest: 3.7 %, more than 2.5 %.
    values = np.array([0.98, 1.31, 1.12])
    assert bootstrap_interval(values, np.random.default_rng(2)) == pytest.approx((0.98, 1.31))


def test_of_two_values_the_interval_is_their_range():
    assert bootstrap_interval(np.array([7.5, 3.5]), np.random.default_rng(2)) == (3.5, 7.5)


@pytest.mark.parametrize("values", [[3.7], [-0.25, -0.25, -0.25]])
def test_equal_values_are_their_own_interval(values):
    assert bootstrap_interval(np.array(values), np.random.default_rng(4)) == (values[0], values[0])


def test_the_interval_moves_and_grows_with_its_values():
    values = np.random.default_rng(8).normal(size=7)
    low, high = bootstrap_interval(values, np.random.default_rng(3))
    moved = bootstrap_interval(5.0 + 2.5 * values, np.random.default_rng(3))
    assert moved == pytest.approx((5.0 + 2.5 * low, 5.0 + 2.5 * high))


def test_one_seed_gives_one_interval_and_two_seeds_differ():
    values = np.random.default_rng(8).normal(size=9)
    intervals = [bootstrap_interval(values, np.random.default_rng(seed)) for seed in (6, 6, 7)]
    assert intervals[0] == intervals[1]
    assert intervals[0] != intervals[2]
    np.testing.assert_allclose(intervals[0], intervals[2], atol=0.1 * np.ptp(intervals[0]))


def test_the_interval_covers_the_mean_as_often_as_theory_says():
    # A percentile interval is close to mean +- 1.96 s sqrt((n - 1) / n) / sqrt(n), so it covers
    # a normal mean when |t| of n - 1 degrees of freedom stays below 1.96 sqrt((n - 1) / n).
    n_values, n_draws, mean = 10, 400, 3.0
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(n_draws):
        low, high = bootstrap_interval(rng.normal(mean, 0.8, size=n_values), rng)
        covered += low <= mean <= high
    bound = 1.96 * np.sqrt((n_values - 1) / n_values)
    expected = student.cdf(bound, n_values - 1) - student.cdf(-bound, n_values - 1)  # 0.90
    deviation = np.sqrt(expected * (1 - expected) / n_draws)
    assert abs(covered / n_draws - expected) < 3 * deviation
