"""Groups on places: against all permutations, and against another implementation."""

from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import quadratic_assignment

from spikearm.loihi_deploy.mapping.assignment import arrange


def instance(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    traffic = rng.exponential(size=(n, n)) * (rng.random((n, n)) < 0.4)
    x, y = rng.integers(0, 4, (2, n))
    distance = 3.0 * np.abs(x[:, None] - x) + 4.0 * np.abs(y[:, None] - y)
    return traffic, distance


def cost(traffic: np.ndarray, distance: np.ndarray, places: np.ndarray) -> float:
    return sum(
        traffic[i, j] * distance[places[i], places[j]]
        for i in range(len(places))
        for j in range(len(places))
    )


@pytest.mark.parametrize("seed", range(5))
def test_no_permutation_of_six_groups_costs_less(seed):
    traffic, distance = instance(6, seed)
    every = [cost(traffic, distance, np.array(one)) for one in permutations(range(6))]
    found = arrange(traffic, distance, np.random.default_rng(0))
    assert cost(traffic, distance, found) == pytest.approx(min(every))
    assert max(every) > 1.5 * min(every)


def test_thirty_groups_cost_no_more_than_with_scipys_two_methods_one_after_the_other():
    traffic, distance = instance(30, seed=9)
    options = {"rng": np.random.default_rng(1)}
    first = quadratic_assignment(traffic, distance, "faq", options)
    guess = np.column_stack([np.arange(30), first.col_ind])
    theirs = quadratic_assignment(traffic, distance, "2opt", {**options, "partial_guess": guess})
    found = arrange(traffic, distance, np.random.default_rng(0))
    assert sorted(found) == list(range(30))
    assert cost(traffic, distance, theirs.col_ind) == pytest.approx(theirs.fun)
    assert cost(traffic, distance, found) <= theirs.fun * (1 + 1e-9)
    assert cost(traffic, distance, found) < 0.8 * cost(traffic, distance, np.arange(30))


def test_groups_that_send_nothing_stay_where_they_are():
    distance = instance(5, seed=2)[1]
    found = arrange(np.diag(np.ones(5)), distance, np.random.default_rng(0))
    assert found.tolist() == list(range(5))
