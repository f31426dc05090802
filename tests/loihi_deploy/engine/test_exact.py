"""The engine against nengo-loihi's emulator: every probe at every step equal, not close."""

import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from unittest.mock import patch
from zlib import crc32

import nengo
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nengo.dists import Choice, Uniform
from nengo.exceptions import BuildError

from spikearm.loihi_deploy.engine.layout import shared_weights
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.loihi_deploy.simulator import Simulator

DT = 0.001  # s
RESTING = {"voltage": Choice([0])}
NEURON_TYPES: dict[str, Callable[[], nengo.neurons.NeuronType]] = {
    "lif": lambda: nengo.LIF(tau_ref=0.002, initial_state=RESTING),
    "lif that recovers slowly": lambda: nengo.LIF(
        tau_rc=0.03, tau_ref=0.005, min_voltage=-1, amplitude=0.7, initial_state=RESTING
    ),
    "relu": lambda: nengo.SpikingRectifiedLinear(initial_state=RESTING),
    "loihi lif": lambda: nengo_loihi.LoihiLIF(initial_state=RESTING),
    "loihi relu": lambda: nengo_loihi.LoihiSpikingRectifiedLinear(
        amplitude=0.4, initial_state=RESTING
    ),
    "regular lif": lambda: nengo.RegularSpiking(nengo.LIFRate()),
}
HOST_TYPES = NEURON_TYPES | {
    "rectified": lambda: nengo.RectifiedLinear(amplitude=0.5),
    "rate": lambda: nengo.LIFRate(tau_ref=0.003),
    "sigmoid": lambda: nengo.Sigmoid(tau_ref=0.006),
    "tanh": lambda: nengo.Tanh(tau_ref=0.005),
    "adaptive rate": lambda: nengo.AdaptiveLIFRate(tau_n=0.05),
    "adaptive lif": lambda: nengo.AdaptiveLIF(tau_n=0.05, inc_n=0.02, initial_state=RESTING),
    "izhikevich": nengo.Izhikevich,
    "regular relu": lambda: nengo.RegularSpiking(nengo.RectifiedLinear(), amplitude=0.5),
    "poisson": lambda: nengo.PoissonSpiking(nengo.LIFRate()),
}
HOST_RATES = Uniform(90, 160)  # a sigmoid reaches none below half of its highest
SYNAPSES = {
    "none": None,
    "short": nengo.Lowpass(0.003),
    "long": nengo.Lowpass(0.02),
    "alpha": nengo.Alpha(0.01),
}
LINKS = (
    "decoded",
    "sliced",
    "recurrent",
    "weights",
    "neurons",
    "sparse",
    "to neurons",
    "convolution",
)
INPUTS = (
    "none", "constant", "function", "process", "noise", "pictures", "pieces", "of time and state",
    "population",
)  # fmt: skip


@dataclass(frozen=True)
class Population:
    n_neurons: int
    dimensions: int
    neuron_type: str
    radius: float
    on_chip: bool
    n_parts: int
    input: str


@dataclass(frozen=True)
class Link:
    kind: str
    pre: int
    post: int
    synapse: str


@dataclass(frozen=True)
class Learning:
    pre: int
    rate: float
    tau: float
    error_scale: float


@dataclass(frozen=True)
class Recipe:
    """All that a random network is made from."""

    seed: int
    populations: tuple[Population, ...]
    links: tuple[Link, ...]
    learning: tuple[Learning, ...]
    output: bool
    feedback: bool
    probe_synapse: str
    decode_neurons: str
    target: str
    precompute: bool | None
    n_steps: int
    n_runs: int
    shares_rows: bool


class Made(NamedTuple):
    network: nengo.Network
    probes: dict[str, nengo.Probe]
    model: Callable[[], Any]


