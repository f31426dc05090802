"""Counted operations against sums by hand."""

import numpy as np
import pytest

from spikearm.loihi_deploy.energy.operations import Operations, Tally


def counted(compute, *values) -> tuple[Operations, np.ndarray]:
    """Compute on counting arrays; what comes out must count, too."""
    tally = Tally()
    result = compute(*map(tally.array, values))
    before = tally.operations
    _ = result + 1.0
    assert tally.operations.additions == before.additions + np.size(result)
    return before, np.asarray(result)


SQUARE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])
TALL = np.arange(1.0, 13.0).reshape(4, 3)
VECTOR = np.array([0.3, -1.2, 2.0])
# What is computed, on what, and its multiplications, additions and others.
BY_HAND = {
    "matrix times matrix": (lambda a, b: a @ b, (TALL, SQUARE), (36, 24, 0)),
    "matrix times vector": (lambda a, x: a @ x, (TALL, VECTOR), (12, 8, 0)),
    "vector times vector": (lambda x, y: x @ y, (VECTOR, VECTOR), (3, 2, 0)),
    "plain matrix times vector": (lambda x: TALL @ x, (VECTOR,), (12, 8, 0)),
    "a scaled difference": (lambda x, y: 2.0 * (x - y), (VECTOR, VECTOR[::-1]), (3, 3, 0)),
    "a sum that is updated in place": (lambda x, y: x.__iadd__(y), (VECTOR, VECTOR), (0, 3, 0)),
    "a mean of rows": (lambda a: a.mean(axis=1), (TALL,), (0, 8, 4)),
    "a sum": (lambda a: a.sum(), (TALL,), (0, 11, 0)),
    "a change of sign": (lambda x: -x, (VECTOR,), (0, 0, 0)),
    "a root of a square": (lambda x: np.sqrt(x * x), (VECTOR,), (3, 0, 3)),
    "a choice": (lambda x: np.where(x > 0, x, 0.0), (VECTOR,), (0, 0, 3)),
    "a cut": (lambda x: np.clip(x, 0.0, None), (VECTOR,), (0, 0, 3)),
    "rows one below the other": (lambda x: np.stack([x, x]), (VECTOR,), (0, 0, 0)),
    "an outer product": (lambda x, y: np.outer(x, y), (VECTOR, TALL[:, 0]), (12, 0, 0)),
    "a cross product": (np.cross, (VECTOR, TALL[0]), (6, 3, 0)),
    # Factors of 3 columns: 3 + 2 quotients below the diagonal less 2, 4 + 1 products; per right
    # side 3 + 3 products and 3 divisions.
    "a linear equation": (np.linalg.solve, (SQUARE, VECTOR), (5 + 6, 5 + 6, 3 + 3)),
    "linear equations": (np.linalg.solve, (SQUARE, TALL[:3]), (5 + 18, 5 + 18, 3 + 9)),
    "eigenvectors": (lambda a: np.linalg.eigh(a)[1], (SQUARE,), (121.5, 121.5, 0)),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_operations_are_those_counted_by_hand_and_the_result_is_the_same(name):
    compute, values, expected = BY_HAND[name]
    operations, result = counted(compute, *values)
    assert operations == Operations(*expected)
    np.testing.assert_array_equal(result, compute(*(value.copy() for value in values)))


def test_a_processor_that_multiplies_and_adds_at_once_needs_the_larger_number():
    assert Operations(30, 20, 7).fused == 37
    assert Operations(20, 30, 7).fused == 37
    assert Operations(20, 30, 7).total == 57


def test_operations_add_up():
    assert Operations(1, 2, 3) + Operations(40, 50, 60) == Operations(41, 52, 63)
