"""Eye of one camera as Nengo neurons, which a chip steps several times in a frame of events.

A frame enters as spikes in one step, and synapses keep no current. So it travels as a wave, one
layer per step: a neuron gets input, and can fire, in one step of a frame alone. In between its
membrane decays, in all steps of a frame by ``exp(-period / tau)``, as
:class:`~spikearm.perception.eye.eye.Eye` decays it at once. Frames follow one another through the
layers, however many there are.
"""

from dataclasses import dataclass

import nengo
import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.host_io import HostInput, HostOutput
from spikearm.perception.eye.eye_weights import EyeDynamics, EyeWeights

STEP = 0.001  # s, of the chip
AT_REST = {"voltage": nengo.dists.Choice([0])}
GAIN = 2.0  # of layers; Nengo warns of neurons that an input of 1 does not make fire


@dataclass(frozen=True)
class EyeNetwork:
    """Eye in a Nengo network, and the values that the host exchanges with it.

    Attributes:
        events: Flags of events, by row, column, and ON or OFF, shape (size * size * 2,). The host
            writes a frame for one step, and zeros for the others until the next frame.
        heat: Output of the heat neurons in the last step, above 0 for a spike, by row, column and
            channel, shape (rows * columns * channels,).
        pixels: Neurons that make a spike of each event. They are the camera, and no part of a chip.
        layers: Neurons of each layer, the heat neurons last.
        heat_shape: Rows, columns and channels of the heat neurons.
        entry: Label of the connection from the camera's pixels to the first layer.
    """

    events: HostInput
    heat: HostOutput
    pixels: nengo.Ensemble
    layers: tuple[nengo.Ensemble, ...]
    heat_shape: tuple[int, int, int]
    entry: str


def add_eye(
    network: nengo.Network, weights: EyeWeights, label: str = "eye", step: float = STEP
) -> EyeNetwork:
    """Add an eye to a network.

    Args:
        network: Network that its neurons are added to.
        weights: Weights of the eye.
        label: Name of the eye, with which the labels of all its neurons begin.
        step: Step of the simulator that will run the network [s].

    Raises:
        SpikearmError: A frame is no whole number of steps.
    """
    steps_of_frame(weights.dynamics, step)
    events = HostInput(weights.size**2 * 2)
    with network:
        flags = nengo.Node(events, label=f"{label}: flags of events")
        pixels = _add_pixels(flags, label, step)
        layers, shape = _add_layers(pixels, weights, label, step)
        heat = HostOutput(layers[-1].n_neurons)
        seen = nengo.Node(heat, size_in=layers[-1].n_neurons, label=f"{label}: heat")
        nengo.Connection(layers[-1].neurons, seen, synapse=None)
    return EyeNetwork(events, heat, pixels, layers, shape, f"{label}: layer 1")


def steps_of_frame(dynamics: EyeDynamics, step: float = STEP) -> int:
    """Return the number of steps from one frame to the next.

    Raises:
        SpikearmError: It is no whole number.
    """
    n_steps = round(dynamics.period / step)
    if n_steps < 1 or not np.isclose(n_steps * step, dynamics.period, rtol=1e-9):
        raise SpikearmError(
            f"A frame of {dynamics.period:g} s cannot enter a network with steps of {step:g} s: "
            "train the eye with frames of a whole number of steps."
        )
    return n_steps


def _add_pixels(flags: nengo.Node, label: str, step: float) -> nengo.Ensemble:
    """Add neurons that spike in a step where their flag is 1."""
    gain, bias = nengo.dists.Choice([1.0 / step]), nengo.dists.Choice([0])
    pixels = nengo.Ensemble(
        flags.size_out, 1, gain=gain, bias=bias, label=f"{label}: pixels",
        neuron_type=nengo.SpikingRectifiedLinear(initial_state=AT_REST),
    )  # fmt: skip
    nengo.Connection(flags, pixels.neurons, synapse=None)
    return pixels


def _add_layers(
    pixels: nengo.Ensemble, weights: EyeWeights, label: str, step: float
) -> tuple[tuple[nengo.Ensemble, ...], tuple[int, int, int]]:
    """Add the layers behind the pixels; return them, and the shape of the last one."""
    dynamics = weights.dynamics
    neurons = nengo.LIF(
        tau_rc=dynamics.tau_membrane, tau_ref=0.0, min_voltage=dynamics.floor,
        initial_state=AT_REST,
    )  # fmt: skip
    # An input of 1 for a step, which a spike is, moves a membrane by this share of it.
    share = -np.expm1(-step / dynamics.tau_membrane)
    gain, bias = nengo.dists.Choice([GAIN]), nengo.dists.Choice([0])
    before, shape = pixels, (weights.size, weights.size, 2)
    layers: list[nengo.Ensemble] = []
    for number, layer in enumerate(weights.layers, start=1):
        convolution = nengo.Convolution(
            layer.kernel.shape[-1], shape, kernel_size=layer.kernel.shape[:2],
            strides=(layer.stride, layer.stride), padding="same",
            init=np.asarray(layer.kernel, dtype=float) * step / (GAIN * share),
        )  # fmt: skip
        shape = convolution.output_shape.shape
        after = nengo.Ensemble(
            convolution.output_shape.size, 1, gain=gain, bias=bias, neuron_type=neurons,
            label=f"{label}: layer {number}",
        )  # fmt: skip
        nengo.Connection(
            before.neurons, after.neurons, transform=convolution, synapse=None,
            label=f"{label}: layer {number}",
        )  # fmt: skip
        layers.append(after)
        before = after
    return tuple(layers), shape