class Outcome(NamedTuple):
    """What a simulator gave.

    Attributes:
        data: What each probe recorded.
        weights: Weights of learning synapses afterwards.
        messages: Warnings in the run.
    """

    data: dict[str, np.ndarray]
    weights: list[np.ndarray]
    messages: set[str]


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    n = draw(st.integers(1, 4))
    populations = tuple(
        Population(
            n_neurons=draw(st.integers(4, 40)),
            dimensions=draw(st.integers(1, 4)),
            neuron_type=draw(st.sampled_from(sorted(NEURON_TYPES))),
            radius=draw(st.sampled_from([1.0, 0.6, 2.0])),
            on_chip=number == 0 or draw(st.integers(0, 3)) > 0,
            n_parts=draw(st.sampled_from([1, 1, 2, 3])),
            input=draw(st.sampled_from(INPUTS)),
        )
        for number in range(n)
    )
    link = st.builds(
        Link,
        kind=st.sampled_from(LINKS),
        pre=st.integers(0, n - 1),
        post=st.integers(0, n - 1),
        synapse=st.sampled_from(["none", "short", "long"]),
    )
    learning = st.builds(
        Learning,
        pre=st.sampled_from([k for k, one in enumerate(populations) if one.on_chip]),
        rate=st.sampled_from([1e-4, 1e-3, 2e-2]),
        tau=st.sampled_from([0.005, 0.02]),
        error_scale=st.sampled_from([1.0, 0.2]),
    )
    return Recipe(
        seed=draw(st.integers(1, 2**31 - 2)),
        populations=populations,
        links=tuple(draw(st.lists(link, min_size=1, max_size=5))),
        learning=tuple(draw(st.lists(learning, max_size=2))),
        output=draw(st.booleans()),
        feedback=draw(st.booleans()),
        probe_synapse=draw(st.sampled_from(sorted(SYNAPSES))),
        decode_neurons=draw(st.sampled_from(["preset", "on and off", "noisy"])),
        target=draw(st.sampled_from(["sim", "sim", "simreal"])),
        precompute=draw(st.sampled_from([None, True, False])),
        n_steps=draw(st.integers(40, 100)),
        n_runs=draw(st.sampled_from([1, 1, 3, 30])),
        shares_rows=draw(st.booleans()),
    )


def make(recipe: Recipe) -> Made:
    rng = np.random.default_rng(recipe.seed)
    probes: dict[str, nengo.Probe] = {}
    with nengo.Network(seed=recipe.seed) as network:
        nengo_loihi.add_params(network)
        network.config[nengo.Probe].synapse = SYNAPSES[recipe.probe_synapse]
        ensembles = [add_population(network, recipe, k) for k in range(len(recipe.populations))]
        for number, (ensemble, one) in enumerate(zip(ensembles, recipe.populations, strict=True)):
            add_input(network, probes, number, ensemble, recipe, rng)
            add_probes(probes, number, ensemble, one)
        for number, link in enumerate(recipe.links):
            if link.kind == "convolution":
                add_convolution(network, probes, number, ensembles[link.pre], rng)
            else:
                add_link(recipe, link, ensembles, rng)
        for number, one in enumerate(recipe.learning):
            add_learning(probes, number, one, ensembles[one.pre])
        if recipe.output:
            add_output(probes, ensembles, feedback=recipe.feedback)
    return Made(network, probes, lambda: make_model(recipe))


def make_model(recipe: Recipe) -> Any:
    """Make an empty model, with the recipe's kind of neurons to decode into."""
    model = nengo_loihi.builder.Model(dt=DT)
    if recipe.decode_neurons == "on and off":
        model.decode_neurons = nengo_loihi.decode_neurons.OnOffDecodeNeurons(pairs_per_dim=2, dt=DT)
    elif recipe.decode_neurons == "noisy":
        model.decode_neurons = nengo_loihi.decode_neurons.NoisyDecodeNeurons(5, dt=DT)
    return model


def host_type(recipe: Recipe, number: int) -> str:
    """Choose neurons for a population off the chip."""
    mixed = crc32(repr((number, recipe)).encode())  # seeds alone repeat themselves
    return sorted(HOST_TYPES)[mixed % len(HOST_TYPES)]


