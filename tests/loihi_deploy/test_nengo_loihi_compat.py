"""nengo-loihi on the current stack: still broken without the module, whole with it."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from spikearm.loihi_deploy.nengo_loihi_compat import (
    NUMPY_1_MODULES,
    TRAINING_MODULES,
    CopyIfNeededNumpy,
    EmulatorInterface,
    nengo_loihi,
)

DELETE = "nengo-loihi no longer needs it: delete loihi_deploy/nengo_loihi_compat.py and this test"

RUN_A_NETWORK = """
import nengo

resting = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
with nengo.Network(seed=3) as network:
    there = nengo.Ensemble(60, 1, neuron_type=resting)
    nengo.Connection(nengo.Node([0.6]), there, synapse=None)
    probe = nengo.Probe(there, synapse=0.02)
with nengo_loihi.Simulator(network, target="sim") as simulator:
    simulator.run(0.2)
print("decoded", simulator.data[probe][100:].mean())
"""
LOADED = """
import sys
print("loaded", [name for name in ("tensorflow", "nengo_dl") if name in sys.modules])
"""


def run_alone(program: str) -> subprocess.CompletedProcess:
    """Run a program in an interpreter of its own, where nothing has been imported."""
    command = [sys.executable, "-W", "ignore", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def without() -> subprocess.CompletedProcess:
    return run_alone("import nengo_loihi\n" + LOADED + RUN_A_NETWORK)


@pytest.fixture(scope="module")
def with_it() -> subprocess.CompletedProcess:
    head = "from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi\n"
    return run_alone(head + LOADED + RUN_A_NETWORK)


def test_without_it_nengo_loihi_still_fails_on_this_numpy(without):
    assert without.returncode != 0, DELETE
    assert "Unable to avoid copy" in without.stderr


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs the extra [train]")
def test_without_it_nengo_loihi_still_loads_tensorflow(without):
    assert "loaded ['tensorflow'" in without.stdout, DELETE


def test_with_it_a_network_runs(with_it):
    assert with_it.returncode == 0, with_it.stderr
    decoded = float(with_it.stdout.split("decoded")[1])
    assert decoded == pytest.approx(0.6, abs=0.1)  # spikes of sixty neurons, over 0.1 s


def test_with_it_neither_tensorflow_nor_nengo_dl_is_loaded(with_it):
    assert "loaded []" in with_it.stdout


def test_what_it_hides_is_there_again_afterwards():
    assert [name for name in TRAINING_MODULES if sys.modules.get(name, "absent") is None] == []


def test_it_hands_out_nengo_loihi_itself():
    assert nengo_loihi is sys.modules["nengo_loihi"]
    assert nengo_loihi.Simulator.__module__ == "nengo_loihi.simulator"
    assert EmulatorInterface.__module__ == "nengo_loihi.emulator.interface"


@pytest.mark.parametrize("module", NUMPY_1_MODULES)
def test_only_the_named_modules_see_another_numpy(module):
    assert isinstance(sys.modules[module].np, CopyIfNeededNumpy)
    others = [
        name
        for name, loaded in sys.modules.items()
        if isinstance(vars(loaded or sys).get("np"), CopyIfNeededNumpy)
    ]
    assert sorted(others) == sorted(NUMPY_1_MODULES)


@pytest.fixture
def old_numpy() -> CopyIfNeededNumpy:
    return CopyIfNeededNumpy("numpy")


def test_copy_false_shares_memory_where_no_copy_is_needed(old_numpy):
    given = np.array([0.3, -2.0, 7.5])
    assert np.shares_memory(old_numpy.array(given, copy=False), given)
    assert np.shares_memory(old_numpy.array(given, copy=False, ndmin=2), given)


@pytest.mark.parametrize(
    ("given", "how"),
    [([0.3, -2.0], {}), (np.array([0.3, -2.0]), {"dtype": np.float32})],
    ids=["a list", "another type"],
)
def test_copy_false_copies_where_a_copy_is_needed(old_numpy, given, how):
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        np.array(given, copy=False, **how)
    made = old_numpy.array(given, copy=False, **how)
    np.testing.assert_allclose(made, [0.3, -2.0])
    assert made.dtype == how.get("dtype", np.float64)


@pytest.mark.parametrize("how", [{}, {"copy": True}])
def test_otherwise_array_copies_as_ever(old_numpy, how):
    given = np.array([0.3, -2.0, 7.5])
    made = old_numpy.array(given, **how)
    assert not np.shares_memory(made, given)
    np.testing.assert_array_equal(made, given)


@pytest.mark.parametrize("name", ["float32", "linalg", "isscalar", "ndarray", "pi"])
def test_everything_else_is_numpy_s_own(old_numpy, name):
    assert getattr(old_numpy, name) is getattr(np, name)


def test_what_numpy_lacks_is_lacking(old_numpy):
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = old_numpy.no_such_name
