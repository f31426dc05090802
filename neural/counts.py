"""Counts of the work of a network."""

from dataclasses import dataclass
from typing import NamedTuple

UNCOUNTED = -1
"""Value in :class:`StepCounts` of a count that a backend cannot provide."""


class StepCounts(NamedTuple):
    """Neural work of one control step, counted as it happened.

    Attributes:
        spikes: Neurons that put something out: a spike or, for rate neurons, a rate above
            zero. The host's spikes that arrive at a chip are included.
        synaptic_events: Weights that outputs reached in the step, nonzero or learned; on a
            chip, spikes reach them one step after they were fired.
        neuron_updates: Neurons whose state was advanced.
        learning_updates: Weights that a learning rule was applied to.
        host_spikes: Spikes from the host that arrived at a chip.
    """

    spikes: float = 0
    synaptic_events: float = 0
    neuron_updates: float = 0
    learning_updates: float = 0
    host_spikes: float = 0


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory and cores of a network, independent of its activity; names as in NeuroBench.

    Attributes:
        connection_sparsity: Share of weights that are zero [1].
        footprint_bytes: Memory of weights and neuron state [bytes].
        dense: Multiply-accumulates per step if nothing were skipped.
        effective_macs: Multiplications per step driven by values rather than spikes
            (inputs times encoders, for a network that is not on a chip).
        cores: Neuromorphic cores taken, on Loihi.
        compartments: Compartments taken, on Loihi.
        synapse_memory_bits: Synapse memory taken, on Loihi [bits].
    """

    connection_sparsity: float
    footprint_bytes: int
    dense: int
    effective_macs: int
    cores: int | None = None
    compartments: int | None = None
    synapse_memory_bits: int | None = None
