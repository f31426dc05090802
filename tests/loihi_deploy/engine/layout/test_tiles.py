"""Fixed weights in tiles: what a spike reaches is what it reaches on nengo-loihi's emulator."""

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.sparse

from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.kernels.delivery import AHEAD
from spikearm.loihi_deploy.engine.lanes import LANES
from spikearm.loihi_deploy.engine.layout import shared_weights as sharing
from spikearm.loihi_deploy.engine.layout import spike_rows
from spikearm.loihi_deploy.engine.layout.fixed_weights import collect_weights
from spikearm.loihi_deploy.engine.layout.layout import SHIFT_BITS, SHIFT_MASK
from spikearm.loihi_deploy.engine.layout.sources import Sources
from spikearm.loihi_deploy.engine.layout.tiles import (
    LARGEST,
    MIN_WEIGHTS,
    SMALLEST,
    Tiles,
    compile_tiles,
)
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface, LoihiProbe, nengo_loihi

pytestmark = pytest.mark.filterwarnings("ignore:Lost . extra bits:UserWarning")

block_module = nengo_loihi.block
discretize_model = nengo_loihi.builder.discretize.discretize_model
N_STEPS = 40
KINDS = ("dense", "sparse", "population", "zero", "opposite", "repeated")
SCALES = (1.0, 0.3, 0.01, 0.0005)


class Model(NamedTuple):
    """Blocks and spike inputs, with weights of some kinds between them."""

    model: Any
    blocks: list[Any]
    inputs: list[Any]
    kinds: set[str]


class Compiled(NamedTuple):
    emulator: EmulatorInterface
    sources: list[Any]
    tiles: Tiles


def random_model(seed: int, discretized: bool = True) -> Model:
    rng = np.random.default_rng(seed)
    model = nengo_loihi.builder.Model()
    blocks = [add_block(rng, model) for _ in range(rng.integers(1, 5))]
    inputs = [add_input(rng, model) for _ in range(rng.integers(0, 3))]
    kinds = rng.choice(KINDS, size=rng.integers(1, 7))
    sources = [*blocks, *inputs]
    for kind in kinds:
        source = sources[rng.integers(len(sources))]
        connect(rng, kind, source, blocks[rng.integers(len(blocks))])
    if discretized:
        discretize_model(model)
    return Model(model, blocks, inputs, set(kinds.tolist()))


def add_block(rng: np.random.Generator, model: Any) -> Any:
    block = block_module.LoihiBlock(int(rng.integers(1, 30)))
    block.compartment.configure_relu()
    block.compartment.configure_filter(0.005)
    block.compartment.bias[:] = rng.uniform(-0.1, 0.5, size=block.n_neurons)
    model.add_block(block)
    return block


def add_input(rng: np.random.Generator, model: Any) -> Any:
    spikes = nengo_loihi.inputs.SpikeInput(int(rng.integers(1, 12)))
    for time in range(1, N_STEPS):
        fired = np.flatnonzero(rng.random(spikes.n_neurons) < 0.2)
        spikes.add_spikes(time, fired, permanent=True)
    model.add_input(spikes)
    return spikes


def connect(rng: np.random.Generator, kind: str, source: Any, block: Any) -> None:
    """Let all neurons of a source reach a block, some of them on two axons."""
    n_axons, scale = int(rng.integers(1, 9)), rng.choice(SCALES)
    weights = scale * rng.normal(size=(n_axons, block.n_neurons))
    twice = rng.random() < 0.3
    maps = [rng.integers(-1, n_axons, size=source.n_neurons) for _ in range(1 + twice)]
    if kind in ("population", "repeated"):
        synapse, n_atoms = shared_weights(rng, n_axons, scale, block.n_neurons, kind)
        add(source, block, synapse, maps, rng.integers(n_atoms, size=source.n_neurons))
        return
    if kind == "sparse":
        weights = scipy.sparse.csr_matrix(weights * (rng.random(weights.shape) < 0.3))
    for factor in {"zero": [0.0], "opposite": [1.0, -1.0]}.get(kind, [1.0]):
        synapse = block_module.Synapse(n_axons)
        synapse.set_weights((factor * weights).astype(np.float32))
        add(source, block, synapse, maps)


def shared_weights(
    rng: np.random.Generator, n_axons: int, scale: float, n_targets: int, kind: str
) -> tuple[Any, int]:
    """Make axons that share rows of weights, from a base on; without a base, they are unused."""
    n_atoms, n_rows = int(rng.integers(1, 4)), int(rng.integers(1, n_axons + 1))
    size = int(rng.integers(1, n_targets + 1))
    weights = list((scale * rng.normal(size=(n_rows, n_atoms, size))).astype(np.float32))
    choose = rng.permutation if kind == "population" else lambda n: rng.integers(n, size=n)
    indices = [np.array([choose(size) for _ in range(n_atoms)], np.int32) for _ in range(n_rows)]
    bases = rng.integers(-1, n_targets - size + 1, size=n_axons)
    synapse = block_module.Synapse(n_axons)
    synapse.set_population_weights(
        weights, indices, rng.integers(n_rows, size=n_axons), bases, pop_type=32
    )
    return synapse, n_atoms


