"""NeuroBench's metrics of a network that has run (Yik et al. 2025), with its names."""

from spikearm.neural.counts import Footprint, StepCounts


def neurobench_metrics(
    counts: StepCounts, footprint: Footprint, values: bool = False
) -> dict[str, float]:
    """Compute the metrics of a step.

    ``scripts/neurobench_check.py`` holds them against the package ``neurobench``.

    Args:
        counts: Neural work of a step, on average.
        footprint: Resources of the network.
        values: True if neurons send values, as rate neurons do: each product of a value and a
            weight is then a multiply-add, where a spike's is an addition.
    """
    events = counts.synaptic_events
    return {
        "activation_sparsity": 1.0 - counts.spikes / counts.neuron_updates,
        "connection_sparsity": footprint.connection_sparsity,
        "footprint_bytes": footprint.footprint_bytes,
        "effective_acs": 0.0 if values else events,
        "effective_macs": footprint.effective_macs + (events if values else 0.0),
        "dense": footprint.dense,
    }
