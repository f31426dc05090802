"""Lookup of an entry of a registry."""

import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.lookup import find_entry


def test_an_entry_is_found_by_its_name():
    assert find_entry({"pd": 1, "pid": 2}, "pid", "controller") == 2


def test_a_name_that_is_missing_is_refused_with_those_that_there_are():
    with pytest.raises(
        SpikearmError, match=r"^There is no controller 'pi'. Controllers: pd, pid.$"
    ):
        find_entry({"pd": 1, "pid": 2}, "pi", "controller")
