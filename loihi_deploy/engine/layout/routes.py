"""Routes of spikes to weights whose order matters: those that learn, or are no integers."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.engine.layout.fixed_weights import last_of_each
from spikearm.loihi_deploy.engine.layout.sources import Sources
from spikearm.loihi_deploy.nengo_loihi_compat import (
    LEARN_FRAC,
    EmulatorInterface,
    learn_overflow_bits,
)


@dataclass(frozen=True)
class LearningSynapse:
    """Constants of the chip's learning rule for one group of synapses.

    Attributes:
        synapse: Group of synapses, as nengo-loihi built it.
        n_axons: Number of axons, each with one trace.
        n_targets: Number of weights of each axon.
        first_weight: Index of the first weight; the others follow axon by axon.
        first_trace, first_error: Indices of its first trace and error.
    """

    synapse: Any
    n_axons: int
    n_targets: int
    first_weight: int
    first_trace: int
    first_error: int


@dataclass(frozen=True)
class Routes:
    """Rows of weights, and the routes to them.

    A row has the weights of one spike: ``row_size`` weights from ``row_weight`` on, added to
    the compartments from ``row_target`` on or, on a scattered route, to those at
    ``row_target`` plus the offsets listed from ``row_offset`` on. A route leads from a source
    to one group of synapses; ``route_row`` gives the row for each of the source's neurons, or
    -1, and ``route_axon`` the axon, for learning synapses. Routes are sorted by group, so that
    weights are added in the emulator's order.
    """

    weights: np.ndarray
    row_weight: np.ndarray
    row_size: np.ndarray
    row_target: np.ndarray
    row_offset: np.ndarray
    row_events: np.ndarray
    offsets: np.ndarray
    route_source: np.ndarray
    route_start: np.ndarray
    route_trace: np.ndarray
    route_scattered: np.ndarray
    route_row: np.ndarray
    route_axon: np.ndarray
    learning: tuple[LearningSynapse, ...]

    @property
    def n_traces(self) -> int:
        """Number of traces."""
        return sum(one.n_axons for one in self.learning)

    @property
    def n_errors(self) -> int:
        """Number of errors."""
        return sum(one.n_targets // 2 for one in self.learning)

    @property
    def n_changes(self) -> int:
        """Number of weights of the largest learning synapse."""
        return max((one.n_axons * one.n_targets for one in self.learning), default=0)

    def index_arrays(self) -> dict[str, np.ndarray]:
        """Return the integer arrays for the kernels, by name."""
        arrays = {k: v for k, v in vars(self).items() if k not in ("weights", "learning")}
        plan = [
            (
                one.n_axons, one.n_targets, one.first_weight, one.first_trace, one.first_error,
                one.synapse.train_epoch, one.synapse.learn_epoch, *_integer_rule(one.synapse),
            )
            for one in self.learning
        ]  # fmt: skip
        return arrays | {"learning": np.array(plan, dtype=np.int32).ravel()}

    def real_arrays(self) -> dict[str, np.ndarray]:
        """Return the constants of learning for the kernels, by name."""
        rules = [
            (
                np.exp(-one.synapse.train_epoch / one.synapse.tracing_tau),
                one.synapse.tracing_mag,
                one.synapse.learning_rate,
                _rounding_scale(one.synapse),
            )
            for one in self.learning
        ]
        return {"learning_rule": np.array(rules, dtype=float).ravel()}


def _integer_rule(synapse: Any) -> tuple[int, ...]:
    """Return rate, three shifts (rate's, weight's, result's) and bound of the integer rule."""
    if not hasattr(synapse, "_lr_int"):
        # In single precision, NumPy computes with a Python number in single, too.
        return (int(not isinstance(synapse.learning_rate, np.float64)), 0, 0, 0, 0)
    config = synapse.synapse_cfg
    exponent, shift_bits = config.real_weight_exp, config.shift_bits
    return (
        synapse._lr_int,
        LEARN_FRAC + synapse._lr_exp - learn_overflow_bits(n_factors=2),
        LEARN_FRAC - exponent,
        exponent + shift_bits,
        2 ** (8 - shift_bits) - 1,
    )


def _rounding_scale(synapse: Any) -> float:
    return 2.0 ** (-LEARN_FRAC - synapse.synapse_cfg.shift_bits)


@dataclass
class _Rows:
    """Rows under construction."""

    weights: list[np.ndarray] = field(default_factory=list)
    offsets: list[np.ndarray] = field(default_factory=list)
    rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    n_weights: int = 0
    n_offsets: int = 0

    def store(self, weights: np.ndarray, indices: np.ndarray | None) -> tuple[int, int]:
        """Store the weights of a row, and the offsets of a scattered one; return their places."""
        place, offset = self.n_weights, self.n_offsets
        self.weights.append(weights)
        self.n_weights += len(weights)
        if indices is not None:
            self.offsets.append(indices)
            self.n_offsets += len(indices)
        return place, offset


class _SynapseRows:
    """Rows of one group of synapses; weights that axons share are stored once.

    Args:
        rows: Rows to add to.
        synapse: Group of synapses.
        first: First compartment of its block.
    """

    def __init__(self, rows: _Rows, synapse: Any, first: int) -> None:
        self.scattered = not all(_is_run(one) for listed in synapse.indices for one in listed)
        self._rows = rows
        self._synapse = synapse
        self._first = first
        self._stored: dict[tuple[int, int], tuple[int, int]] = {}
        self._known: dict[tuple[int, int, int], int] = {}

    def find(self, axon: int, atom: int) -> int:
        """Return the number of the row that a spike reaches, or -1."""
        base = self._synapse.axon_compartment_base(axon)
        if base is None:
            return -1
        key = (int(self._synapse.axon_weight_idx(axon)), atom, int(base))
        if key not in self._known:
            self._known[key] = self._add(axon, *key)
        return self._known[key]

    def _add(self, axon: int, weight: int, atom: int, base: int) -> int:
        weights, indices = self._synapse.axon_weights_indices(axon, atom=atom)
        events = len(weights) if self._synapse.learning else int(np.count_nonzero(weights))
        shift = 0
        if self.scattered:
            keep = last_of_each(indices)
            weights, indices = weights[keep], indices[keep]
        elif len(indices):
            shift = int(indices[0])
        if (weight, atom) not in self._stored:
            listed = indices if self.scattered else None
            self._stored[weight, atom] = self._rows.store(weights, listed)
        place, offset = self._stored[weight, atom]
        target = self._first + base + shift
        self._rows.rows.append((place, len(weights), target, offset, events))
        return len(self._rows.rows) - 1


def _is_run(indices: np.ndarray) -> bool:
    """Return whether indices follow one another without a gap."""
    return bool(np.all(indices[1:] - indices[:-1] == 1))


def compile_routes(emulator: EmulatorInterface, sources: Sources) -> Routes:
    """Flatten the synapses of an emulator that learn or are not discretised."""
    dtype = emulator.block_info.dtype
    rows = _Rows()
    learning: list[LearningSynapse] = []
    routes: list[tuple[int, int, int, int]] = []  # source, place, first trace, scattered
    maps: list[np.ndarray] = []  # rows, then axons, shape (2, n_neurons)
    n_mapped = 0
    for synapse, where in emulator.synapses.items():
        if dtype == np.int32 and not synapse.learning:
            continue
        finder = _SynapseRows(rows, synapse, where.start)
        trace = -1
        if synapse.learning:
            learning.append(_store_learning(rows, finder, synapse, learning))
            trace = learning[-1].first_trace
        for source, axon in sources.feeding(synapse):
            maps.append(_map_route(finder, sources, source, axon))
            routes.append((source, n_mapped, trace, finder.scattered))
            n_mapped += maps[-1].shape[1]
    return _join(dtype, rows, routes, maps, learning)


def _map_route(finder: _SynapseRows, sources: Sources, source: int, axon: Any) -> np.ndarray:
    """Find row and axon for each neuron of a source, -1 for those that the route leaves out."""
    found = np.full((2, sources.start[source + 1] - sources.start[source]), -1, dtype=np.int32)
    for neuron, number, atom in sources.axons_of(source, axon):
        found[:, neuron] = finder.find(number, atom), number
    return found


def _store_learning(
    rows: _Rows, finder: _SynapseRows, synapse: Any, before: list[LearningSynapse]
) -> LearningSynapse:
    """Store a learning synapse's rows in the order of its axons."""
    shared = synapse.axon_to_weight_map is not None or any(len(w) != 1 for w in synapse.weights)
    if shared or finder.scattered:
        raise SpikearmError(
            f"Synapse '{synapse.label}' learns on shared, sparse or population weights, which the "
            "engine does not. Learn on a dense connection, or use nengo_loihi.Simulator."
        )
    first_weight = rows.n_weights
    for axon in range(synapse.n_axons):
        finder.find(axon, 0)
    last = before[-1] if before else None
    return LearningSynapse(
        synapse=synapse,
        n_axons=synapse.n_axons,
        n_targets=synapse.weights[0].shape[1],
        first_weight=first_weight,
        first_trace=last.first_trace + last.n_axons if last else 0,
        first_error=last.first_error + last.n_targets // 2 if last else 0,
    )


def _join(
    dtype: np.dtype,
    rows: _Rows,
    routes: list[tuple[int, int, int, int]],
    maps: list[np.ndarray],
    learning: list[LearningSynapse],
) -> Routes:
    table = np.array(rows.rows, dtype=np.int32).reshape(-1, 5)
    ways = np.array(routes, dtype=np.int32).reshape(-1, 4)
    none = np.zeros(0, dtype=np.int32)
    return Routes(
        weights=np.concatenate([none.astype(dtype), *rows.weights]),
        row_weight=table[:, 0],
        row_size=table[:, 1],
        row_target=table[:, 2],
        row_offset=table[:, 3],
        row_events=table[:, 4],
        offsets=np.concatenate([none, *rows.offsets]),
        route_source=ways[:, 0],
        route_start=ways[:, 1],
        route_trace=ways[:, 2],
        route_scattered=ways[:, 3],
        route_row=np.concatenate([none, *(found for found, _ in maps)]),
        route_axon=np.concatenate([none, *(axons for _, axons in maps)]),
        learning=tuple(learning),
    )
