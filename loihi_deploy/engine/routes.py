"""Where spikes go: synapses as rows of weights, sorted by what they come from."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from arm_models import SpikearmError
from loihi_deploy.engine.kernels import DENSE, NARROW, SCATTERED
from loihi_deploy.nengo_loihi_compat import LEARN_FRAC, EmulatorInterface, learn_overflow_bits

MAX_MANTISSA = 2**15 - 1
MIN_NARROW = 200  # weights in a row


@dataclass(frozen=True)
class LearningSynapse:
    """Constants of the chip's learning rule for one group of synapses.

    Attributes:
        synapse: The group, as nengo-loihi built it.
        n_axons: Axons, each with one trace.
        n_targets: Weights of each axon.
        first_weight: Place of the first weight; the others follow axon by axon.
        first_trace, first_error: Places of its traces and errors.
    """

    synapse: Any
    n_axons: int
    n_targets: int
    first_weight: int
    first_trace: int
    first_error: int


@dataclass(frozen=True)
class Routes:
    """Rows and the routes to them.

    A row is what one spike reaches: ``row_size`` weights from ``row_weight`` on, added to
    the compartments from ``row_target`` on or, on a scattered route, to those at
    ``row_target`` plus the offsets listed from ``row_offset`` on; on a narrow route,
    ``row_weight`` points to 16-bit mantissas, times ``route_factor``. A route leads from a source
    (a block, or a spike input) to one group of synapses; ``route_row`` gives the row for each
    of the source's neurons, or -1, and ``route_axon`` the axon, for learning synapses. Routes
    are sorted by group, so that weights are added in the emulator's order.
    """

    weights: np.ndarray
    mantissas: np.ndarray
    row_weight: np.ndarray
    row_size: np.ndarray
    row_target: np.ndarray
    row_offset: np.ndarray
    row_events: np.ndarray
    offsets: np.ndarray
    source_start: np.ndarray
    route_source: np.ndarray
    route_start: np.ndarray
    route_trace: np.ndarray
    route_kind: np.ndarray
    route_factor: np.ndarray
    route_row: np.ndarray
    route_axon: np.ndarray
    learning: tuple[LearningSynapse, ...]

    @property
    def n_traces(self) -> int:
        """Traces in all."""
        return sum(one.n_axons for one in self.learning)

    @property
    def n_errors(self) -> int:
        """Errors in all."""
        return sum(one.n_targets // 2 for one in self.learning)

    def index_arrays(self) -> dict[str, np.ndarray]:
        """Give the integer arrays for the kernels, by name."""
        names = (
            "row_weight", "row_size", "row_target", "row_offset", "row_events", "offsets",
            "source_start", "route_source", "route_start", "route_trace",
            "route_kind", "route_factor", "route_row", "route_axon",
        )  # fmt: skip
        plan = [
            (
                one.n_axons, one.n_targets, one.first_weight, one.first_trace, one.first_error,
                one.synapse.train_epoch, one.synapse.learn_epoch, *_integer_rule(one.synapse),
            )
            for one in self.learning
        ]  # fmt: skip
        return {name: getattr(self, name) for name in names} | {
            "learning": np.array(plan, dtype=np.int32).ravel()
        }

    def real_arrays(self) -> dict[str, np.ndarray]:
        """Give the constants of learning for the kernels, by name."""
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
    """Give the shifts of the integer rule: rate, rate's, weight's, result's, and the bound."""
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
    mantissas: list[np.ndarray] = field(default_factory=list)
    offsets: list[np.ndarray] = field(default_factory=list)
    rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    n_weights: int = 0
    n_mantissas: int = 0
    n_offsets: int = 0

    def store(
        self, weights: np.ndarray, indices: np.ndarray | None, shift: int | None
    ) -> tuple[int, int, int]:
        """Store the weights of a row.

        Args:
            weights: What is stored.
            indices: Offsets of the targets, for a scattered row.
            shift: Zero bits behind every weight, where they are stored as mantissas.

        Returns:
            Place of the weights, place of the offsets, number of nonzero weights.
        """
        place, offset = self.n_weights, self.n_offsets
        if shift is None:
            self.weights.append(weights)
            self.n_weights += len(weights)
        else:
            place = self.n_mantissas
            self.mantissas.append((weights >> shift).astype(np.int16))
            self.n_mantissas += len(weights)
        if indices is not None:
            self.offsets.append(indices)
            self.n_offsets += len(indices)
        return place, offset, int(np.count_nonzero(weights))


class _SynapseRows:
    """Finds the rows of one group of synapses; weights that axons share are stored once.

    Args:
        rows: Where rows are kept.
        synapse: The group.
        first: Its block's first compartment.
    """

    def __init__(self, rows: _Rows, synapse: Any, first: int) -> None:
        self.scattered = not all(_is_run(one) for listed in synapse.indices for one in listed)
        self.shift = None if self.scattered else _common_shift(synapse)
        self._rows = rows
        self._synapse = synapse
        self._first = first
        self._stored: dict[tuple[int, int], tuple[int, int, int]] = {}
        self._known: dict[tuple[int, int, int], int] = {}

    @property
    def kind(self) -> int:
        """How its rows are added."""
        return SCATTERED if self.scattered else DENSE if self.shift is None else NARROW

    def find(self, axon: int, atom: int) -> int:
        """Give the row that a spike reaches, or -1."""
        base = self._synapse.axon_compartment_base(axon)
        if base is None:
            return -1
        key = (int(self._synapse.axon_weight_idx(axon)), atom, int(base))
        if key not in self._known:
            self._known[key] = self._add(axon, *key)
        return self._known[key]

    def _add(self, axon: int, weight: int, atom: int, base: int) -> int:
        weights, indices = self._synapse.axon_weights_indices(axon, atom=atom)
        shift = 0
        if self.scattered:
            keep = _last_of_each(indices)
            weights, indices = weights[keep], indices[keep]
        elif len(indices):
            shift = int(indices[0])
        if (weight, atom) not in self._stored:
            listed = indices if self.scattered else None
            self._stored[weight, atom] = self._rows.store(weights, listed, self.shift)
        place, offset, events = self._stored[weight, atom]
        target = self._first + base + shift
        self._rows.rows.append((place, len(weights), target, offset, events))
        return len(self._rows.rows) - 1


