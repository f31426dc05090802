"""Networks that the engine is measured on.

The host writes their inputs and reads their output as a closed loop does.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import nengo
import numpy as np

from spikearm.controller.spiking.spiking_network import build_network
from spikearm.controller.weights.trained import shipped
from spikearm.neural.host_io import HostInput, HostOutput

SEED = 0
DT = 0.001  # s, of every simulator

PRODUCT_JOINTS, PRODUCT_CODE, PRODUCT_COMMAND = 7, 26, 6
PRODUCT_STATE_NEURONS, PRODUCT_NEURONS = 146, 52
PES_JOINTS, PES_OUTPUTS = 2, 2
IMAGE_SHAPE, N_CLASSES = (16, 16, 1), 10
N_PRODUCTS = 24  # of the feed-forward networks


@dataclass(frozen=True)
class Workload:
    """Network with its host inputs and output.

    Attributes:
        network: Network to simulate.
        inputs: Host inputs.
        output: Host output.
        on_host: Ensembles that stay off the chip.
    """

    network: nengo.Network
    inputs: tuple[HostInput, ...]
    output: HostOutput
    on_host: tuple[nengo.Ensemble, ...] = ()


def gen3() -> Workload:
    """Build the project's controller of a Kinova Gen3, with waves in place of the arm."""
    built = build_network(shipped("gen3").weights, "loihi", seed=SEED)
    port = built.nodes
    return Workload(built.network, (port.posture, port.velocities, port.command), port.outputs)


def product() -> Workload:
    """Build a controller of ensemble arrays: a code of joint positions, times a command."""
    rng = np.random.default_rng(SEED)
    n_products = PRODUCT_CODE * PRODUCT_COMMAND
    to_code = rng.uniform(-1, 1, (PRODUCT_CODE, PRODUCT_JOINTS)) / np.sqrt(PRODUCT_JOINTS)
    each_code = np.repeat(np.eye(PRODUCT_CODE), PRODUCT_COMMAND, axis=0)
    each_command = np.tile(np.eye(PRODUCT_COMMAND), (PRODUCT_CODE, 1))
    mixing = rng.normal(size=(PRODUCT_JOINTS, n_products)) / np.sqrt(n_products)
    with _network("product") as network:
        positions = nengo.Node(HostInput(PRODUCT_JOINTS), label="positions")
        command = nengo.Node(HostInput(PRODUCT_COMMAND), label="command")
        torque = nengo.Node(HostOutput(PRODUCT_JOINTS), size_in=PRODUCT_JOINTS, label="torque")
        state = nengo.Ensemble(PRODUCT_STATE_NEURONS, PRODUCT_JOINTS, radius=1.5, label="state")
        pairs = nengo.networks.EnsembleArray(PRODUCT_NEURONS, n_products, 2, radius=np.sqrt(2.0))
        products = pairs.add_output("product", lambda pair: pair[0] * pair[1])
        nengo.Connection(positions, state, synapse=None)
        nengo.Connection(state, pairs.input[0::2], transform=each_code @ to_code)
        nengo.Connection(command, pairs.input[1::2], transform=each_command, synapse=None)
        nengo.Connection(products, torque, transform=mixing, synapse=0.01)
    return Workload(network, (positions.output, command.output), torque.output)


def pes(n_neurons: int) -> Workload:
    """Build an adaptive term: an ensemble on the chip whose decoder learns from a host error."""
    with _network(f"pes {n_neurons}") as network:
        state = nengo.Node(HostInput(2 * PES_JOINTS), label="state")
        target = nengo.Node(HostInput(PES_OUTPUTS), label="target")
        error = nengo.Node(size_in=PES_OUTPUTS, label="error")
        torque = nengo.Node(size_in=PES_OUTPUTS, label="torque")
        adaptation = nengo.Ensemble(n_neurons, 2 * PES_JOINTS, label="adaptation")
        nengo.Connection(state, adaptation, synapse=None)
        learned = nengo.Connection(
            adaptation, torque, synapse=0.01, function=lambda x: np.zeros(PES_OUTPUTS),
            learning_rule_type=nengo.PES(learning_rate=1e-4),
        )  # fmt: skip
        nengo.Connection(torque, error, synapse=None)
        nengo.Connection(target, error, transform=-1, synapse=None)
        nengo.Connection(error, learned.learning_rule, synapse=None)
        received = nengo.Node(HostOutput(PES_OUTPUTS), size_in=PES_OUTPUTS, label="received")
        nengo.Connection(torque, received, synapse=None)
    return Workload(network, (state.output, target.output), received.output)