def add(
    source: Any, block: Any, synapse: Any, maps: list[np.ndarray], atoms: np.ndarray | None = None
) -> None:
    block.add_synapse(synapse)
    for targets in maps:
        axon = block_module.Axon(synapse.n_axons)
        axon.target = synapse
        axon.set_compartment_axon_map(targets, atoms=atoms)
        source.add_axon(axon)


def compile_model(made: Model) -> Compiled:
    emulator = EmulatorInterface(made.model, seed=0)
    weights = collect_weights(emulator, Sources(emulator))
    tiles = compile_tiles(weights, emulator.block_info.n_compartments)
    return Compiled(emulator, [*made.blocks, *made.inputs], tiles)


def reached_on_emulator(compiled: Compiled) -> np.ndarray:
    """Let each neuron spike alone, shape (n_neurons, n_compartments)."""
    state, rows = compiled.emulator.synapses, []
    for spikes in spikes_of_all(compiled):
        for queue in state.spikes_in.values():
            queue.clear()
        for synapse, spike in spikes:
            state.spikes_in[synapse].append(spike)
        rows.append(np.zeros((1, state.n_compartments), dtype=state.dtype))
        state.update_input(rows[-1])
    return np.concatenate(rows)


def spikes_of_all(compiled: Compiled) -> list[list[tuple[Any, Any]]]:
    """List synapses and spikes that arrive where one neuron fires, neuron by neuron."""
    return [
        [
            (axon.target, spike)
            for axon in source.axons
            for spike in axon.map_spikes(np.array([neuron]))
            if spike is not None
        ]
        for source in compiled.sources
        for neuron in range(source.n_neurons)
    ]


