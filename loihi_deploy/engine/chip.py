"""Blocks of a chip as flat arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikearm.loihi_deploy.engine.lanes import LANES, pad_to_lanes
from spikearm.loihi_deploy.engine.layout.arena import Arena
from spikearm.loihi_deploy.engine.layout.arrangement import (
    CEILING,
    FLOOR,
    KEEP_CURRENT,
    KEEP_VOLTAGE,
    REFRACTORY,
    Arrangement,
    arrange,
)
from spikearm.loihi_deploy.engine.layout.fixed_weights import collect_weights
from spikearm.loihi_deploy.engine.layout.layout import Index, Real, State
from spikearm.loihi_deploy.engine.layout.routes import Routes, compile_routes
from spikearm.loihi_deploy.engine.layout.shared_weights import collect_shared
from spikearm.loihi_deploy.engine.layout.sources import Sources
from spikearm.loihi_deploy.engine.layout.spike_rows import SpikeRows, compile_rows
from spikearm.loihi_deploy.engine.layout.tiles import Tiles, compile_tiles
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface, LoihiProbe

PROBE_KEYS = ("current", "voltage", "spiked")


@dataclass(frozen=True)
class Chip:
    """Arrays that the kernels read and write, by the type of their items.

    The compartments of all blocks are ordered by an arrangement.

    Attributes:
        state: 32-bit integers, or floats where the blocks are not discretised, as
            :class:`spikearm.loihi_deploy.engine.layout.layout.State` names them.
        index: Integers, as :class:`spikearm.loihi_deploy.engine.layout.layout.Index` names them.
        real: Doubles, as :class:`spikearm.loihi_deploy.engine.layout.layout.Real` names them.
        spiked: Flags of compartments that spiked, padded to whole words, 8-bit.
        rows: Rows of fixed integer weights.
        tiles: The same rows in memory.
        routes: Routes to all other weights.
        words: Scratch for random numbers, 32-bit.
        arrangement: Order of compartments in the state.
        n_compartments: Number of compartments.
        n_probed: Number of values that probes record in a step.
    """

    state: Arena
    index: Arena
    real: Arena
    spiked: np.ndarray
    rows: SpikeRows
    tiles: Tiles
    routes: Routes
    words: np.ndarray
    arrangement: Arrangement
    n_compartments: int
    n_probed: int

    @property
    def dtype(self) -> np.dtype:
        """Type of the state, ``int32`` or ``float32``."""
        return self.state.block.dtype

    @property
    def connectivity_bytes(self) -> int:
        """Memory of the fixed integer weights and of the way to them [bytes]."""
        arrays = [*self.rows.index_arrays(), *self.tiles.index_arrays()]
        return self.tiles.mantissas.nbytes + sum(self.index[name].nbytes for name in arrays)


def compile_chip(emulator: EmulatorInterface, probes: Sequence[LoihiProbe]) -> Chip:
    """Flatten blocks, as nengo-loihi's emulator has read them.

    Args:
        emulator: New emulator of the model; its state arrays are copied.
        probes: Probes to record.
    """
    info, compartment = emulator.block_info, emulator.compartment
    n = info.n_compartments
    sources = Sources(emulator)
    shared, routes = collect_shared(emulator, sources), compile_routes(emulator, sources)
    fixed = collect_weights(emulator, sources, shared.groups)
    constants = _constants(compartment, info.dtype)
    arrangement = Arrangement.plain(n)
    if _may_move(emulator, routes):
        arrangement = arrange(fixed, constants, shared.pinned)
    dendrites, somas = arrangement.runs(constants)
    rows, order = compile_rows(fixed, shared, sources, arrangement), arrangement.order
    tiles = compile_tiles(rows.weights, arrangement.n_dendrites)
    keys, recorded = _probed(info, probes, arrangement)
    n_drawn = max(n, routes.n_traces, routes.n_changes)
    index = {
        "dendrites": dendrites.ravel(),
        "somas": somas.ravel(),
        "refractory": compartment.ref[order],
        "waiting": compartment.ref_count[order],
        "noise_at_membrane": compartment.noise.target_u,
        "fired": np.zeros(sources.n_neurons + LANES),
        "fired_start": np.zeros(len(sources.start)),
        **rows.index_arrays(),
        **tiles.index_arrays(),
        **routes.index_arrays(),
        "source_start": sources.start,
        "traced": np.zeros(routes.n_traces),
        "probe_key": keys,
        "probe_compartment": recorded,
    }
    return Chip(
        state=_state(compartment, info.dtype, arrangement, routes),
        index=Arena(np.int32, {name: index[name] for name in Index._fields}),
        real=_real(compartment, routes, n_drawn),
        spiked=np.zeros(pad_to_lanes(n), dtype=np.uint8),
        rows=rows,
        tiles=tiles,
        routes=routes,
        words=np.zeros(2 * n_drawn, dtype=np.uint32),
        arrangement=arrangement,
        n_compartments=n,
        n_probed=len(keys),
    )


def _state(compartment: Any, dtype: type, arrangement: Arrangement, routes: Routes) -> Arena:
    """Collect what changes in a step, at its start, in the order of an arrangement."""
    order, n_dendrites = arrangement.order, arrangement.n_dendrites
    state = {
        "current": np.zeros(n_dendrites),
        "voltage": compartment.voltage[order],
        # A shared row's last tile may reach beyond its last dendrite, from wherever it begins.
        "input": np.zeros(pad_to_lanes(n_dendrites) + LANES),
        "bias": compartment.bias[order],
        "drive": compartment.bias[order],
        "threshold": compartment.vth[order],
        "floor": compartment.vmin[order],
        "ceiling": compartment.vmax[order],
        "noise": np.zeros(len(order)),
        "weights": routes.weights,
        "traces": np.zeros(routes.n_traces),
        "errors": np.zeros(routes.n_errors),
        "changes": np.zeros(routes.n_changes),
    }
    return Arena(dtype, {name: state[name] for name in State._fields})


def _real(compartment: Any, routes: Routes, n_drawn: int) -> Arena:
    """Collect the doubles: decays, noise, rates of learning, and scratch for random numbers."""
    real = {
        "keep_current": 1 - compartment.decay_u,
        "keep_voltage": 1 - compartment.decay_v,
        "gain_current": compartment.scale_u,
        "gain_voltage": compartment.scale_v,
        "noise_offset": compartment.noise.mant_offset,
        "noise_scale": compartment.noise.mult,
        **routes.real_arrays(),
        "uniform": np.zeros(n_drawn),
    }
    return Arena(np.float64, {name: real[name] for name in Real._fields})


def _may_move(emulator: EmulatorInterface, routes: Routes) -> bool:
    """Return whether neither routes nor random numbers depend on the emulator's order."""
    is_integer = emulator.block_info.dtype == np.int32
    return (
        is_integer and not len(routes.route_source) and not emulator.compartment.noise.enabled.any()
    )


