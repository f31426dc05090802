"""Host interface: coding of values as spikes, and decoding of spikes to values."""

from dataclasses import dataclass
from typing import Any

import nengo
import numpy as np

from spikearm.arm_models import SpikearmError
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
        decoder: Scaled torques that a spike of each compartment adds before the filter,
            shape (n_joints, n_compartments).
        tau: Time constant of the low-pass filter, shape () [s].
    """

    decoder: np.ndarray
    tau: np.ndarray


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
        and isinstance(connection.post_obj, nengo.ensemble.Neurons)  # else the host multiplies
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
    """Read the decoding and filtering of the chip's spikes.

    Raises:
        SpikearmError: Outputs are not sums of spikes with one filter.
    """
    probes = [model.objs[probe]["out"] for probe in model.chip2host_receivers]
    tau = _one_filter(network)
    if tau is None or any(probe.key != "spiked" or not probe.is_transformed for probe in probes):
        raise SpikearmError(
            "A bundle holds sums of spikes that one filter smooths, and this network has other "
            "outputs."
        )
    sizes = [block.n_neurons for block in model.blocks]
    starts = dict(zip(map(id, model.blocks), np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
    decoder = np.zeros((probes[0].output_size, sum(sizes)))
    for probe in probes:
        for block, chosen, weights in zip(probe.target, probe.slice, probe.weights, strict=True):
            compartments = starts[id(block)] + np.arange(block.n_neurons)[chosen]
            decoder[:, compartments] += weights.T
    return OutputDecoding(decoder, np.array(tau))


def _one_filter(network: nengo.Network) -> float | None:
    """Return the time constant of all outputs; None if they differ, or only parts are written."""
    nodes = nodes_of(network, HostOutput)
    into = [one for one in network.all_connections if one.post_obj in nodes]
    whole = all(one.post_slice == slice(None) for one in into)
    taus = {getattr(one.synapse, "tau", None) for one in into}
    return taus.pop() if whole and len(nodes) == len(taus) == 1 else None