def rows_of(spikes: list[tuple[Any, Any]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """List weights and compartments, within its block, that each spike of a neuron reaches."""
    rows = []
    for synapse, spike in spikes:
        base = synapse.axon_compartment_base(spike.axon_idx)
        if base is not None:
            weights, indices = synapse.axon_weights_indices(spike.axon_idx, atom=spike.atom)
            rows.append((weights, base + indices))
    return rows


class Reached(NamedTuple):
    """What tiles and single weights of a neuron add up to, shape (n_compartments,)."""

    tiles: np.ndarray
    items: np.ndarray


def reached_in_tiles(tiles: Tiles, neuron: int, n_compartments: int) -> Reached:
    n_lanes = -(-n_compartments // LANES) * LANES
    in_tiles, single = np.zeros((2, n_lanes), dtype=np.int64)
    for run in range(tiles.run_start[neuron], tiles.run_start[neuron + 1]):
        place, shift = tiles.run_head[run] >> SHIFT_BITS, tiles.run_head[run] & SHIFT_MASK
        weights = mantissas_of(tiles, run) * 2**shift
        in_tiles[LANES * place :][: len(weights)] += weights
    items = slice(tiles.item_start[neuron], tiles.item_start[neuron + 1])
    np.add.at(single, tiles.item_target[items], tiles.item_weight[items])
    assert not in_tiles[n_compartments:].any()
    return Reached(in_tiles[:n_compartments], single[:n_compartments])


def mantissas_of(tiles: Tiles, run: int) -> np.ndarray:
    first, end = tiles.run_tile[run], tiles.run_tile[run + 1]
    return tiles.mantissas[LANES * first : LANES * end].astype(np.int64)


def occurred(compiled: Compiled, reached: np.ndarray, made: Model) -> set[str]:
    """List what there was to get wrong."""
    facts = set(made.kinds)
    n_block_neurons = compiled.emulator.block_info.n_compartments
    all_rows = [rows_of(spikes) for spikes in spikes_of_all(compiled)]
    for neuron, rows in enumerate(all_rows):
        parts = reached_in_tiles(compiled.tiles, neuron, reached.shape[1])
        facts |= {"tiles"} if parts.tiles.any() else set()
        facts |= {"single weights"} if parts.items.any() else set()
        facts |= {"an input's"} if rows and neuron >= n_block_neurons else set()
        facts |= {"nothing"} if not rows else set()
        in_tile = np.add.reduceat(parts.items != 0, np.arange(0, reached.shape[1], LANES))
        facts |= {"neighbours too wide for a tile"} if in_tile.max() >= MIN_WEIGHTS else set()
        nonzero = sum(int(np.count_nonzero(weights)) for weights, _ in rows)
        facts |= {"all cancels"} if nonzero and not reached[neuron].any() else set()
        facts |= {"weights of zero"} if any((w == 0).any() for w, _ in rows) else set()
        if len(rows) > 1 and nonzero > np.count_nonzero(reached[neuron]) > 0:
            facts.add("a compartment reached twice")
        if any(len(set(indices.tolist())) < len(indices) for _, indices in rows):
            facts.add("a compartment reached twice by one axon")
    return facts


FACTS = {
    *KINDS, "tiles", "single weights", "an input's", "nothing", "neighbours too wide for a tile",
    "all cancels", "weights of zero", "a compartment reached twice",
    "a compartment reached twice by one axon",
}  # fmt: skip
SEEDS = range(60)


def test_tiles_and_single_weights_of_each_neuron_add_up_to_what_its_spike_reaches():
    facts: Counter[str] = Counter()
    for seed in SEEDS:
        made = random_model(seed)
        compiled = compile_model(made)
        expected = reached_on_emulator(compiled)
        n_neurons, n_compartments = expected.shape
        assert len(compiled.tiles.run_start) == len(compiled.tiles.item_start) == n_neurons + 1
        for neuron in range(n_neurons):
            reached = reached_in_tiles(compiled.tiles, neuron, n_compartments)
            np.testing.assert_array_equal(reached.tiles + reached.items, expected[neuron])
        facts.update(occurred(compiled, expected, made))
    assert set(facts) == FACTS
    assert min(facts.values()) >= 5


def test_events_are_the_weights_that_a_spike_reaches_and_that_are_not_zero():
    differing = 0
    for seed in SEEDS:
        compiled = compile_model(random_model(seed))
        expected = [
            sum(int(np.count_nonzero(weights)) for weights, _ in rows_of(spikes))
            for spikes in spikes_of_all(compiled)
        ]
        assert compiled.tiles.events.tolist() == expected
        differing += expected != np.count_nonzero(reached_on_emulator(compiled), axis=1).tolist()
    assert differing > 10  # where weights are added up, or cancel


def test_a_run_holds_weights_of_eight_bits_as_small_as_they_can_be():
    shifts, lengths = Counter(), Counter()
    for seed in SEEDS:
        tiles = compile_model(random_model(seed)).tiles
        assert len(tiles.run_head) == len(tiles.run_tile) - 1 == tiles.run_start[-1]
        assert LANES * tiles.run_tile[-1] == len(tiles.mantissas)
        for run, head in enumerate(tiles.run_head):
            mantissas = mantissas_of(tiles, run)
            assert ((mantissas >= SMALLEST) & (mantissas <= LARGEST)).all()
            assert (mantissas % 2 == 1).any()
            assert (np.count_nonzero(mantissas.reshape(-1, LANES), axis=1) >= MIN_WEIGHTS).all()
            shifts[int(head & SHIFT_MASK)] += 1
            lengths[len(mantissas) // LANES] += 1
    assert len(shifts) > 3 and sum(shifts.values()) > 500
    assert lengths[1] > 100 and lengths[2] > 100 and max(lengths) > 2


@pytest.mark.parametrize(
    ("weights", "n_runs", "n_items"),
    [
        ([0, 0, 64, 0, 0, 0, 0, 128, 0], 1, 0),  # two in a tile
        ([0, 0, 64, 0, 0, 0, 0, 0, 128], 0, 2),  # each in a tile of its own
        ([127 * 4, -128 * 4, 4], 1, 0),  # just eight bits
        ([128 * 4, 4], 0, 2),  # a bit too many
        ([-129 * 4, 4], 0, 2),
        ([64, 64 * 127, 1 << 20, 1 << 20] + [0] * 4 + [8, 16], 1, 4),
        ([0] * 9, 0, 0),
        ([8, 16] + [0] * 6 + [64, 128], 1, 0),  # neighbouring tiles, a shift by 3 fits both
        ([8, 16] + [0] * 6 + [64, 2048], 2, 0),  # it does not
        ([8, 16] + [0] * 14 + [8, 16], 2, 0),  # no neighbours
    ],
)
def test_by_hand_one_neuron_s_weights_are_in_tiles_where_they_fit(weights, n_runs, n_items):
    compiled = compile_model(by_hand([weights]))
    tiles = compiled.tiles
    assert (len(tiles.run_head), len(tiles.item_weight)) == (n_runs, n_items)
    reached = reached_in_tiles(tiles, 0, len(weights))
    assert (reached.tiles + reached.items).tolist() == weights
    assert tiles.events[0] == np.count_nonzero(weights)


def test_by_hand_two_axons_to_a_compartment_add_up_and_count_twice():
    tiles = compile_model(by_hand([[64, 0, 192, 320], [128, -64, -192, 0]])).tiles
    assert tiles.mantissas.tolist() == [3, -1, 0, 5] + [0] * 4
    assert tiles.run_head.tolist() == [6]  # the first compartments, and 64 is a shift by 6
    assert tiles.events[0] == 3 + 3


def by_hand(rows: list[list[int]]) -> Model:
    """Let one neuron of a block reach the block itself over several synapses."""
    model = nengo_loihi.builder.Model()
    block = block_module.LoihiBlock(len(rows[0]))
    block.compartment.configure_relu()
    model.add_block(block)
    discretize_model(model)
    only_first = np.where(np.arange(block.n_neurons) == 0, 0, -1)
    for weights in rows:
        synapse = block_module.Synapse(1)
        synapse.set_weights(np.ones((1, block.n_neurons), dtype=np.float32))
        synapse.weights = [np.array([weights], dtype=np.int32)]
        add(block, block, synapse, [only_first])
    return Model(model, [block], [], set())


def test_weights_that_are_no_integers_are_left_out():
    made = random_model(3, discretized=False)
    compiled = compile_model(made)
    assert reached_on_emulator(compiled).any()
    assert not compiled.tiles.events.any()
    assert len(compiled.tiles.run_head) == len(compiled.tiles.item_weight) == 0


def test_weights_that_learn_are_left_out_and_those_beside_them_are_not():
    made = by_hand([[64, 128, 0], [192, 0, 0]])
    made.blocks[0].synapses[1].learning = True
    tiles = compile_model(made).tiles
    assert tiles.mantissas.tolist() == [1, 2] + [0] * 6
    assert tiles.events[0] == 2


class Ran(NamedTuple):
    data: dict[str, np.ndarray]
    events: list[int]


def simulate(interface: type, seed: int, discretized: bool) -> Ran:
    made = random_model(seed, discretized)
    probes = {
        f"{key} {k}": LoihiProbe(target=block, key=key)
        for k, block in enumerate(made.blocks)
        for key in ("current", "spiked")
    }
    for probe in probes.values():
        made.model.add_probe(probe)
    events = []
    with interface(made.model, seed=0) as sim:
        for _ in range(N_STEPS):
            sim.step()
            events.append(count_events(sim))
        data = {name: sim.collect_probe_output(probe) for name, probe in probes.items()}
    return Ran(data, np.diff(events, prepend=0).tolist() if interface is Engine else events)


def count_events(sim: Any) -> int:
    """Count the events of a step on the emulator; those of all steps on the engine."""
    if isinstance(sim, Engine):
        return int(sim.counts.synaptic_events)
    arrived = [
        (synapse, spike) for synapse, spikes in sim.synapses.spikes_in.items() for spike in spikes
    ]
    return sum(int(np.count_nonzero(weights)) for weights, _ in rows_of(arrived))


@pytest.mark.filterwarnings("ignore:Overflow in:UserWarning")
@pytest.mark.parametrize("discretized", [True, False], ids=["integers", "floats"])
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("least", [0, 2**62], ids=["rows shared", "rows of each neuron"])
def test_the_engine_adds_and_counts_them_as_the_emulator_does_step_by_step(
    seed, discretized, least, monkeypatch
):
    monkeypatch.setattr(sharing, "MIN_WEIGHTS", least)
    theirs, ours = (simulate(one, seed, discretized) for one in (EmulatorInterface, Engine))
    for name, expected in theirs.data.items():
        np.testing.assert_array_equal(ours.data[name], expected, err_msg=name)
    assert ours.events == theirs.events
    assert any(values.any() for name, values in theirs.data.items() if name.startswith("current"))
    assert any(values.any() for name, values in theirs.data.items() if name.startswith("spiked"))


@pytest.mark.filterwarnings("ignore:Overflow in:UserWarning")
def test_fetching_rows_before_they_are_needed_changes_nothing(monkeypatch):
    most = 0
    for seed in range(10):
        ran = []
        for least in (0, 2**62):
            monkeypatch.setattr(spike_rows, "MIN_LARGE", least)
            ran.append(simulate(Engine, seed, discretized=True))
        fetched, waited = ran
        for name, expected in waited.data.items():
            np.testing.assert_array_equal(fetched.data[name], expected, err_msg=name)
        assert fetched.events == waited.events
        spikes = [values for name, values in waited.data.items() if name.startswith("spiked")]
        most = max(most, int(np.sum(np.hstack(spikes) != 0, axis=1).max()))
    assert most > 3 * AHEAD


def test_in_these_runs_every_kind_of_weights_is_used():
    assert set.union(*(random_model(seed).kinds for seed in range(10))) == set(KINDS)
