"""Checks of numbers that many configurations share."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count


@pytest.mark.parametrize("count", [2.5, 2.0, "2", None, True, np.array([1, 2]), np.nan])
def test_counts_are_whole_numbers(count):
    with pytest.raises(SpikearmError, match="things are not possible: give a whole number, 1 to 9"):
        check_count(count, "things", 9)


@pytest.mark.parametrize("count", [1, 9, np.int32(5), np.uint8(5)])
def test_counts_within_their_range_are_taken(count):
    check_count(count, "things", 9)


@pytest.mark.parametrize(("count", "said"), [(0, "too few"), (-(10**30), "too few"), (10, "many")])
def test_counts_beyond_their_range_are_refused(count, said):
    with pytest.raises(SpikearmError, match=said):
        check_count(count, "things", 9)
