"""Weights of an eye, and the file that holds them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from spikearm.arm_models.errors import check_positive
from spikearm.neural.files.array_file import (
    check_names,
    read_versioned,
    understood,
    write_versioned,
)

VERSION = 1
KIND = "trained eye"
REMEDY = "Name the eye.npz that `spikearm train-eye` made."
MAPS = ("target", "hand")
"""Things that an eye looks for. Each has heat neurons of its own in the last layer."""
ABOUT = "about"
NAMES = {"size", "strides", "sharpness", "absence", "dynamics", ABOUT}


@dataclass(frozen=True, eq=False)
class EyeLayer:
    """Layer of spiking neurons behind a convolution.

    Attributes:
        kernel: Change of a membrane's potential by a spike, in units of the threshold, shape
            (height, width, n_channels_in, n_channels_out).
        stride: Distance between two neurons along rows and columns, in inputs; with padding
            ``same``.
    """

    kernel: np.ndarray
    stride: int


@dataclass(frozen=True)
class EyeDynamics:
    """Time constants of an eye's neurons, and of the filter that they are read through.

    In a frame of events, a membrane decays by ``exp(-period / tau_membrane)``, takes what the
    spikes of this frame add, and fires if it is above 1, which sets it to 0.

    Attributes:
        period: Time of a frame [s].
        tau_membrane: Time constant of the membranes [s].
        floor: Lowest potential of a membrane, in units of the threshold.
        tau_reading: Time constant of the filter that the heat neurons' spikes are read through [s].
    """

    period: float = 0.004
    tau_membrane: float = 0.02
    floor: float = -4.0
    tau_reading: float = 0.032

    def __post_init__(self) -> None:
        check_positive(self, "period", "tau_membrane", "tau_reading")

    @property
    def decay(self) -> float:
        """Share of a membrane's potential that is left after a frame [1]."""
        return float(np.exp(-self.period / self.tau_membrane))

    @property
    def reading_decay(self) -> float:
        """Share of a filtered spike that is left after a frame [1]."""
        return float(np.exp(-self.period / self.tau_reading))


@dataclass(frozen=True, eq=False)
class EyeWeights:
    """Weights of an eye, the same for every camera.

    Attributes:
        size: Rows and columns of the event camera's pixels.
        layers: Layers from events (ON, OFF) to heat neurons. The last one has equally many
            channels for each of :data:`MAPS`, map by map.
        sharpness: Log odds that a filtered spike of a heat neuron adds to its place, shape
            (n_maps,) [1].
        absence: Log odds that what a map looks for is not there, shape (n_maps,) [1].
        dynamics: Time constants.
        about: Training configuration, seed, versions and what was measured.
    """

    size: int
    layers: tuple[EyeLayer, ...]
    sharpness: np.ndarray
    absence: np.ndarray
    dynamics: EyeDynamics = EyeDynamics()
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stride(self) -> int:
        """Distance between two heat neurons [pixels]."""
        return int(np.prod([layer.stride for layer in self.layers]))

    @property
    def per_map(self) -> int:
        """Number of heat neurons of a map at each place."""
        return self.layers[-1].kernel.shape[-1] // len(MAPS)

    @property
    def n_weights(self) -> int:
        """Number of weights in all kernels."""
        return sum(layer.kernel.size for layer in self.layers)

    def save(self, file: BinaryIO) -> None:
        """Write everything into one compressed file, numbers in single precision."""
        arrays: dict[str, Any] = {
            f"kernel.{number}": np.asarray(layer.kernel, dtype=np.float32)
            for number, layer in enumerate(self.layers)
        }
        arrays |= {
            "size": np.array(self.size),
            "strides": np.array([layer.stride for layer in self.layers]),
            "sharpness": np.asarray(self.sharpness, dtype=np.float32),
            "absence": np.asarray(self.absence, dtype=np.float32),
            "dynamics": np.array(json.dumps(asdict(self.dynamics))),
            ABOUT: np.array(json.dumps(dict(self.about))),
        }
        write_versioned(file, arrays, VERSION)

    @classmethod
    def load(cls, path: Path) -> "EyeWeights":
        """Read a file of :meth:`save`.

        Raises:
            SpikearmError: There is no such file, it is something else, or of another version.
        """
        arrays = read_versioned(path, KIND, REMEDY, VERSION)
        with understood(path, KIND, REMEDY):
            check_names(arrays, NAMES)
            kernels = [arrays[f"kernel.{number}"] for number in range(len(arrays["strides"]))]
            layers = tuple(
                EyeLayer(kernel, int(stride))
                for kernel, stride in zip(kernels, arrays["strides"], strict=True)
            )
            return cls(
                int(arrays["size"]), layers, arrays["sharpness"], arrays["absence"],
                EyeDynamics(**json.loads(str(arrays["dynamics"]))), json.loads(str(arrays[ABOUT])),
            )  # fmt: skip
