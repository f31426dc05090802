"""The engine beside brian2-loihi, where that is installed: ``make check-energy``."""

from types import ModuleType

import numpy as np
import pytest

from scripts import load_script


@pytest.fixture(scope="module")
def script() -> ModuleType:
    pytest.importorskip("brian2_loihi", reason="brian2-loihi is not installed: make check-energy")
    return load_script("brian_loihi_check")


@pytest.mark.filterwarnings("default")  # those of Brian
@pytest.mark.parametrize("seed", range(6))
def test_random_recurrent_blocks_fire_and_flow_alike(script, seed):
    block = script.RecurrentBlock.draw(seed)
    ours, theirs = script.run_engine(block), script.run_brian(block)
    assert ours.spikes.sum() > 100
    np.testing.assert_array_equal(ours.spikes, theirs.spikes)
    np.testing.assert_array_equal(ours.currents, theirs.currents)
