"""Which compartments of a chip are neurons, and how one is kept from spiking."""

from typing import Any

import numpy as np

FOREVER = np.iinfo(np.int32).max
"""Steps of rest, 24 days at 1 ms: in its refractory period, a neuron's voltage is 0."""


def neurons_of(model: Any) -> np.ndarray:
    """List the compartments that are neurons, numbered block by block, shape (n_neurons,).

    They are those of all ensembles, and those that nengo-loihi decodes a value with on its way
    from one ensemble to another. What sums up a decoded value for the host is no neuron: it does
    not spike, its voltage is read.
    """
    sums = {id(block) for probe in model.probes if _reads_sums(probe) for block in probe.target}
    fires = [np.full(block.n_neurons, id(block) not in sums) for block in model.blocks]
    return np.flatnonzero(np.concatenate(fires))


def _reads_sums(probe: Any) -> bool:
    return probe.key == "voltage" and any(weights is not None for weights in probe.weights)
