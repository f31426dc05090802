"""Spikes of a run: between cores, from the host, and to stored weights."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.mapping.fan_out import FanOut
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
    fan_out = FanOut.of(integers, placement)
    rates = activity.fired.sum(axis=0) / activity.n_steps
    sent = fan_out.messages.multiply(rates[:, None]).toarray()
    between = np.zeros((len(placement.cores), len(placement.cores)))
    np.add.at(between, fan_out.core, sent[: fan_out.n_compartments])
    return CoreTraffic(between, sent[fan_out.n_compartments :].sum(axis=0))


class SensorTraffic(NamedTuple):
    """Spikes of sensors in each step of a run.

    Attributes:
        spikes: Spikes of all sensors, shape (n_steps,).
        messages: Groups of synapses that they go to, shape (n_steps,).
    """

    spikes: np.ndarray
    messages: np.ndarray


def sensor_traffic(
    integers: IntegerBlocks, placement: Placement, activity: Activity, sensors: Collection[str]
) -> SensorTraffic:
    """Count the spikes of sensors, which come by a bus of the chip.

    Args:
        integers: Blocks in the chip's integers.
        placement: Core of each block.
        activity: Activity in the run.
        sensors: Labels of the connections that lead from sensors' neurons to the chip.
    """
    of_sensors = _of_sensors(integers, sensors)
    copies = _copies(integers, placement).sum(axis=1) * of_sensors
    return SensorTraffic(activity.arrived @ of_sensors.astype(int), activity.arrived @ copies)


def host_spikes(
    integers: IntegerBlocks, placement: Placement, activity: Activity, sensors: Collection[str] = ()
) -> np.ndarray:
    """Count the spikes that the host sent to each chip, shape (n_steps, n_chips).

    A spike is sent once for each group of synapses that it goes to. Those of sensors are not among
    them.
    """
    return activity.arrived @ _sent_by_host(integers, placement, sensors)


def most_host_spikes(
    integers: IntegerBlocks, placement: Placement, sensors: Collection[str] = ()
) -> int:
    """Count the spikes that the host sends to a chip if all its neurons spike at once."""
    return int(_sent_by_host(integers, placement, sensors).sum(axis=0).max())


def _sent_by_host(
    integers: IntegerBlocks, placement: Placement, sensors: Collection[str]
) -> np.ndarray:
    """Count what a spike of each input's neuron is sent to over the link, as :func:`_copies`."""
    return _copies(integers, placement) * ~_of_sensors(integers, sensors)[:, None]


def _of_sensors(integers: IntegerBlocks, sensors: Collection[str]) -> np.ndarray:
    """Return flags of the spike inputs' neurons that are sensors, shape (n_neurons,)."""
    labels = {f"{label}_neurons" for label in sensors}  # nengo-loihi 1.1, builder/connection.py
    found = [one.label in labels for one in integers.inputs]
    return np.repeat(np.array(found, dtype=bool), [one.n_neurons for one in integers.inputs])


def _copies(integers: IntegerBlocks, placement: Placement) -> np.ndarray:
    """Count the groups of synapses on each chip that each of the host's neurons sends spikes to.

    Returns:
        Numbers of groups, shape (n_neurons, n_chips), neurons in the order of the spike inputs.
    """
    fan_out = FanOut.of(integers, placement)
    on_chip = np.zeros((len(placement.cores), len(placement.cores_per_chip)), dtype=np.int64)
    on_chip[np.arange(len(placement.cores)), [core.chip for core in placement.cores]] = 1
    return fan_out.messages[fan_out.n_compartments :] @ on_chip


def stored_events(integers: IntegerBlocks, placement: Placement, activity: Activity) -> float:
    """Count the stored weights that spikes reached in a step, on average over the run."""
    stored = FanOut.of(integers, placement).stored
    return float(activity.fired.sum(axis=0) @ stored) / activity.n_steps
