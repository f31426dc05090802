"""Choice between generated and stored connectivity, by measured cost."""

import time
from collections.abc import Iterator

import numpy as np

from spikearm.arm_models.errors import check_count
from spikearm.neural.connectivity.connectivity import Connectivity
from spikearm.neural.connectivity.stored import DenseConnectivity, StoredConnectivity

N_ROUNDS = 5
MOST_BYTES = 2**30
INDEX_BYTES = 4  # of a target in compressed rows


def choose_connectivity(
    generated: Connectivity,
    n_spikes: int,
    rng: np.random.Generator,
    most_bytes: int = MOST_BYTES,
) -> Connectivity:
    """Return the form of a connectivity that takes the least CPU time.

    Args:
        generated: Connectivity whose synapses are generated.
        n_spikes: Number of spikes in a usual step.
        rng: Generator of the spikes that are propagated for the measurement.
        most_bytes: Largest memory of stored synapses [bytes]; larger forms are not tried.

    Raises:
        SpikearmError: There are fewer than one spike, or no memory.
    """
    check_count(n_spikes, "spikes", generated.n_pre)
    check_count(most_bytes, "bytes", 2**62)
    spikes = rng.choice(generated.n_pre, size=n_spikes, replace=False)
    forms = list(_forms(generated, most_bytes))
    times = [_cpu_time(form, spikes) for form in forms]
    return forms[int(np.argmin(times))]


def _forms(generated: Connectivity, most_bytes: int) -> Iterator[Connectivity]:
    yield generated
    size = generated.dtype.itemsize
    if generated.n_synapses * (size + INDEX_BYTES) > most_bytes:
        return
    weights = generated.materialize()
    yield StoredConnectivity(weights)
    if generated.n_pre * generated.n_post * size <= most_bytes:
        yield DenseConnectivity(weights.toarray())


def _cpu_time(form: Connectivity, spikes: np.ndarray) -> float:
    """Measure the least CPU time of propagating spikes [s]."""
    out = np.zeros(form.n_post, dtype=form.dtype)
    form.propagate(spikes, out)  # compiles
    times: list[float] = []
    for _ in range(N_ROUNDS):
        began = time.process_time()
        form.propagate(spikes, out)
        times.append(time.process_time() - began)
    form.synaptic_events = 0
    return min(times)