def host_types(recipe: Recipe) -> set[str]:
    """List the types of the neurons off the chip."""
    populations = list(enumerate(recipe.populations))
    off_chip = {host_type(recipe, k) for k, one in populations if not one.on_chip}
    return off_chip | {host_type(recipe, -k) for k, one in populations if one.input == "population"}


def add_population(network: nengo.Network, recipe: Recipe, number: int) -> nengo.Ensemble:
    one = recipe.populations[number]
    kind = one.neuron_type if one.on_chip else host_type(recipe, number)
    ensemble = nengo.Ensemble(
        one.n_neurons,
        one.dimensions,
        neuron_type=HOST_TYPES[kind](),
        radius=one.radius,
        max_rates=Uniform(60, 160) if one.on_chip else HOST_RATES,
        intercepts=Uniform(-0.9, 0.6),
    )
    network.config[ensemble].on_chip = one.on_chip
    if one.on_chip and one.n_parts > 1:
        size = -(-one.n_neurons // one.n_parts)
        network.config[ensemble].block_shape = nengo_loihi.BlockShape((size,), (one.n_neurons,))
    return ensemble


def make_process(
    kind: str, d: int, rng: np.random.Generator, seed: int
) -> tuple[nengo.Process, int]:
    """Make a process whose values are known ahead, and tell how many it has."""
    if kind == "process":
        return nengo.processes.WhiteSignal(0.2, high=40, rms=0.6, seed=seed), 1
    if kind == "noise":
        return nengo.processes.FilteredNoise(nengo.Alpha(0.005), seed=seed), d
    if kind == "pictures":
        return nengo.processes.PresentInput(rng.uniform(-1, 1, (3, d)), 0.0075), d
    breaks = {0.0: rng.uniform(-1, 1, d), 0.013: rng.uniform(-1, 1, d), 0.04: np.zeros(d)}
    return nengo.processes.Piecewise(breaks, rng.choice(["zero", "linear"])), d


def add_input(
    network: nengo.Network,
    probes: dict[str, nengo.Probe],
    number: int,
    ensemble: nengo.Ensemble,
    recipe: Recipe,
    rng: np.random.Generator,
) -> None:
    d, kind = ensemble.dimensions, recipe.populations[number].input
    rates, seed = rng.uniform(5, 60, size=d), int(rng.integers(2**31))
    if kind == "constant":
        nengo.Connection(nengo.Node(rng.uniform(-1, 1, size=d)), ensemble, synapse=None)
    elif kind == "function":
        nengo.Connection(nengo.Node(lambda t: np.sin(rates * t)), ensemble, synapse=0.01)
    elif kind in ("process", "noise", "pictures", "pieces"):
        process, size = make_process(kind, d, rng, seed)
        node = nengo.Node(process, size_out=size)
        nengo.Connection(node, ensemble, transform=np.eye(d)[:, d - size :], synapse=None)
        probes[f"{kind} {number}"] = nengo.Probe(node, synapse=None)
        probes[f"some of {kind} {number}"] = nengo.Probe(node, sample_every=0.0035)
    elif kind == "of time and state":
        source = nengo.Node([0.4] * d)
        through = nengo.Node(lambda t, x: np.cos(x * rates * t), size_in=d)
        nengo.Connection(source, through, transform=0.7, synapse=nengo.Alpha(0.005))
        nengo.Connection(
            through, ensemble.neurons, transform=rng.normal(size=(ensemble.n_neurons, d))
        )
    elif kind == "population":
        neurons = HOST_TYPES[host_type(recipe, -number)]()
        source = nengo.Ensemble(12, d, neuron_type=neurons, max_rates=HOST_RATES)
        network.config[source].on_chip = False
        nengo.Connection(nengo.Node(lambda t: np.cos(rates * t)), source)
        nengo.Connection(source, ensemble, function=np.square)


def add_link(
    recipe: Recipe, link: Link, ensembles: list[nengo.Ensemble], rng: np.random.Generator
) -> None:
    pre, post = ensembles[link.pre], ensembles[link.post]
    both_on_chip = recipe.populations[link.pre].on_chip and recipe.populations[link.post].on_chip
    # Without a synapse, Nengo refuses cycles on the host.
    synapse = SYNAPSES[link.synapse] or (None if both_on_chip else SYNAPSES["short"])
    dense = rng.normal(size=(post.n_neurons, pre.n_neurons)) / pre.n_neurons
    if link.kind == "recurrent":
        nengo.Connection(pre, pre, synapse=SYNAPSES["long"], transform=0.6)
    elif link.kind == "sliced":
        column = np.eye(post.dimensions)[:, :1]
        nengo.Connection(
            pre[-1], post, function=lambda x: 0.5 - x, transform=column, synapse=synapse
        )
    elif link.kind == "neurons":
        nengo.Connection(pre.neurons, post.neurons, transform=dense, synapse=synapse)
    elif link.kind == "to neurons" and both_on_chip:
        nengo.Connection(
            pre.neurons[::2], post.neurons, transform=0.01 * dense[:, ::2], synapse=synapse
        )
    elif link.kind == "sparse" and both_on_chip:
        rows, columns = np.nonzero(rng.random(dense.shape) < 0.2)
        if len(rows):
            sparse = nengo.Sparse(
                dense.shape,
                indices=np.column_stack([rows, columns]),
                init=3 * dense[rows, columns],
            )
            nengo.Connection(pre.neurons, post.neurons, transform=sparse, synapse=synapse)
    elif link.kind == "weights" and both_on_chip and recipe.populations[link.post].n_parts == 1:
        mix = rng.normal(size=(1, pre.dimensions))
        solver = nengo.solvers.LstsqL2(weights=True)
        nengo.Connection(pre, post[-1], transform=mix, solver=solver, synapse=synapse)
    else:
        mix = rng.normal(size=(post.dimensions, pre.dimensions))
        nengo.Connection(pre, post, transform=mix, synapse=synapse)


def add_convolution(
    network: nengo.Network,
    probes: dict[str, nengo.Probe],
    number: int,
    pre: nengo.Ensemble,
    rng: np.random.Generator,
) -> None:
    """Let some neurons be an image, which a layer on the chip sees, and another one sees that."""
    shape = draw_image(rng, pre.n_neurons)
    first = int(rng.integers(pre.n_neurons - shape.size + 1))
    layer = pre.neurons[first : first + shape.size]
    for depth in range(2):
        transform = draw_transform(rng, shape)
        shape = transform.output_shape
        following = nengo.Ensemble(
            shape.size, 1, gain=Choice([1.3]), bias=Uniform(-1, 2),
            neuron_type=nengo.SpikingRectifiedLinear(initial_state=RESTING),
        )  # fmt: skip
        size = -(-shape.size // int(rng.integers(1, 4)))
        network.config[following].block_shape = nengo_loihi.BlockShape((size,), (shape.size,))
        nengo.Connection(layer, following.neurons, transform=transform, synapse=0.005)
        probes[f"convolved {number} {depth}"] = nengo.Probe(following.neurons, synapse=None)
        layer = following.neurons


def draw_image(rng: np.random.Generator, n_neurons: int) -> nengo.transforms.ChannelShape:
    channels = int(rng.integers(1, 3))
    rows = int(rng.integers(1, 1 + min(4, n_neurons // channels)))
    columns = int(rng.integers(1, 1 + min(5, n_neurons // channels // rows)))
    return nengo.transforms.ChannelShape((rows, columns, channels))


def draw_transform(
    rng: np.random.Generator, shape: nengo.transforms.ChannelShape
) -> nengo.Convolution:
    padding = str(rng.choice(["valid", "same"]))
    most = np.minimum(shape.spatial_shape, 3) if padding == "valid" else (3, 3)
    size = tuple(int(rng.integers(1, 1 + n)) for n in most)
    n_filters = int(rng.integers(1, 5))
    kernel = rng.normal(size=(*size, shape.n_channels, n_filters)) * (rng.random() < 0.9)
    kernel[rng.random(kernel.shape) < 0.2] = 0
    return nengo.Convolution(
        n_filters, shape, kernel_size=size, strides=tuple(rng.integers(1, 4, 2).tolist()),
        padding=padding, init=kernel,
    )  # fmt: skip


def add_learning(
    probes: dict[str, nengo.Probe], number: int, learning: Learning, pre: nengo.Ensemble
) -> None:
    d = pre.dimensions
    learner, error = nengo.Node(size_in=d), nengo.Node(size_in=d)
    wanted = nengo.Node(lambda t: 0.5 * np.sin(30 * t) * np.ones(d))
    rule = nengo.PES(learning.rate, pre_synapse=nengo.Lowpass(learning.tau))
    connection = nengo.Connection(
        pre, learner, function=lambda x: 0 * x, learning_rule_type=rule, synapse=0.01
    )
    nengo.Connection(learner, error, synapse=None)
    nengo.Connection(wanted, error, transform=-1, synapse=None)
    nengo.Connection(error, connection.learning_rule, transform=learning.error_scale)
    probes[f"learned {number}"] = nengo.Probe(learner)
    probes[f"error {number}"] = nengo.Probe(error, synapse=None)


def add_output(
    probes: dict[str, nengo.Probe], ensembles: list[nengo.Ensemble], *, feedback: bool
) -> None:
    total = sum(one.dimensions for one in ensembles)
    gathered = nengo.Node(size_in=total)
    first = 0
    for one in ensembles:
        nengo.Connection(one, gathered[first : first + one.dimensions], synapse=0.005)
        first += one.dimensions
    turned = nengo.Node(lambda t, x: np.tanh(x[::-1] + t), size_in=total)
    nengo.Connection(gathered, turned)
    if feedback:
        column = -0.5 * np.eye(ensembles[0].dimensions)[:, :1]
        nengo.Connection(turned[:1], ensembles[0], transform=column, synapse=0.02)
    probes["output"] = nengo.Probe(turned)


def add_probes(
    probes: dict[str, nengo.Probe], number: int, ensemble: nengo.Ensemble, one: Population
) -> None:
    probes[f"decoded {number}"] = nengo.Probe(ensemble)
    probes[f"spikes {number}"] = nengo.Probe(ensemble.neurons, synapse=None)
    probes[f"some spikes {number}"] = nengo.Probe(ensemble.neurons[1::2])
    if one.on_chip:
        probes[f"voltage {number}"] = nengo.Probe(ensemble.neurons, "voltage", synapse=None)
        probes[f"input {number}"] = nengo.Probe(ensemble.neurons[:3], "input")


def build(simulator: type, made: Made, precompute: bool | None, **options: Any) -> Any:
    """Build a simulator; where inputs cannot run ahead of the chip, let it choose."""
    try:
        return simulator(made.network, model=made.model(), precompute=precompute, **options)
    except BuildError:
        if not precompute:
            raise
        return simulator(made.network, model=made.model(), **options)


def simulate(
    simulator: type,
    made: Made,
    n_steps: int,
    chunks: int = 1,
    precompute: bool | None = None,
    **options: Any,
) -> Outcome:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the build: filters that are merged, and the like
        sim = build(simulator, made, precompute, **options)
    with sim, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for chunk in range(chunks):
            sim.run_steps(n_steps * (chunk + 1) // chunks - sim.n_steps)
        # Machine code gives none of NumPy's warnings of its arithmetic.
        messages = {
            str(one.message) for one in caught if " encountered in " not in str(one.message)
        }
        return look(sim, made, messages)


def look(sim: Any, made: Made, messages: set[str] | None = None) -> Outcome:
    data = {name: np.array(sim.data[probe]) for name, probe in made.probes.items()}
    return Outcome(data, learned_weights(sim), messages or set())


def learned_weights(sim: Any) -> list[np.ndarray]:
    """Copy the weights of all learning synapses of a simulator's model."""
    synapses = [one for block in sim.model.blocks for one in block.synapses if one.learning]
    return [np.array(weights) for one in synapses for weights in one.weights]


def assert_equal(ours: Outcome, theirs: Outcome) -> None:
    assert ours.data.keys() == theirs.data.keys()
    for name, expected in theirs.data.items():
        assert ours.data[name].dtype == expected.dtype, name
        np.testing.assert_array_equal(ours.data[name], expected, err_msg=name)
    for one, other in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert ours.messages == theirs.messages


def compare(recipe: Recipe) -> set[str]:
    """Run a network on both, and list what occurred."""
    made = make(recipe)
    how = {
        "target": recipe.target, "precompute": recipe.precompute, "chunks": recipe.n_runs,
    }  # fmt: skip
    theirs = simulate(nengo_loihi.Simulator, made, recipe.n_steps, **how)
    with patch.object(shared_weights, "MIN_WEIGHTS", 0 if recipe.shares_rows else 2**62):
        ours = simulate(Simulator, made, recipe.n_steps, **how)
    assert_equal(ours, theirs)
    return occurred(recipe, theirs)


def occurred(recipe: Recipe, outcome: Outcome) -> set[str]:
    fired = [outcome.data[f"spikes {k}"].any() for k in range(len(recipe.populations))]
    on_chip = [one.on_chip for one in recipe.populations]
    convolves = any(link.kind == "convolution" for link in recipe.links)
    facts = {
        "spikes on the chip": any(f and c for f, c in zip(fired, on_chip, strict=True)),
        "spikes on the host": any(f and not c for f, c in zip(fired, on_chip, strict=True)),
        "a population on several cores": any(one.n_parts > 1 for one in recipe.populations),
        "learning": any(weights.any() for weights in outcome.weights),  # decoders began at zero
        "a warning in the run": bool(outcome.messages),
        "feedback through the host": recipe.output and recipe.feedback,
        "several runs": recipe.n_runs > 1,
        "shared rows": recipe.shares_rows and convolves,
        "a convolution's rows neuron by neuron": convolves and not recipe.shares_rows,
        "spikes after a convolution": any(
            outcome.data[name].any() for name in outcome.data if name.startswith("convolved")
        ),
    }
    return (
        {fact for fact, true in facts.items() if true}
        | {one.neuron_type for one in recipe.populations if one.on_chip}
        | {f"on host: {one}" for one in host_types(recipe)}
        | {f"input: {one.input}" for one in recipe.populations}
        | {f"link: {one.kind}" for one in recipe.links}
        | {recipe.target, recipe.decode_neurons, f"precompute: {recipe.precompute}"}
    )


FACTS = {
    "spikes on the chip", "spikes on the host", "a population on several cores", "learning",
    "a warning in the run", "feedback through the host", "several runs",
    "shared rows", "a convolution's rows neuron by neuron", "spikes after a convolution",
    *NEURON_TYPES,
    *(f"input: {one}" for one in INPUTS), *(f"link: {one}" for one in LINKS),
    "sim", "simreal", "preset", "on and off", "noisy",
    "precompute: None", "precompute: True", "precompute: False",
}  # fmt: skip


HOST_FACTS = {f"on host: {one}" for one in HOST_TYPES}


def compare_many(n_networks: int) -> Counter[str]:
    facts: Counter[str] = Counter()

    @settings(derandomize=True, deadline=None, database=None, max_examples=n_networks)
    @given(recipe=recipes())
    def run_one(recipe: Recipe) -> None:
        facts.update(compare(recipe))

    run_one()
    return facts


def test_random_networks_run_exactly_as_on_the_emulator():
    facts = compare_many(30)
    assert FACTS <= set(facts) <= FACTS | HOST_FACTS
    assert facts["spikes on the chip"] > 20


@pytest.mark.slow
def test_many_random_networks_run_exactly_as_on_the_emulator():
    facts = compare_many(200)
    assert set(facts) == FACTS | HOST_FACTS
    assert min(facts[fact] for fact in FACTS) >= 10
