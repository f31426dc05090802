"""Loihi blocks as flat arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from loihi_deploy.engine.arena import Arena
from loihi_deploy.engine.routes import Routes, compile_routes
from loihi_deploy.nengo_loihi_compat import EmulatorInterface, LoihiProbe

WORD = 8  # compartments whose spikes are looked at together
PROBE_KEYS = ("current", "voltage", "spiked")


@dataclass(frozen=True)
class Chip:
    """Everything that the kernels read and write, by the type of its items.

    Compartments of all blocks lie one after the other.

    Attributes:
        state: 32-bit integers, or floats where the blocks are not discretised, as
            :class:`loihi_deploy.engine.kernels.State` names them.
        index: Integers, as :class:`loihi_deploy.engine.kernels.Index` names them.
        real: Doubles, as :class:`loihi_deploy.engine.kernels.Real` names them.
        spiked: Whether each compartment spiked, padded to whole words, 8-bit.
        routes: Where spikes go.
        n_compartments: Compartments in all.
        n_probed: Values that probes record in a step.
    """

    state: Arena
    index: Arena
    real: Arena
    spiked: np.ndarray
    routes: Routes
    n_compartments: int
    n_probed: int

    @property
    def dtype(self) -> np.dtype:
        """``int32`` or ``float32``."""
        return self.state.block.dtype


def compile_chip(emulator: EmulatorInterface, probes: Sequence[LoihiProbe]) -> Chip:
    """Flatten blocks, as nengo-loihi's emulator has read them.

    Args:
        emulator: A fresh emulator of the model; its state arrays are copied.
        probes: What is recorded.
    """
    info, compartment = emulator.block_info, emulator.compartment
    n = info.n_compartments
    routes = compile_routes(emulator)
    keys, recorded = _probed(info, probes)
    state = {
        "current": compartment.current,
        "voltage": compartment.voltage,
        "input": compartment.input[0],
        "bias": compartment.bias,
        "threshold": compartment.vth,
        "floor": compartment.vmin,
        "ceiling": compartment.vmax,
        "weights": routes.weights,
        "traces": np.zeros(routes.n_traces),
        "errors": np.zeros(routes.n_errors),
    }
    index = {
        "refractory": compartment.ref,
        "waiting": compartment.ref_count,
        "noise_at_membrane": compartment.noise.target_u,
        "fired": np.zeros(routes.source_start[-1]),
        "fired_count": np.zeros(len(routes.source_start) - 1),
        **routes.index_arrays(),
        "traced": np.zeros(routes.n_traces),
        "probe_key": keys,
        "probe_compartment": recorded,
    }
    real = _decays(compartment, info.dtype) | {
        "noise_offset": compartment.noise.mant_offset,
        "noise_scale": compartment.noise.mult,
        **routes.real_arrays(),
    }
    return Chip(
        state=Arena(info.dtype, state),
        index=Arena(np.int32, index),
        real=Arena(np.float64, real),
        spiked=np.zeros(-(-n // WORD) * WORD, dtype=np.uint8),
        routes=routes,
        n_compartments=n,
        n_probed=len(keys),
    )


def _decays(compartment: Any, dtype: np.dtype) -> dict[str, np.ndarray]:
    """Give what is kept of current and voltage in a step, and the gain of what comes in.

    The chip computes ``sign(x) floor(|x| (4096 - offset - decay) / 4096)``, which is the
    product with a double, truncated: both are exact.
    """
    if dtype == np.int32:
        return {
            "keep_current": (4096.0 - 1.0 - compartment.decay_u) / 4096.0,
            "keep_voltage": (4096.0 - compartment.decay_v) / 4096.0,
            "gain_current": compartment.scale_u,
            "gain_voltage": compartment.scale_v,
        }
    return {
        "keep_current": 1 - compartment.decay_u,
        "keep_voltage": 1 - compartment.decay_v,
        "gain_current": compartment.scale_u,
        "gain_voltage": compartment.scale_v,
    }


def _probed(info: Any, probes: Sequence[LoihiProbe]) -> tuple[np.ndarray, np.ndarray]:
    """List what is recorded in a step: keys and compartments, probe by probe."""
    keys: list[np.ndarray] = [np.zeros(0, dtype=np.int32)]
    compartments: list[np.ndarray] = [np.zeros(0, dtype=np.int32)]
    for probe in probes:
        for block, chosen in zip(probe.target, probe.slice, strict=True):
            inside = np.arange(info.slices[block].start, info.slices[block].stop)[chosen]
            compartments.append(inside)
            keys.append(np.full(len(inside), PROBE_KEYS.index(probe.key)))
    return np.concatenate(keys), np.concatenate(compartments)
