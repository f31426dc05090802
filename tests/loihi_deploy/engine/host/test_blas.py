"""Products in machine code: NumPy's to the last bit."""

import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from spikearm.loihi_deploy.engine.host import blas
from spikearm.loihi_deploy.engine.host.kernels.products import multiply, multiply_left

needs_blas = pytest.mark.skipif(
    not blas.FOUND, reason="NumPy brings no BLAS of its own, so that products are left to NumPy"
)

# Decoded and probed populations: neurons to numbers, pairs of neurons to numbers, and back.
USED = [(45, 2), (200, 3), (1000, 7), (40, 2), (140, 7), (20, 1), (7, 140), (2, 100), (1, 36)]
SPREAD = 12  # powers of ten between the smallest and the largest values
GUARD = 5  # items around each array

Draw = Callable[..., np.ndarray]
Check = Callable[[np.random.Generator, Draw, int, int], None]


class Memory(NamedTuple):
    """Arrays in one block, at places that no alignment helps.

    Attributes:
        block: The memory, not a number where no array is.
        places: First item of each array.
    """

    block: np.ndarray
    places: list[int]


def lay_out(rng: np.random.Generator, *arrays: np.ndarray) -> Memory:
    parts, places, first = [], [], 0
    for values in arrays:
        gap = GUARD + int(rng.integers(8))
        parts += [np.full(gap, np.nan), values.ravel()]
        places.append(first + gap)
        first += gap + values.size
    return Memory(np.concatenate([*parts, np.full(GUARD, np.nan)]), places)


def wide_values(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw numbers of such different sizes that each order of adding rounds otherwise."""
    return rng.normal(size=shape) * 10.0 ** rng.uniform(-SPREAD / 2, SPREAD / 2, size=shape)


def spikes_or_weights(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Draw what is multiplied in earnest: a vector of spikes, a matrix of decoders."""
    return 1000.0 * (rng.random(shape) < 0.2) if len(shape) == 1 else 1e-3 * rng.normal(size=shape)


def random_shapes(n: int) -> list[tuple[int, int]]:
    rng = np.random.default_rng(1)
    return [(int(rows), int(columns)) for rows, columns in rng.integers(1, 41, size=(n, 2))]


def assert_same_bits(actual: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_array_equal(actual.view(np.int64), expected.view(np.int64))


def assert_all_else_untouched(memory: Memory, before: np.ndarray, first: int, n: int) -> None:
    beside = np.delete(np.arange(len(before)), np.arange(first, first + n))
    assert_same_bits(memory.block[beside], before[beside])


def check_multiply(rng: np.random.Generator, draw: Draw, n_rows: int, n_columns: int) -> None:
    A, x = draw(rng, n_rows, n_columns), draw(rng, n_columns)
    memory = lay_out(rng, A, x, np.full(n_rows, np.nan))
    before = memory.block.copy()
    matrix, vector, out = memory.places
    multiply(memory.block, matrix, n_rows, n_columns, vector, out)
    assert_same_bits(memory.block[out : out + n_rows], np.dot(A, x))
    assert_all_else_untouched(memory, before, out, n_rows)


def check_multiply_left(rng: np.random.Generator, draw: Draw, n_rows: int, n_columns: int) -> None:
    W = draw(rng, n_rows, n_columns)
    check_row_times(rng, draw(rng, n_rows), W, by_rows=True)
    check_row_times(rng, draw(rng, n_rows), np.asfortranarray(W), by_rows=False)


def check_row_times(
    rng: np.random.Generator, x: np.ndarray, W: np.ndarray, *, by_rows: bool
) -> None:
    n_rows, n_columns = W.shape
    recorded, weights = lay_out(rng, x), lay_out(rng, W if by_rows else W.T)
    memory = lay_out(rng, np.full(n_columns, np.nan))
    before = memory.block.copy()
    (first,), (matrix,), (out,) = recorded.places, weights.places, memory.places
    multiply_left(
        recorded.block, first, n_rows, weights.block, matrix, n_columns, by_rows, memory.block, out
    )
    actual = memory.block[out : out + n_columns]
    assert_same_bits(actual, np.dot(x, W))  # as the host does
    assert_same_bits(actual, np.dot(x[None], W)[0])  # as nengo-loihi does for its probes
    assert_all_else_untouched(memory, before, out, n_columns)


CHECKS = [check_multiply, check_multiply_left]


@needs_blas
@pytest.mark.parametrize("check", CHECKS)
def test_products_of_any_small_shape_are_numpy_s_to_the_last_bit(check: Check):
    rng = np.random.default_rng(2)
    shapes = random_shapes(400)
    assert {1, 2, 3, 4, 8, 39, 40} <= {size for shape in shapes for size in shape}
    for n_rows, n_columns in [*shapes, (1, 1), (1, 17), (17, 1)]:
        check(rng, wide_values, n_rows, n_columns)


@needs_blas
@pytest.mark.parametrize("draw", [wide_values, spikes_or_weights])
@pytest.mark.parametrize("check", CHECKS)
def test_products_of_the_shapes_in_use_are_numpy_s_to_the_last_bit(check: Check, draw: Draw):
    for seed in range(5):
        for n_rows, n_columns in USED:
            check(np.random.default_rng(seed), draw, n_rows, n_columns)


def in_sequence(A: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Multiply and add from the first column to the last, as a loop would."""
    y = np.zeros(len(A))
    for column, factor in zip(A.T, x, strict=True):
        y = y + column * factor
    return y


@needs_blas
def test_such_values_would_show_another_order_of_adding():
    rng = np.random.default_rng(2)
    differing = []
    for n_rows, n_columns in random_shapes(50):
        A, x = wide_values(rng, n_rows, n_columns), wide_values(rng, n_columns)
        # The same product: of sixteen digits, a few are lost where large values cancel.
        np.testing.assert_allclose(in_sequence(A, x), np.dot(A, x), rtol=1e-9)
        differing.append((in_sequence(A, x) != np.dot(A, x)).any())
        reversed_ = np.dot(A[:, ::-1].copy(), x[::-1].copy())
        differing.append((reversed_ != np.dot(A, x)).any())
    assert np.mean(differing) > 0.5


WITHOUT_BLAS = """
import nengo
import numpy as np
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi

np.__file__ = "/no/such/folder/numpy/__init__.py"
from spikearm.loihi_deploy.engine.host import blas
from spikearm.loihi_deploy.simulator import Simulator

resting = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
with nengo.Network(seed=3) as network:
    a = nengo.Ensemble(60, 2, neuron_type=resting)
    given = nengo.Node(lambda t: [np.sin(30 * t), 0.4])
    out = nengo.Node(size_in=3)
    nengo.Connection(given, a, synapse=None)
    nengo.Connection(a, out, transform=np.array([[0.3, -0.7], [1.1, 0.4], [-0.2, 0.9]]))
    probe = nengo.Probe(out)
data = []
for simulator in (nengo_loihi.Simulator, Simulator):
    with simulator(network, target="sim", precompute=False) as sim:
        sim.run_steps(100)
        data.append(sim.data[probe].copy())
print("found", blas.FOUND, "equal", np.array_equal(*data), "nonzero", data[0].any())
"""


def test_where_numpy_brings_no_blas_networks_run_as_on_the_emulator_too():
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT_BLAS]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ran.stdout == "found False equal True nonzero True\n", ran.stderr
