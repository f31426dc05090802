"""Host interface: coding of values as spikes, and decoding of spikes to values."""

from dataclasses import dataclass
from typing import Any

import nengo
import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.controller.spiking.saturation_backup import (
    FINE_EXCESS,
    HEADROOM,
    LARGEST_EXCESS,
    SHARE,
    SUDDEN,
)
from spikearm.neural.host_io import HostInput, HostOutput


@dataclass(frozen=True)
class InputCoding:
    """Neurons on the host that code the inputs as spikes, shape (n_input_neurons,) each.

    A neuron's voltage rises by ``dt max(gain x + bias, 0)`` in every step, ``x`` being its
    input; where it reaches 1, there is a spike, and 1 is taken away.

    Attributes:
        value: Index of the input that the neuron codes.
        gain: Rate that an input of 1 adds, below 0 for off neurons [Hz].
        bias: Rate at an input of 0 [Hz].
    """

    value: np.ndarray
    gain: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class OutputDecoding:
    """Decoding of spikes to torques on the host.

    Attributes:
        decoder: What a spike of each compartment adds to the outputs before the filter, shape
            (n_outputs, n_compartments); of a bundle, to the scaled torques, n_joints of them.
        tau: Time constant of the low-pass filter, shape () [s].
    """

    decoder: np.ndarray
    tau: np.ndarray


@dataclass(frozen=True)
class ExcessRule:
    """Numbers by which the host takes an excess from commands, for the saturation backup.

    All are over the range of the product neurons, shape () each.

    Attributes:
        share: Share of a command that its slow low-pass takes up in a step [1].
        lasting: Bound of the low-pass, beyond which it is taken.
        sudden: Bound of the rest, beyond which it is taken, too.
        fine: Largest excess that the neurons of the fine range are given.
        largest: Largest excess of both ranges.
    """

    share: np.ndarray
    lasting: np.ndarray
    sudden: np.ndarray
    fine: np.ndarray
    largest: np.ndarray


def excess_rule() -> ExcessRule:
    """Return the rule of the saturation backup."""
    return ExcessRule(*map(np.array, (SHARE, 1.0 - HEADROOM, SUDDEN, FINE_EXCESS, LARGEST_EXCESS)))


def nodes_of(network: nengo.Network, kind: type[HostInput] | type[HostOutput]) -> list[nengo.Node]:
    """List the host input or host output nodes of a network, in their order."""
    return [node for node in network.all_nodes if isinstance(node.output, kind)]


def read_inputs(model: Any, network: nengo.Network) -> InputCoding:
    """Read the coding of a network's inputs, neurons in the order of the spike inputs.

    Raises:
        SpikearmError: An input does not reach the chip directly from its node.
    """
    nodes = nodes_of(network, HostInput)
    starts = np.cumsum([0, *(node.size_out for node in nodes)])[:-1]
    first = dict(zip(nodes, starts.tolist(), strict=True))
    coders = [
        (connection, ensemble)
        for connection, ensemble in model.connection_decode_neurons.items()
        if isinstance(ensemble, nengo.Ensemble)
    ]
    fed = [model.spike_targets[receiver] for receiver in model.host2chip_senders.values()]
    if len(coders) != len(fed) or fed != list(model.inputs):
        raise SpikearmError(
            "Spikes enter the chip that no input codes: a bundle needs inputs only."
        )
    parts = [_read_coder(model, first, connection, one) for connection, one in coders]
    return InputCoding(*map(np.concatenate, zip(*parts, strict=True)))


def _read_coder(
    model: Any, first: dict[nengo.Node, int], connection: nengo.Connection, ensemble: nengo.Ensemble
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read value, gain and bias of the neurons that code a connection's values."""
    plain = (
        connection.synapse is None
        and connection.function is None
        and (  # else the host multiplies
            isinstance(connection.post_obj, nengo.ensemble.Neurons)
            or isinstance(connection.transform, nengo.transforms.NoTransform)
        )
    )
    if connection.pre_obj not in first or not plain:
        raise SpikearmError(
            f"{connection} does more than hand an input over, which is all that a bundle holds."
        )
    seen = np.arange(connection.pre_obj.size_out)[connection.pre_slice]
    encoders = model.host.params[ensemble].scaled_encoders
    column = np.abs(encoders).argmax(axis=1)
    gain = encoders[np.arange(len(encoders)), column]
    return first[connection.pre_obj] + seen[column], gain, model.host.params[ensemble].bias


def read_outputs(model: Any, network: nengo.Network) -> OutputDecoding:
    """Read the decoding and filtering of the chip's spikes, outputs in the order of their nodes.

    Raises:
        SpikearmError: Outputs are not sums of spikes with one filter.
    """
    probes = {probe: model.objs[probe]["out"] for probe in model.chip2host_receivers}
    tau, rows = _one_filter(network), _rows_of(network)
    summed = all(one.key == "spiked" and one.is_transformed for one in probes.values())
    if tau is None or not summed or any(probe.target not in rows for probe in probes):
        raise SpikearmError(
            "A bundle holds sums of spikes that one filter smooths, and this network has other "
            "outputs."
        )
    sizes = [block.n_neurons for block in model.blocks]
    starts = dict(zip(map(id, model.blocks), np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
    decoder = np.zeros((max(one.stop for one in rows.values()), sum(sizes)))
    for probe, read in probes.items():
        for block, chosen, weights in zip(read.target, read.slice, read.weights, strict=True):
            compartments = starts[id(block)] + np.arange(block.n_neurons)[chosen]
            decoder[rows[probe.target], compartments] += weights.T
    return OutputDecoding(decoder, np.array(tau))


def _rows_of(network: nengo.Network) -> dict[Any, slice]:
    """Return the outputs that neurons lead to; none for neurons that lead to several nodes."""
    rows: dict[Any, slice] = {}
    start = 0
    for node in nodes_of(network, HostOutput):
        mine = slice(start, start := start + node.size_in)
        for one in network.all_connections:
            if one.post_obj is node:
                rows[one.pre_obj] = mine if one.pre_obj not in rows else slice(0)
    return {neurons: mine for neurons, mine in rows.items() if mine != slice(0)}


def _one_filter(network: nengo.Network) -> float | None:
    """Return the time constant of all outputs; None if they differ, or only parts are written."""
    nodes = nodes_of(network, HostOutput)
    into = [one for one in network.all_connections if one.post_obj in nodes]
    whole = all(one.post_slice == slice(None) for one in into)
    taus = {getattr(one.synapse, "tau", None) for one in into}
    return taus.pop() if whole and nodes and len(taus) == 1 else None
