"""Compartments of a chip that are neurons, and the refractory period that silences one."""

from typing import Any

import numpy as np

FOREVER = np.iinfo(np.int32).max
"""Refractory period of a silent neuron [steps]; 24 days at 1 ms, in which its voltage is 0."""


def neurons_of(model: Any) -> np.ndarray:
    """List the compartments that are neurons, numbered block by block, shape (n_neurons,).

    These are the compartments of all ensembles, and those with which nengo-loihi decodes a value
    between two ensembles. Compartments that sum a decoded value for the host are no neurons: they
    do not spike, their voltage is read.
    """
    sums = {id(block) for probe in model.probes if _reads_sums(probe) for block in probe.target}
    fires = [np.full(block.n_neurons, id(block) not in sums) for block in model.blocks]
    return np.flatnonzero(np.concatenate(fires))


def _reads_sums(probe: Any) -> bool:
    return probe.key == "voltage" and any(weights is not None for weights in probe.weights)
