"""The engine beside brian2-loihi, where that is installed: ``make check-energy``."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "brian_loihi_check.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    pytest.importorskip("brian2_loihi", reason="brian2-loihi is not installed: make check-energy")
    spec = importlib.util.spec_from_file_location("brian_loihi_check", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("default")  # those of Brian
@pytest.mark.parametrize("seed", range(6))
def test_random_recurrent_blocks_fire_and_flow_alike(script, seed):
    block = script.RecurrentBlock.draw(seed)
    ours, theirs = script.run_engine(block), script.run_brian(block)
    assert ours.spikes.sum() > 100
    np.testing.assert_array_equal(ours.spikes, theirs.spikes)
    np.testing.assert_array_equal(ours.currents, theirs.currents)
