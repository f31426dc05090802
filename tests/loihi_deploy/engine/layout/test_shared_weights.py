"""Rows that neurons share: a spike reaches what it reaches where each neuron has its own."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from nengo.transforms import ChannelShape, Convolution

from spikearm.loihi_deploy.engine.chip import Chip, compile_chip
from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.engine.layout import shared_weights
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface, LoihiProbe, nengo_loihi
from spikearm.neural.connectivity.event_convolution import EventConvolution
from spikearm.neural.connectivity.geometry import Padding

pytestmark = pytest.mark.filterwarnings("ignore:Lost . extra bits:UserWarning")

block_module = nengo_loihi.block
FORMS = {"shared": 0, "neuron by neuron": 2**62}
"""Least number of weights from which on rows are shared."""
DELAY = 2  # steps until what the host sends has arrived


@dataclass(frozen=True)
class Geometry:
    """Convolution of the neurons of a source, from one of them on."""

    shape: tuple[int, int, int]
    n_filters: int
    kernel_size: tuple[int, int]
    strides: tuple[int, int]
    padding: Padding
    channels_last: bool
    before: int
    after: int
    on_chip: bool

    @property
    def input_shape(self) -> ChannelShape:
        shape = self.shape if self.channels_last else (self.shape[2], *self.shape[:2])
        return ChannelShape(shape, channels_last=self.channels_last)

    def transform(self, kernel: np.ndarray) -> Convolution:
        return Convolution(
            self.n_filters, self.input_shape, kernel_size=self.kernel_size, strides=self.strides,
            padding=self.padding, channels_last=self.channels_last, init=kernel,
        )  # fmt: skip


def draw(rng: np.random.Generator) -> Geometry:
    padding: Padding = "valid" if rng.random() < 0.5 else "same"
    rows, columns, channels = (int(n) for n in rng.integers(1, [8, 8, 5]))
    most = [min(rows, 4), min(columns, 4)] if padding == "valid" else [4, 4]
    most = [1, 1] if rng.random() < 0.1 else most
    return Geometry(
        shape=(rows, columns, channels),
        n_filters=int(rng.integers(1, 10)),
        kernel_size=tuple(rng.integers(1, np.add(most, 1)).tolist()),
        strides=tuple(rng.integers(1, 4, size=2).tolist()),
        padding=padding,
        channels_last=bool(rng.random() < 0.7),
        before=int(rng.choice([0, 0, 1, 3])),
        after=int(rng.choice([0, 2])),
        on_chip=bool(rng.random() < 0.5),
    )


def draw_kernel(rng: np.random.Generator, geometry: Geometry) -> np.ndarray:
    """Draw integer weights, many of them zero, some of more than 8 bits."""
    shape = (*geometry.kernel_size, geometry.shape[2], geometry.n_filters)
    bits = rng.choice([7, 7, 7, 13], size=shape)
    return (rng.integers(-(2**bits), 2**bits) * (rng.random(shape) < 0.7)).astype(float)


def expected_rows(geometry: Geometry, kernel: np.ndarray) -> np.ndarray:
    """Compute what each neuron of the source reaches, shape (n_neurons, n_targets)."""
    convolution = EventConvolution(kernel, geometry.shape, geometry.strides, geometry.padding)
    matrix = convolution.materialize().toarray().astype(int)
    if not geometry.channels_last:
        matrix = matrix[channels_first(geometry.shape)]
        matrix = matrix[:, channels_first(convolution.output_shape)]
    return np.pad(matrix, [(geometry.before, geometry.after), (0, 0)])


def channels_first(shape: tuple[int, ...]) -> np.ndarray:
    """Number neurons by row, column, channel, in the order of channel, row, column."""
    return np.moveaxis(np.arange(np.prod(shape)).reshape(shape), 2, 0).ravel()


def build(geometry: Geometry, kernel: np.ndarray) -> tuple[Any, Any]:
    """Build a source of which one neuron fires in each step, and a block that shows its input."""
    n = int(np.prod(geometry.shape)) + geometry.before + geometry.after
    model = nengo_loihi.builder.Model()
    spikes = nengo_loihi.inputs.SpikeInput(n)
    for neuron in range(n):
        spikes.add_spikes(neuron + 1, np.array([neuron]), permanent=True)
    model.add_input(spikes)
    source, relay = spikes, None
    if geometry.on_chip:
        source, relay = block_module.LoihiBlock(n), block_module.Synapse(n)
        relay.set_weights(np.eye(n, dtype=np.float32))
        add_synapse(source, relay, spikes, np.arange(n))
        model.add_block(source)
    target = block_module.LoihiBlock(geometry.transform(kernel).output_shape.size)
    synapse = add_convolution(geometry, np.full(kernel.shape, 0.01), source, target)
    model.add_block(target)
    for block in model.blocks:
        block.compartment.configure_filter(0)
        block.compartment.configure_relu()
    nengo_loihi.builder.discretize.discretize_model(model)
    for block in model.blocks:
        block.compartment.decay_u[:] = 4095  # all of the current, in every step
    # Discretisation scales the largest weight to 8 bits: these are of more.
    weights = nengo_loihi.conv.conv2d_loihi_weights(geometry.transform(kernel))[0]
    synapse.weights = [one.astype(np.int32) for one in weights]
    if relay is not None:
        relay.weights = [64 * 255 * 64 * row[None].astype(np.int32) for row in np.eye(n)]
        source.compartment.vth[:] = 64
    return model, target


def add_convolution(geometry: Geometry, kernel: np.ndarray, source: Any, target: Any) -> Any:
    weights, indices, rows, bases = nengo_loihi.conv.conv2d_loihi_weights(
        geometry.transform(kernel)
    )
    synapse = block_module.Synapse(len(rows))
    synapse.set_population_weights(weights, indices, rows, bases, pop_type=32)
    around = geometry.before, geometry.after
    axons = np.pad(nengo_loihi.conv.pixel_idxs(geometry.input_shape), around, constant_values=-1)
    atoms = np.pad(nengo_loihi.conv.channel_idxs(geometry.input_shape), around)
    add_synapse(target, synapse, source, axons, atoms)
    return synapse


def add_synapse(
    target: Any, synapse: Any, source: Any, axons: np.ndarray, atoms: np.ndarray | None = None
) -> None:
    target.add_synapse(synapse)
    axon = block_module.Axon(synapse.n_axons)
    axon.target = synapse
    axon.set_compartment_axon_map(axons, atoms=atoms)
    source.add_axon(axon)


def run(interface: type, geometry: Geometry, kernel: np.ndarray) -> tuple[np.ndarray, Any]:
    """Run until every neuron's spike has arrived, and return what arrived in each step."""
    model, target = build(geometry, kernel)
    probe = LoihiProbe(target=target, key="current")
    model.add_probe(probe)
    n, delay = next(iter(model.inputs)).n_neurons, DELAY + geometry.on_chip
    simulator = interface(model, seed=0)
    simulator.run_steps(n + delay)
    return np.array(simulator.collect_probe_output(probe))[delay - 1 : -1], simulator


