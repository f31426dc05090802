"""Numbers in rising order."""

import numpy as np
import pytest

from spikearm.neural.numbers import is_rising


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([], True), ([7], True), ([-1, 0, 5], True), ([0, 0], False), ([1, 3, 2], False)],
)
def test_a_number_that_comes_twice_or_too_late_is_noticed(numbers, expected):
    assert is_rising(np.array(numbers, dtype=np.int64)) is expected
