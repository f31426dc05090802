"""Monomials: against every combination of factors, multiplied one by one."""

from itertools import combinations_with_replacement
from math import comb

import numpy as np
import pytest

from spikearm.controller.classical.monomials import Monomials


def combinations(n_variables: int, degree: int, n_linear: int) -> list[tuple[int, ...]]:
    every = combinations_with_replacement(range(n_variables), degree)
    return [one for one in every if all(one.count(i) < 2 for i in range(n_linear))]


@pytest.mark.parametrize("n_linear", [0, 2])
@pytest.mark.parametrize("degree", [0, 1, 2, 3, 4])
def test_they_are_all_products_up_to_the_degree_but_powers_that_are_left_out(degree, n_linear):
    values = np.array([0.7, -1.3, 2.1, -0.4])
    monomials = Monomials(4, degree, n_linear)
    factors = [one for n in range(degree + 1) for one in combinations(4, n, n_linear)]
    expected = [np.prod(values[list(one)]) for one in factors]
    np.testing.assert_allclose(np.sort(monomials.evaluate(values)), np.sort(expected))
    assert len(monomials) == len(expected)
    assert monomials.n_products == sum(len(one) > 1 for one in factors)


def test_degrees_and_highest_variables_are_those_of_their_factors():
    monomials = Monomials(3, 3)
    # Large primes: a monomial's factors can be read off its value.
    values = np.array([2.0, 3.0, 5.0])
    for value, degree, highest in zip(
        monomials.evaluate(values).tolist(), monomials.degrees, monomials.highest, strict=True
    ):
        powers = [next(n for n in range(9) if value % p ** (n + 1)) for p in (2, 3, 5)]
        assert sum(powers) == degree
        assert highest == max((i for i in range(3) if powers[i]), default=-1)


def test_many_samples_are_as_one_by_one():
    samples = np.random.default_rng(7).normal(size=(5, 6))
    monomials = Monomials(6, 3, 2)
    together = monomials.evaluate(samples)
    assert together.shape == (5, comb(9, 3) - 2 * 7)  # without a^2 times 1 or one of 6 variables
    np.testing.assert_array_equal(together, [monomials.evaluate(one) for one in samples])
