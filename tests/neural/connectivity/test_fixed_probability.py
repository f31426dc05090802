"""Random connectivity that is worked out at each spike, and its generator."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.fixed_probability import FixedProbability
from spikearm.neural.connectivity.philox import philox, uniform
from spikearm.neural.connectivity.stored import StoredConnectivity

N_PRE, N_POST, P = 400, 3000, 0.1
FULL = 0xFFFFFFFF


def words(counter, key) -> list[str]:
    return [f"{int(word):08x}" for word in philox(counter, key)]


@pytest.mark.parametrize(
    ("counter", "key", "known"),
    [
        ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ((FULL,) * 4, (FULL,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)  # fmt: skip
def test_the_generator_gives_the_known_answers_of_its_authors(counter, key, known):
    assert " ".join(words(counter, key)) == known


def test_uniform_numbers_are_never_0_or_1():
    assert 0 < uniform(0) < uniform(FULL) < 1


@pytest.fixture(scope="module")
def made() -> FixedProbability:
    return FixedProbability(N_PRE, N_POST, P, weight=0.5, spread=0.2, seed=2**40 + 7)


@pytest.fixture(scope="module")
def matrix(made):
    return made.materialize()


def test_generated_equals_stored_to_the_last_bit(made, matrix):
    stored = StoredConnectivity(matrix)
    spikes = np.random.default_rng(2).integers(0, N_PRE, 50)
    outs = []
    for form in (made, stored):
        before, out = form.synaptic_events, np.zeros(N_POST)
        form.propagate(spikes, out)
        assert form.synaptic_events - before == np.diff(matrix.indptr)[spikes].sum()
        outs.append(out)
    np.testing.assert_array_equal(*outs)


def test_rows_are_the_same_in_any_order_in_threads_and_twice(made, matrix):
    def row(neuron: int) -> np.ndarray:
        out = np.zeros(N_POST)
        made.propagate(np.array([neuron]), out)
        return out

    neurons = np.random.default_rng(3).permutation(N_PRE)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(row, [*neurons, *neurons[::-1]]))
    for neuron, found in zip([*neurons, *neurons[::-1]], rows, strict=True):
        np.testing.assert_array_equal(found, matrix[[neuron]].toarray()[0])


def test_density_rows_and_columns_are_binomial(matrix):
    """Within four standard errors of the mean, and of the variance of a binomial distribution."""
    n = N_PRE * N_POST
    assert abs(matrix.nnz - n * P) < 4 * np.sqrt(n * P * (1 - P))
    for counts, trials in (
        (np.diff(matrix.indptr), N_POST),
        (np.bincount(matrix.indices, minlength=N_POST), N_PRE),
    ):
        variance = trials * P * (1 - P)
        assert abs(counts.var(ddof=1) / variance - 1) < 4 * np.sqrt(2 / (len(counts) - 1))


def test_rows_of_neighbours_do_not_resemble_each_other(matrix):
    there = (matrix.toarray() != 0) - P
    lagged = (there[:-1] * there[1:]).mean() / (P * (1 - P))
    assert abs(lagged) < 4 / np.sqrt((N_PRE - 1) * N_POST)


def test_weights_are_uniform_about_their_mean(matrix):
    n = matrix.nnz
    assert matrix.data.min() >= 0.3 and matrix.data.max() <= 0.7
    assert abs(matrix.data.mean() - 0.5) < 4 * 0.2 / np.sqrt(3 * n)


def test_another_seed_gives_another_network(matrix):
    other = FixedProbability(N_PRE, N_POST, P, weight=0.5, spread=0.2, seed=2**40 + 8)
    shared = (matrix != 0).multiply(other.materialize() != 0).nnz
    assert abs(shared - matrix.nnz * P) < 6 * np.sqrt(matrix.nnz * P)


def test_every_pair_is_connected_with_probability_one():
    full = FixedProbability(3, 5, 1.0)
    np.testing.assert_array_equal(full.materialize().toarray(), np.ones((3, 5)))
    assert full.n_synapses == 15


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((0, 5, 0.1), "1 or more"), ((5, 5, 0.0), "more than 0"), ((5, 5, float("nan")), "more than"),
     ((5, 5, 0.1, 1.0, 0.0, -1), "Seed -1")],
)  # fmt: skip
def test_numbers_out_of_range_are_refused(arguments, words):
    with pytest.raises(SpikearmError, match=words):
        FixedProbability(*arguments)
