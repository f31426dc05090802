"""Sockets of a Nengo network: the nodes through which an arm's host drives and reads it."""

from collections.abc import Mapping

import nengo

from spikearm.arm_models import SpikearmError
from spikearm.controller.spiking.network_inputs import SIGNALS
from spikearm.neural.host_io import HostInput, HostOutput

TORQUE = "torque"
"""Label of the node that receives the joint torques."""


def find_sockets(network: nengo.Network, n_joints: int) -> dict[str, nengo.Node]:
    """Find the passthrough nodes that are labelled with names of signals, and ``torque``.

    Args:
        network: Network, with ``nengo.Node(size_in=..., label=...)`` for each socket.
        n_joints: Number of the arm's joints.

    Returns:
        Nodes by label.

    Raises:
        SpikearmError: The network has no neurons that spike, no input or no torque; or a node is
            of another size or kind, stands twice, or is left without an input.
    """
    _check_neurons(network)
    driven = {connection.post_obj for connection in network.all_connections}
    sockets: dict[str, nengo.Node] = {}
    for node in network.all_nodes:
        if node.label in SIGNALS or node.label == TORQUE:
            _check_socket(node, node.label, n_joints, driven)
            if node.label in sockets:
                raise SpikearmError(f"Two nodes have the label '{node.label}': give it to one.")
            sockets[node.label] = node
        elif node.output is None and node.size_in and node not in driven:
            raise SpikearmError(f"Nothing drives node {node.label!r}. {_allowed()}")
    if TORQUE not in sockets:
        raise SpikearmError(
            f"The network has no node for the joint torques: add "
            f"nengo.Node(size_in={n_joints}, label='{TORQUE}') and connect to it."
        )
    if len(sockets) == 1:
        raise SpikearmError(f"The network has no input. {_allowed()}")
    return sockets


def connect_host(
    network: nengo.Network,
    sockets: Mapping[str, nengo.Node],
    inputs: Mapping[str, HostInput],
    torque: HostOutput,
) -> None:
    """Connect the host's arrays to the sockets.

    Args:
        network: Network, to which a node per socket is added.
        sockets: Its sockets by label.
        inputs: Arrays that the host writes, by label.
        torque: Array that the host reads.
    """
    with network:
        for label, source in inputs.items():
            node = nengo.Node(source, label=f"host {label}")
            nengo.Connection(node, sockets[label], synapse=None)
        sink = nengo.Node(torque, size_in=len(torque.values), label=f"host {TORQUE}")
        nengo.Connection(sockets[TORQUE], sink, synapse=None)


def _check_neurons(network: nengo.Network) -> None:
    if not network.all_ensembles:
        raise SpikearmError("The network has no ensemble: add one, or return a plain controller.")
    for ensemble in network.all_ensembles:
        if not ensemble.neuron_type.spiking:
            raise SpikearmError(
                f"Ensemble {ensemble.label!r} has neurons of type "
                f"{type(ensemble.neuron_type).__name__}, which do not spike. Use nengo.LIF."
            )


def _check_socket(node: nengo.Node, label: str, n_joints: int, driven: set[object]) -> None:
    size = n_joints if label == TORQUE else SIGNALS[label].width(n_joints)
    if node.output is not None or node.size_in != size:
        kind = f"size_in={node.size_in}" if node.output is None else "an output of its own"
        raise SpikearmError(
            f"Node '{label}' has {kind}, but the arm of {n_joints} joints needs "
            f"nengo.Node(size_in={size}, label='{label}')."
        )
    if label == TORQUE and node not in driven:
        raise SpikearmError(f"Nothing is connected to node '{TORQUE}': connect ensembles to it.")
    if label != TORQUE and node in driven:
        raise SpikearmError(
            f"Node '{label}' is driven already: give it no other input, and return a new network "
            "at every call."
        )


def _allowed() -> str:
    return f"Inputs are nodes with one of the labels {', '.join(SIGNALS)}."
