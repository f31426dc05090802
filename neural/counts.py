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


class ChipWork(NamedTuple):
    """Work of a chip in a step, of which its energy and its time consist.

    A chip reads rows of stored weights, zeros among them. Spikes count in the step in which their
    neuron fires; those of the host in the step in which they arrive.

    Attributes:
        whole_events: Weights that spikes reached in rows that are stored whole.
        indexed_events: Weights that spikes reached in rows without zeros, each beside its index.
        shared_events: Weights that spikes reached in rows that populations share, as convolutions
            do.
        spikes: Compartments that fired.
        messages: Spikes that cores sent to groups of synapses on their chip, their own core's
            included.
        east_west: Hops of these messages from tile to tile along a row of the mesh.
        north_south: Hops of these messages along a column.
        between_chips: Spikes that cores sent to groups of synapses on other chips.
        host_messages: Spikes that the host sent to groups of synapses.
        time: Time that the slowest core takes, with the synchronisation of all [s].
    """

    whole_events: float = 0
    indexed_events: float = 0
    shared_events: float = 0
    spikes: float = 0
    messages: float = 0
    east_west: float = 0
    north_south: float = 0
    between_chips: float = 0
    host_messages: float = 0
    time: float = 0

    @property
    def stored_events(self) -> float:
        """Stored weights that spikes reached."""
        return self.whole_events + self.indexed_events + self.shared_events


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