def kind_of(geometry: Geometry) -> set[str]:
    facts = {
        "valid": geometry.padding == "valid",
        "same": geometry.padding == "same",
        "even kernel": not all(n % 2 for n in geometry.kernel_size),
        "1x1": geometry.kernel_size == (1, 1),
        "stride over kernel": max(np.subtract(geometry.strides, geometry.kernel_size)) > 0,
        "several channels": geometry.shape[2] > 1,
        "channels first": not geometry.channels_last and geometry.shape[2] > 1,
        "from within a pixel on": geometry.before % geometry.shape[2] > 0,
        "from the chip": geometry.on_chip,
        "from the host": not geometry.on_chip,
    }
    return {fact for fact, true in facts.items() if true}


FACTS = {
    "valid", "same", "even kernel", "1x1", "stride over kernel", "several channels",
    "channels first", "from within a pixel on", "from the chip", "from the host",
}  # fmt: skip


def test_random_convolutions_reach_what_an_independent_one_says_in_both_forms(monkeypatch):
    facts: Counter[str] = Counter()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        geometry = draw(rng)
        kernel = draw_kernel(rng, geometry)
        expected = expected_rows(geometry, kernel)
        relayed = len(expected) if geometry.on_chip else 0
        for form, least in FORMS.items():
            monkeypatch.setattr(shared_weights, "MIN_WEIGHTS", least)
            arrived, engine = run(Engine, geometry, kernel)
            np.testing.assert_array_equal(arrived, expected, err_msg=f"{form}: {geometry}")
            assert engine.counts.synaptic_events == np.count_nonzero(expected) + relayed
            assert bool(len(engine.chip.rows.uses)) == (form == "shared" and expected.size > 0)
        facts.update(kind_of(geometry))
    assert set(facts) == FACTS
    assert min(facts.values()) >= 5


@pytest.mark.parametrize("seed", range(4))
def test_the_emulator_agrees(seed):
    rng = np.random.default_rng(seed)
    geometry = draw(rng)
    kernel = draw_kernel(rng, geometry)
    arrived, _ = run(EmulatorInterface, geometry, kernel)
    np.testing.assert_array_equal(arrived, expected_rows(geometry, kernel))


def image(size: int, channels: int, n_filters: int, n_kernel: int) -> Geometry:
    """Return a convolution that halves an image."""
    return Geometry(
        shape=(size, size, channels), n_filters=n_filters, kernel_size=(n_kernel, n_kernel),
        strides=(2, 2), padding="same", channels_last=True, before=0, after=0, on_chip=False,
    )  # fmt: skip


def compile_eyes(n_eyes: int, size: int) -> tuple[Chip, int]:
    """Compile eyes of two channels and two layers each; also return their number of synapses."""
    model = nengo_loihi.builder.Model()
    layers = [image(size, 2, 8, 5), image(size // 2, 8, 16, 3)]
    n_synapses = 0
    for _ in range(n_eyes):
        source = nengo_loihi.inputs.SpikeInput(2 * size**2)
        model.add_input(source)
        for layer in layers:
            kernel = np.full((*layer.kernel_size, layer.shape[2], layer.n_filters), 0.01)
            block = block_module.LoihiBlock(layer.transform(kernel).output_shape.size)
            block.compartment.configure_relu()
            synapse = add_convolution(layer, kernel, source, block)
            sizes = [len(synapse.weights[row][0]) for row in synapse.axon_to_weight_map]
            n_synapses += layer.shape[2] * sum(sizes)
            model.add_block(block)
            source = block
    nengo_loihi.builder.discretize.discretize_model(model)
    return compile_chip(EmulatorInterface(model, seed=0), []), n_synapses


def test_an_image_with_four_times_the_pixels_takes_less_than_four_times_the_memory(monkeypatch):
    monkeypatch.setattr(shared_weights, "MIN_WEIGHTS", 0)
    (small, n_small), (large, n_large) = compile_eyes(1, 16), compile_eyes(1, 32)
    assert n_large > 4 * n_small
    assert large.connectivity_bytes < 3 * small.connectivity_bytes < n_small


@pytest.mark.slow
def test_two_eyes_of_128x128_pixels_take_less_than_a_megabyte():
    chip, n_synapses = compile_eyes(2, 128)
    assert n_synapses > 5_000_000
    assert chip.connectivity_bytes < 1_000_000
