"""Export of an eye as a graph of the Neuromorphic Intermediate Representation (NIR)."""

from itertools import pairwise
from typing import Any

import numpy as np

from spikearm.experiments.export.nir import NIR_STEP, load_nir
from spikearm.neural.connectivity.geometry import Axis
from spikearm.perception.eye.eye_weights import MAPS, EyeLayer, EyeWeights
from spikearm.perception.eye.pulsed_layer import THRESHOLD


def eye_graph(weights: EyeWeights, dt: float = NIR_STEP) -> Any:
    """Build the graph of an eye.

    It leads from flags of events, shape (2, size, size), to spikes of heat neurons, shape
    (channels, rows, columns). A frame of events lasts for one step of the simulator; the rest of
    its period is without events.

    Args:
        weights: Weights of the eye.
        dt: Step of the simulator that is to run it [s]. A spike is a 1 that lasts for a step, so
            weights are divided by it.

    Raises:
        SpikearmError: The package ``nir`` is not installed.
    """
    nir = load_nir()
    size, n_channels = weights.size, 2
    nodes = {"input": nir.Input(input_type={"input": np.array([n_channels, size, size])})}
    for number, layer in enumerate(weights.layers, start=1):
        axes = [Axis(size, n, layer.stride, "same") for n in layer.kernel.shape[:2]]
        nodes[f"weights_{number}"] = _convolution(nir, layer, axes, weights, dt)
        size, n_channels = axes[0].n_out, layer.kernel.shape[-1]
        nodes[f"neurons_{number}"] = _neurons(nir, weights, (n_channels, size, size))
    nodes["output"] = nir.Output(output_type={"output": np.array([n_channels, size, size])})
    return nir.NIRGraph(nodes, list(pairwise(nodes)), metadata=_metadata(weights, dt))


def _convolution(
    nir: Any, layer: EyeLayer, axes: list[Axis], weights: EyeWeights, dt: float
) -> Any:
    """Build a convolution that is padded alike on both sides, as NIR has it.

    Where the eye has more zeros behind the image than in front of it, the kernel begins with zeros
    instead.
    """
    pads = [(axis.before, _behind(axis)) for axis in axes]
    most = [max(pair) for pair in pads]
    zeros = [(n - before, n - behind) for n, (before, behind) in zip(most, pads, strict=True)]
    kernel = np.pad(layer.kernel, [*zeros, (0, 0), (0, 0)]) * (weights.dynamics.tau_membrane / dt)
    return nir.Conv2d(
        input_shape=(axes[0].n_in, axes[1].n_in),
        weight=np.asarray(kernel.transpose(3, 2, 0, 1), dtype=np.float32),
        stride=layer.stride, padding=(most[0], most[1]), dilation=1, groups=1,
        bias=np.zeros(kernel.shape[-1], dtype=np.float32),
    )  # fmt: skip


def _behind(axis: Axis) -> int:
    """Count the zeros behind the input."""
    return max(0, (axis.n_out - 1) * axis.stride + axis.n_kernel - axis.n_in - axis.before)


def _neurons(nir: Any, weights: EyeWeights, shape: tuple[int, int, int]) -> Any:
    one, zero = np.ones(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    return nir.LIF(
        tau=np.float32(weights.dynamics.tau_membrane) * one, r=one, v_leak=zero,
        v_threshold=np.float32(THRESHOLD) * one, v_reset=zero,
    )  # fmt: skip


def _metadata(weights: EyeWeights, dt: float) -> dict[str, Any]:
    """Build the metadata: the step, frames, and what is needed to read the heat neurons."""
    return {
        "dt": dt,
        "frame_period": weights.dynamics.period,
        "maps": ", ".join(MAPS),
        "tau_reading": weights.dynamics.tau_reading,
        "sharpness": np.asarray(weights.sharpness, dtype=float),
        "absence": np.asarray(weights.absence, dtype=float),
    }
