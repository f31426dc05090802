"""Footprint of a model on the chip."""

from typing import Any

import numpy as np

from spikearm.loihi_deploy.nengo_loihi_compat import Greedy
from spikearm.neural.counts import Footprint

STATE_BYTES = 8  # per compartment: current and voltage, 32 bits each in the emulator


def chip_footprint(model: Any) -> Footprint:
    """Add up the blocks of a model, on the cores that nengo-loihi's greedy allocator assigns.

    Memory is that of the weights as stored; shares and operations of a dense network are those of
    all weights, zeros that are not stored among them.

    Args:
        model: Model, a :class:`~spikearm.loihi_deploy.discretisation.chip_model.ChipModel`.
    """
    synapses = [synapse for block in model.blocks for synapse in block.synapses]
    bits = sum(block.utilization()["synapses"][0] for block in model.blocks)
    compartments = sum(block.n_neurons for block in model.blocks)
    return Footprint(
        connection_sparsity=1.0 - sum(map(_n_nonzero, synapses)) / model.n_weights,
        footprint_bytes=bits // 8 + STATE_BYTES * compartments,
        dense=model.n_weights,
        effective_macs=0,
        cores=sum(len(chip.cores) for chip in Greedy()(model, n_chips=1).chips),
        compartments=compartments,
        synapse_memory_bits=bits,
    )


def _n_nonzero(synapse: Any) -> int:
    """Count the nonzero weights; those that learn count, whatever their value."""
    return sum(w.size if synapse.learning else int(np.count_nonzero(w)) for w in synapse.weights)