def _constants(compartment: Any, dtype: np.dtype) -> np.ndarray:
    """List the 4096ths of current and voltage that are kept, bounds and refractory steps."""
    if dtype != np.int32:
        return np.zeros((len(compartment.ref), 5), dtype=np.int32)
    columns = np.zeros((5, len(compartment.ref)), dtype=np.int32)
    columns[KEEP_CURRENT] = 4096 - 1 - compartment.decay_u
    columns[KEEP_VOLTAGE] = 4096 - compartment.decay_v
    columns[FLOOR], columns[CEILING] = compartment.vmin, compartment.vmax
    columns[REFRACTORY] = compartment.ref
    return columns.T


def _probed(
    info: Any, probes: Sequence[LoihiProbe], arrangement: Arrangement
) -> tuple[np.ndarray, np.ndarray]:
    """List keys and places of the values that are recorded in a step, probe by probe."""
    keys: list[np.ndarray] = [np.zeros(0, dtype=np.int32)]
    compartments: list[np.ndarray] = [np.zeros(0, dtype=np.int32)]
    for probe in probes:
        for block, chosen in zip(probe.target, probe.slice, strict=True):
            inside = np.arange(info.slices[block].start, info.slices[block].stop)[chosen]
            places = arrangement.dendrite if probe.key == "current" else arrangement.soma
            compartments.append(places[inside])
            keys.append(np.full(len(inside), PROBE_KEYS.index(probe.key)))
    return np.concatenate(keys), np.concatenate(compartments)
