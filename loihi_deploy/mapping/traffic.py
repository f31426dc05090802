"""Spikes of a run: between cores, from the host, and to stored weights."""

from typing import Any, NamedTuple

import numpy as np

from spikearm.loihi_deploy.backends.recording import Activity
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.mapping.placement import Placement


class CoreTraffic(NamedTuple):
    """Spikes per step that reach each core, on average over a run.

    Attributes:
        between: Spikes per step from each core to each core, shape (n_cores, n_cores).
        from_host: Spikes per step from the host to each core, shape (n_cores,).
    """

    between: np.ndarray
    from_host: np.ndarray


def core_traffic(integers: IntegerBlocks, placement: Placement, activity: Activity) -> CoreTraffic:
    """Count the spikes that reached each core in a step, on average over the run.

    A spike that goes to several groups of synapses counts for each of them.
    """
    between = np.zeros((len(placement.cores), len(placement.cores)))
    from_host = np.zeros(len(placement.cores))
    sources = [*integers.blocks, *integers.inputs]
    fired = np.concatenate([activity.spikes, activity.arrived.sum(axis=0)]) / activity.n_steps
    ends = np.cumsum([source.n_neurons for source in sources])
    for source, end in zip(sources, ends.tolist(), strict=True):
        mine = fired[end - source.n_neurons : end]
        row = between[placement.core_of[source]] if source in placement.core_of else from_host
        for axon in source.axons:
            row[placement.core_of[axon.target]] += mine[_reaches(axon, source.n_neurons)].sum()
    return CoreTraffic(between, from_host)


def host_spikes(integers: IntegerBlocks, placement: Placement, activity: Activity) -> np.ndarray:
    """Count the spikes that the host sent to each chip, shape (n_steps, n_chips).

    A spike is sent once for each group of synapses that it goes to.
    """
    return activity.arrived @ _copies(integers, placement)


def most_host_spikes(integers: IntegerBlocks, placement: Placement) -> int:
    """Count the spikes that the host sends to a chip if all its neurons spike at once."""
    return int(_copies(integers, placement).sum(axis=0).max())


def _copies(integers: IntegerBlocks, placement: Placement) -> np.ndarray:
    """Count the groups of synapses on each chip that each of the host's neurons sends spikes to.

    Returns:
        Numbers of groups, shape (n_neurons, n_chips), neurons in the order of the spike inputs.
    """
    parts = [np.zeros((0, len(placement.cores_per_chip)), dtype=np.int64)]
    for one in integers.inputs:
        mine = np.zeros((one.n_neurons, parts[0].shape[1]), dtype=np.int64)
        for axon in one.axons:
            chip = placement.cores[placement.core_of[axon.target]].chip
            mine[:, chip] += _reaches(axon, one.n_neurons)
        parts.append(mine)
    return np.concatenate(parts)


def stored_events(integers: IntegerBlocks, activity: Activity) -> float:
    """Count the stored weights that spikes reached in a step, on average over the run.

    The zeros of rows that are stored whole are among them: nengo-loihi's hardware/builder.py writes
    a row to the chip as it is, and a spike goes over all of it.
    """
    sources = [*integers.blocks, *integers.inputs]
    reached = [
        sum((_stored(axon, one.n_neurons) for axon in one.axons), np.zeros(one.n_neurons))
        for one in sources
    ]
    fired = np.concatenate([activity.spikes, activity.arrived.sum(axis=0)])
    return float(fired @ np.concatenate(reached)) / activity.n_steps


def _reaches(axon: Any, n_neurons: int) -> np.ndarray:
    """Return a mask of the neurons that an axon leads to weights, shape (n_neurons,)."""
    return _stored(axon, n_neurons) > 0


def _stored(axon: Any, n_neurons: int) -> np.ndarray:
    """Count the stored weights that an axon leads each neuron's spikes to, shape (n_neurons,)."""
    synapse, numbers = axon.target, np.asarray(axon.map_axon(np.arange(n_neurons)))
    sizes = [
        0
        if synapse.axon_compartment_base(number) is None
        else synapse.axon_weights_indices(number)[0].size
        for number in range(synapse.n_axons)
    ]
    return np.where(numbers >= 0, np.array(sizes)[numbers], 0)