def _common_shift(synapse: Any) -> int | None:
    """Count the zero bits behind all weights, if they can be stored as mantissas.

    They can if they are integers that stay, and if all rows have one size and one target, so
    that several are added at once. On short rows it would cost more than it saves.
    """
    if min(w.shape[1] for w in synapse.weights) < MIN_NARROW:
        return None
    bases = synapse.axon_compartment_bases
    if synapse.learning or synapse.weights[0].dtype != np.int32:
        return None
    if bases is not None and len({base for base in bases if base >= 0}) > 1:
        return None
    if len({(one.shape[1], *one[:1, :1].ravel()) for one in synapse.indices}) > 1:
        return None
    bits = int(np.bitwise_or.reduce([np.bitwise_or.reduce(w, axis=None) for w in synapse.weights]))
    shift = (bits & -bits).bit_length() - 1 if bits else 0
    largest = max(int(np.abs(w).max(initial=0)) for w in synapse.weights) >> shift
    return shift if largest <= MAX_MANTISSA else None


def _is_run(indices: np.ndarray) -> bool:
    """Tell whether indices follow one another without a gap."""
    return bool(np.all(indices[1:] - indices[:-1] == 1))


def _last_of_each(indices: np.ndarray) -> np.ndarray:
    """Find each index's last place: the emulator's ``input[indices] += weights`` adds that."""
    _, places = np.unique(indices[::-1], return_index=True)
    return np.sort(len(indices) - 1 - places)


def compile_routes(emulator: EmulatorInterface) -> Routes:
    """Flatten synapses and axons of an emulator."""
    sources = [*emulator.block_info.blocks, *emulator.inputs]
    feeding = _feeding(sources, emulator)
    rows = _Rows()
    learning: list[LearningSynapse] = []
    routes: list[tuple[int, int, int, int, int]] = []  # source, place, first trace, kind, factor
    maps: list[tuple[np.ndarray, np.ndarray]] = []
    n_mapped = 0
    for synapse, where in emulator.synapses.items():
        finder = _SynapseRows(rows, synapse, where.start)
        trace = -1
        if synapse.learning:
            learning.append(_store_learning(rows, finder, synapse, learning))
            trace = learning[-1].first_trace
        for source, axon in feeding.get(id(synapse), []):
            maps.append(_map_route(finder, axon, sources[source].n_neurons))
            routes.append((source, n_mapped, trace, finder.kind, 1 << (finder.shift or 0)))
            n_mapped += sources[source].n_neurons
    sizes = [source.n_neurons for source in sources]
    return _join(emulator.block_info.dtype, sizes, rows, routes, maps, learning)


def _feeding(sources: list[Any], emulator: EmulatorInterface) -> dict[int, list[tuple[int, Any]]]:
    """List, by synapse, the axons that feed it, in the emulator's order: inputs come first."""
    n_blocks = len(emulator.block_info.blocks)
    order = [*range(n_blocks, len(sources)), *range(n_blocks)]
    feeding: dict[int, list[tuple[int, Any]]] = {}
    for number in order:
        for axon in sources[number].axons:
            feeding.setdefault(id(axon.target), []).append((number, axon))
    return feeding


def _map_route(finder: _SynapseRows, axon: Any, n_neurons: int) -> tuple[np.ndarray, np.ndarray]:
    """Find row and axon for each neuron of a source, -1 for those that the route leaves out."""
    neurons = np.arange(n_neurons)
    axons = np.asarray(axon.map_axon(neurons), dtype=np.int32)
    atoms = axon.map_atoms(neurons)
    found = [
        finder.find(int(a), int(atom)) if a >= 0 else -1
        for a, atom in zip(axons, atoms, strict=True)
    ]
    return np.array(found, dtype=np.int32), axons


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
    sizes: list[int],
    rows: _Rows,
    routes: list[tuple[int, int, int, int, int]],
    maps: list[tuple[np.ndarray, np.ndarray]],
    learning: list[LearningSynapse],
) -> Routes:
    table = np.array(rows.rows, dtype=np.int32).reshape(-1, 5)
    ways = np.array(routes, dtype=np.int32).reshape(-1, 5)
    none = np.zeros(0, dtype=np.int32)
    return Routes(
        weights=np.concatenate([none.astype(dtype), *rows.weights]),
        mantissas=np.concatenate([none.astype(np.int16), *rows.mantissas]),
        row_weight=table[:, 0],
        row_size=table[:, 1],
        row_target=table[:, 2],
        row_offset=table[:, 3],
        row_events=table[:, 4],
        offsets=np.concatenate([none, *rows.offsets]),
        source_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        route_source=ways[:, 0],
        route_start=ways[:, 1],
        route_trace=ways[:, 2],
        route_kind=ways[:, 3],
        route_factor=ways[:, 4],
        route_row=np.concatenate([none, *(found for found, _ in maps)]),
        route_axon=np.concatenate([none, *(axons for _, axons in maps)]),
        learning=tuple(learning),
    )
