"""NeuroBench's metrics, by hand and beside the package neurobench, where that is installed."""

from types import ModuleType

import pytest

from scripts import load_script
from spikearm.experiments.studies.benchmark.neurobench import neurobench_metrics
from spikearm.neural.counts import Footprint, StepCounts

COUNTS = StepCounts(spikes=30, synaptic_events=700, neuron_updates=240, host_spikes=5)
FOOTPRINT = Footprint(
    connection_sparsity=0.4, footprint_bytes=9_000, dense=1_500, effective_macs=80
)


def test_spikes_make_additions_and_values_that_come_in_products():
    assert neurobench_metrics(COUNTS, FOOTPRINT) == {
        "activation_sparsity": pytest.approx(0.875),
        "connection_sparsity": 0.4,
        "footprint_bytes": 9_000,
        "effective_acs": 700,
        "effective_macs": 80,
        "dense": 1_500,
    }


def test_where_neurons_give_values_all_are_products():
    metrics = neurobench_metrics(COUNTS, FOOTPRINT, values=True)
    assert (metrics["effective_acs"], metrics["effective_macs"]) == (0, 780)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Load the comparison, which needs torch."""
    pytest.importorskip("neurobench", reason="pip install neurobench, which needs torch")
    return load_script("neurobench_check")


@pytest.mark.filterwarnings("default")  # those of torch and snnTorch
@pytest.mark.parametrize("compare", ["compare_floats", "compare_chip"])
def test_the_package_computes_the_same(script, compare):
    ours, theirs = getattr(script, compare)()
    assert set(theirs) >= {"activation_sparsity", "connection_sparsity", "effective_acs", "dense"}
    for name, value in theirs.items():
        rounding = 5e-5 if name == "connection_sparsity" else 0.0  # the package gives four digits
        assert ours[name] == pytest.approx(value, rel=1e-12, abs=rounding), name
    assert 0.5 < theirs["activation_sparsity"] < 0.95
    assert theirs["effective_acs"] > 5
