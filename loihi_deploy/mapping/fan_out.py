"""Ways of spikes: the groups of synapses and the stored weights that each neuron reaches."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.discretisation.zeros import INDEXED
from spikearm.loihi_deploy.mapping.placement import Placement

ROW_KINDS = ("whole", "indexed", "shared")
"""Kinds of rows of weights: stored whole, without zeros and with an index beside each weight, and
shared by populations, as convolutions are stored."""


@dataclass(frozen=True)
class FanOut:
    """Groups of synapses and stored weights that a spike of each neuron reaches.

    Neurons are the compartments, block by block, then those of the spike inputs, on the host.

    Attributes:
        placement: Blocks on cores.
        n_compartments: Number of neurons on the chip.
        core: Index of the core of each compartment, shape (n_compartments,).
        messages: Groups of synapses that a spike goes to on each core, shape (n_neurons, n_cores).
        events: Stored weights that a spike reaches on each core, by :data:`ROW_KINDS`, shape
            (n_neurons, n_cores) each.
    """

    placement: Placement
    n_compartments: int
    core: np.ndarray
    messages: csr_array
    events: tuple[csr_array, ...]

    @classmethod
    def of(cls, integers: IntegerBlocks, placement: Placement) -> "FanOut":
        """Follow the axons of all blocks and spike inputs.

        The zeros of rows that are stored whole are among the weights: nengo-loihi's
        hardware/builder.py writes a row to the chip as it is, and a spike goes over all of it.
        """
        first, ways = 0, [(0, np.zeros(0, dtype=np.int64), 0, np.zeros(0, dtype=np.int64))]
        for source in (*integers.blocks, *integers.inputs):
            for axon in source.axons:
                stored = stored_by(axon, source.n_neurons)
                neurons = np.flatnonzero(stored)
                core = placement.core_of[axon.target]
                ways.append((_row_kind(axon.target), first + neurons, core, stored[neurons]))
            first += source.n_neurons
        shape = first, len(placement.cores)
        sizes = [block.n_neurons for block in integers.blocks]
        return cls(
            placement, sum(sizes),
            np.repeat([placement.core_of[block] for block in integers.blocks], sizes),
            _collected([(n, core, np.ones_like(size)) for _, n, core, size in ways], shape),
            tuple(
                _collected([way[1:] for way in ways if way[0] == kind], shape)
                for kind in range(len(ROW_KINDS))
            ),
        )  # fmt: skip

    @property
    def stored(self) -> np.ndarray:
        """Stored weights that a spike of each neuron reaches, shape (n_neurons,)."""
        return np.sum([kind.sum(axis=1) for kind in self.events], axis=0)


def _collected(ways: list[tuple[np.ndarray, int, np.ndarray]], shape: tuple[int, int]) -> csr_array:
    """Add up what leads from neurons to cores, shape (n_neurons, n_cores)."""
    nothing = np.zeros(0, dtype=np.int64)
    neurons = np.concatenate([nothing, *(n for n, _, _ in ways)])
    cores = np.concatenate([nothing, *(np.full(len(n), core) for n, core, _ in ways)])
    values = np.concatenate([nothing, *(values for _, _, values in ways)])
    return csr_array(coo_array((values, (neurons, cores)), shape=shape))


def _row_kind(synapse: Any) -> int:
    if synapse.pop_type:
        return ROW_KINDS.index("shared")
    return ROW_KINDS.index("indexed" if synapse.synapse_cfg.compression == INDEXED else "whole")


def stored_by(axon: Any, n_neurons: int) -> np.ndarray:
    """Count the stored weights that an axon leads each neuron's spikes to, shape (n_neurons,)."""
    synapse, numbers = axon.target, np.asarray(axon.map_axon(np.arange(n_neurons)))
    sizes = [
        0
        if synapse.axon_compartment_base(number) is None
        else synapse.axon_weights_indices(number)[0].size
        for number in range(synapse.n_axons)
    ]
    return np.where(numbers >= 0, np.array(sizes, dtype=np.int64)[numbers], 0)