def convolution() -> Workload:
    """Build two convolutions on the chip that see images, read out on the host."""
    rng = np.random.default_rng(SEED)
    n_pixels = int(np.prod(IMAGE_SHAPE))
    with _network("convolution") as network:
        neurons = network.config[nengo.Ensemble]
        neurons.neuron_type = nengo.SpikingRectifiedLinear(initial_state=_AT_REST)
        neurons.gain, neurons.bias = nengo.dists.Choice([100]), nengo.dists.Choice([0])
        image = nengo.Node(HostInput(n_pixels), label="image")
        scores = nengo.Node(HostOutput(N_CLASSES), size_in=N_CLASSES, label="scores")
        coded = nengo.Ensemble(n_pixels, 1, label="coded on the host")
        nengo.Connection(image, coded.neurons, synapse=None)
        layer, shape = coded, IMAGE_SHAPE
        for n_filters, stride in ((8, 1), (16, 2)):
            kernel = rng.uniform(-0.1, 0.2, (3, 3, shape[-1], n_filters)) / np.sqrt(shape[-1])
            transform = nengo.Convolution(
                n_filters, shape, kernel_size=(3, 3), strides=(stride, stride), init=kernel
            )
            shape = transform.output_shape.shape
            following = nengo.Ensemble(transform.output_shape.size, 1, label=f"{n_filters} filters")
            nengo.Connection(layer.neurons, following.neurons, transform=transform, synapse=0.005)
            layer = following
        readout = rng.normal(size=(N_CLASSES, layer.n_neurons)) / layer.n_neurons
        nengo.Connection(layer.neurons, scores, transform=readout, synapse=0.01)
    return Workload(network, (image.output,), scores.output, on_host=(coded,))


def feed_forward(functions: bool = False) -> Workload:
    """Build products of two numbers each, which come from processes or from Python functions."""
    output = HostOutput(N_PRODUCTS)
    with _network("feed-forward") as network:
        products = nengo.Node(output, size_in=N_PRODUCTS, label="products")
        for k in range(N_PRODUCTS):
            if functions:
                pair = nengo.Node(lambda t, k=k: (math.sin(30 * t + k), math.cos(20 * t)))
            else:
                signal = nengo.processes.WhiteSignal(1.0, high=20, rms=0.5, seed=k + 1)
                pair = nengo.Node(signal, size_out=2)
            neurons = nengo.Ensemble(PRODUCT_NEURONS, 2)
            nengo.Connection(pair, neurons)
            nengo.Connection(neurons, products[k], function=_product, synapse=0.01)
    return Workload(network, (), output)


def _product(pair: np.ndarray) -> float:
    return pair[0] * pair[1]


_AT_REST = {"voltage": nengo.dists.Choice([0])}


def _network(label: str) -> nengo.Network:
    network = nengo.Network(label=label, seed=SEED)
    ensembles = network.config[nengo.Ensemble]
    ensembles.neuron_type = nengo.LIF(initial_state=_AT_REST)
    ensembles.max_rates = nengo.dists.Uniform(100, 200)
    ensembles.intercepts = nengo.dists.Uniform(-0.9, 0.9)
    return network


NETWORKS: dict[str, Callable[[], Workload]] = {
    "gen3": gen3,
    "product": product,
    "pes-1000": lambda: pes(1000),
    "pes-2000": lambda: pes(2000),
    "pes-4000": lambda: pes(4000),
    "convolution": convolution,
    "feed-forward": feed_forward,
    "functions": lambda: feed_forward(functions=True),
}
