"""The control law as a Nengo network."""

import math
from dataclasses import dataclass
from typing import Any

import nengo
import numpy as np

from spikearm.arm_models.errors import check_not_negative
from spikearm.controller.weights.membrane import LEAKY, NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.scaling import HostNodes
from spikearm.neural.given_decoders import given_decoders

STEP = 0.001  # s, in which backends advance a network


@dataclass(frozen=True)
class Filters:
    """Low-pass filters of the controller's network.

    Attributes:
        layer_tau: Time constant between layers, which weights are trained with [s].
        torque_tau: Time constant of the decoded torque, likewise [s].
        smoothing_tau: Time constant of a second low-pass of the torque, after which no spike makes
            it jump; 0 for none [s].
    """

    layer_tau: float = 0.005
    torque_tau: float = 0.010
    smoothing_tau: float = 0.0

    def __post_init__(self) -> None:
        check_not_negative(self, "layer_tau", "torque_tau", "smoothing_tau")

    def command_lag(self, stage: NeuralStage) -> float:
        """Compute the time by which filters let the torque lag behind a slow command [s].

        The command meets the torque's filter, and on a chip,
        whose compartments have one decay for all that they receive, the one between layers too.
        Neurons, which weigh what came last most, make up for some of it.
        """
        taus = (self.layer_tau, self.torque_tau) if stage == "loihi" else (self.torque_tau,)
        at_once = mean_delay(self.smoothing_tau) - STEP  # it puts out in a step what it is given
        return sum(map(mean_delay, taus)) + at_once


def mean_delay(tau: float) -> float:
    """Compute the mean time of a low-pass filter's impulse response [s].

    A filter ``y += (1 - a) (x - y)`` with ``a = exp(-dt / tau)`` lags by ``dt / (1 - a)``.

    Args:
        tau: Time constant; 0 for a filter that only delays by a step [s].
    """
    return -STEP / math.expm1(-STEP / tau) if tau else STEP


@dataclass(frozen=True)
class SpikingNetwork:
    """Nengo network, and the nodes by which the host exchanges values with it."""

    network: nengo.Network
    nodes: HostNodes


def build_network(
    weights: NetworkWeights,
    stage: NeuralStage,
    filters: Filters = Filters(),
    seed: int = 0,
    readout: bool = True,
) -> SpikingNetwork:
    """Build the controller from its weights.

    Two layers, ``features`` and ``code``, compress the arm's state; what leaves the second one
    is the latent code. ``products`` sees code and command, each neuron one pair of them. The
    joint torques are decoded from all three, and on an arm with dry friction from ``friction``
    too, whose neurons see velocities and command.

    Args:
        weights: Weights of the network.
        stage: Stage that the network will run in; it selects the neuron type and the readout.
        filters: Time constants of the synapses.
        seed: Seed of everything random that a backend adds.
        readout: Decode torques; if False, the outputs are the filtered activity of all neurons.
    """
    n_joints = weights.velocity.shape[1]
    n_outputs = n_joints if readout else sum(weights.layers)
    nodes = HostNodes(n_joints, n_outputs, weights.rectified)
    with nengo.Network(seed=seed, label="spiking controller") as network:
        network.config[nengo.Ensemble].neuron_type = weights.membrane.neuron_type(stage)
        posture = nengo.Node(nodes.posture, label="posture")
        velocities = nengo.Node(nodes.velocities, label="velocities")
        command = nengo.Node(nodes.command, label="command")
        features = _layer("features", weights.feature_bias, 1)
        code = _layer("code", weights.code_bias, len(weights.latent))
        products = _products(weights)
        layers = [features, code, products]
        _drive(posture, features, weights.posture)
        _drive(velocities, features, weights.velocity)
        _drive(command, products, weights.command)
        _drive(features.neurons, code, weights.hidden, filters.layer_tau)
        nengo.Connection(
            code, products, synapse=filters.layer_tau,
            **given_decoders(weights.latent.T, len(weights.latent)),
        )  # fmt: skip
        if len(weights.friction_bias):
            friction = _layer("friction", weights.friction_bias, 1)
            friction.neuron_type = LEAKY.neuron_type(stage)
            _drive(velocities, friction, weights.friction_velocity)
            _drive(command, friction, weights.friction_command)
            layers.append(friction)
        decoders = weights.readout[stage] if readout else None
        _connect_outputs(nodes, layers, decoders, filters.torque_tau)
    return SpikingNetwork(network, nodes)


def _layer(label: str, bias: np.ndarray, dimensions: int) -> nengo.Ensemble:
    """Build an ensemble whose inputs come through weights instead of encoders."""
    return nengo.Ensemble(len(bias), dimensions, gain=_gain(bias), bias=bias, label=label)


def _products(weights: NetworkWeights) -> nengo.Ensemble:
    gain = _gain(weights.product_bias)
    return nengo.Ensemble(
        len(gain), len(weights.latent), encoders=weights.factors / gain[:, None],
        normalize_encoders=False, gain=gain, bias=weights.product_bias, label="products",
    )  # fmt: skip


def _gain(bias: np.ndarray) -> np.ndarray:
    """Choose gains; weights are divided by them. Nengo warns of neurons that they silence."""
    return np.maximum(1.0, 2.0 - bias)


def _drive(
    pre: Any, layer: nengo.Ensemble, weights: np.ndarray, synapse: float | None = None
) -> None:
    """Add to the input current of a layer's neurons, whose gain Nengo multiplies weights with."""
    transform = weights / np.asarray(layer.gain)[:, None]
    nengo.Connection(pre, layer.neurons, transform=transform, synapse=synapse)


def _connect_outputs(
    nodes: HostNodes, layers: list[nengo.Ensemble], decoders: np.ndarray | None, tau: float
) -> None:
    """Filter every layer's spikes, and decode the torque from them or pass them on."""
    n_outputs = len(nodes.outputs.values)
    outputs = nengo.Node(nodes.outputs, size_in=n_outputs, label="outputs")
    ends = np.cumsum([layer.n_neurons for layer in layers])
    for layer, end in zip(layers, ends.tolist(), strict=True):
        own = slice(end - layer.n_neurons, end)
        if decoders is None:
            nengo.Connection(layer.neurons, outputs[own], synapse=tau)
        else:
            nengo.Connection(layer.neurons, outputs, transform=decoders[:, own], synapse=tau)
