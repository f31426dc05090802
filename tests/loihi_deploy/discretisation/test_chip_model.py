"""Networks built without zeros: on every simulator, the spikes of nengo-loihi's own model."""

import functools
from contextlib import closing
from typing import Any, NamedTuple

import nengo
import numpy as np
import pytest
from nengo.exceptions import BuildError

from spikearm.loihi_deploy import preflight
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.discretisation.chip_model import ChipModel
from spikearm.loihi_deploy.mapping.traffic import core_traffic
from spikearm.loihi_deploy.nengo_loihi_compat import Model, nengo_loihi, without_known_warnings
from spikearm.loihi_deploy.pipeline import place
from spikearm.loihi_deploy.simulator import Simulator

N_STEPS = 120
RESTING = {"voltage": nengo.dists.Choice([0])}


class Seen(NamedTuple):
    """What was probed, the weights that learn, and the number of stored weights."""

    probed: list[np.ndarray]
    learned: list[np.ndarray]
    n_stored: int


def started(seed: int) -> nengo.Network:
    network = nengo.Network(seed=seed)
    with network:
        nengo_loihi.add_params(network)
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(initial_state=RESTING)
        network.config[nengo.Ensemble].max_rates = nengo.dists.Uniform(80, 200)
        network.config[nengo.Probe].synapse = None
    return network


def sparse(rng: np.random.Generator, *shape: int, share: float = 0.15) -> np.ndarray:
    return rng.normal(size=shape) * (rng.random(shape) < share)


def factored() -> nengo.Network:
    """Let each neuron see one number of a code and one of a command, as the controller's do."""
    rng = np.random.default_rng(1)
    n, dimensions = 120, 4
    with started(3) as network:
        code = nengo.Ensemble(60, dimensions, label="code")
        encoders = np.eye(dimensions)[np.repeat(np.arange(dimensions), n // dimensions)]
        products = nengo.Ensemble(n, dimensions, encoders=encoders, label="products")
        network.config[products].block_shape = nengo_loihi.BlockShape((60,), (n,))
        state = nengo.Node(lambda t: np.sin(30 * t + np.arange(dimensions)))
        command = nengo.Node(lambda t: np.cos(20 * t + np.arange(3)))
        nengo.Connection(state, code, synapse=None)
        nengo.Connection(code, products, synapse=0.005)
        one_each = np.eye(3)[rng.integers(3, size=n)]
        nengo.Connection(command, products.neurons, transform=one_each, synapse=None)
        nengo.Probe(products.neurons)
        nengo.Probe(products.neurons[::5], "voltage")
    return network


def learning() -> nengo.Network:
    """Learn a decoder next to sparse weights between neurons, some of them recurrent."""
    rng = np.random.default_rng(2)
    with started(4) as network:
        pre, post = nengo.Ensemble(50, 2, label="pre"), nengo.Ensemble(70, 1, label="post")
        nengo.Connection(nengo.Node(lambda t: np.sin(25 * t + np.arange(2))), pre, synapse=None)
        for one, other in ((pre, post), (post, post)):
            weights = sparse(rng, other.n_neurons, one.n_neurons) / 30
            weights[:, rng.random(one.n_neurons) < 0.4] = 0.0
            nengo.Connection(one.neurons, other.neurons, transform=weights, synapse=0.005)
        error = nengo.Node(size_in=1)
        learned = nengo.Connection(
            post, error, function=lambda x: 0 * x, learning_rule_type=nengo.PES(1e-3)
        )
        nengo.Connection(nengo.Node(lambda t: np.sin(9 * t)), error, transform=-1, synapse=None)
        nengo.Connection(error, learned.learning_rule)
        nengo.Probe(post.neurons)
        nengo.Probe(error, synapse=0.01)
    return network


def convolution() -> nengo.Network:
    """Filter a picture with kernels that have zeros at the same place, over several cores."""
    kernels = np.random.default_rng(5).normal(size=(3, 3, 2, 8))
    kernels[0, :], kernels[2, 1], kernels[1, 1, 1] = 0.0, 0.0, 0.0
    transform = nengo.Convolution(8, (6, 6, 2), kernel_size=(3, 3), init=kernels)
    relu = nengo.SpikingRectifiedLinear(initial_state=RESTING)
    same: dict[str, Any] = {
        "dimensions": 1, "gain": nengo.dists.Choice([1.0]), "neuron_type": relu,
    }  # fmt: skip
    with started(6) as network:
        lights = np.random.default_rng(3).uniform(0, 150, size=72)
        picture = nengo.Ensemble(72, bias=lights, **same)
        filtered = nengo.Ensemble(128, bias=nengo.dists.Choice([0.0]), **same)
        network.config[filtered].block_shape = nengo_loihi.BlockShape((2, 2, 8), transform)
        filters = nengo.Connection(
            picture.neurons, filtered.neurons, transform=transform, synapse=0.005
        )
        network.config[filters].pop_type = 32
        nengo.Probe(filtered.neurons)
        nengo.Probe(filtered.neurons[::7], "voltage")
    return network


def unconnected() -> nengo.Network:
    """Drive one half of a split ensemble by the host, the other by neurons; and by no weight."""
    rng = np.random.default_rng(7)
    with started(8) as network:
        pre, post = nengo.Ensemble(30, 1), nengo.Ensemble(40, 1)
        network.config[post].block_shape = nengo_loihi.BlockShape((20,), (40,))
        given = nengo.Node(lambda t: np.sin(30 * t))
        nengo.Connection(given, pre, synapse=None)
        upper, lower = np.zeros((40, 30)), np.zeros((40, 1))
        upper[:20], lower[20:] = sparse(rng, 20, 30) / 10, rng.normal(size=(20, 1))
        nengo.Connection(given, post.neurons, transform=lower, synapse=None)
        nengo.Connection(pre.neurons, post.neurons, transform=upper, synapse=0.005)
        nengo.Connection(pre.neurons, post.neurons, transform=0 * upper, synapse=0.005)
        nengo.Connection(given, post.neurons, transform=0 * lower, synapse=None)
        nengo.Probe(post.neurons)
    return network


NETWORKS = {one.__name__: one for one in (factored, learning, convolution, unconnected)}


@functools.cache
def expected(name: str) -> Seen:
    """Run a network with nengo-loihi alone."""
    with without_known_warnings():
        return seen(nengo_loihi.Simulator(NETWORKS[name](), model=Model(), target="sim"))


def seen(simulator: Any) -> Seen:
    """Run, and return what came of it."""
    with simulator:
        simulator.run_steps(N_STEPS)
        groups = [one for block in simulator.model.blocks for one in block.synapses]
        learned = [np.array(w) for one in groups if one.learning for w in one.weights]
        probed = [np.array(simulator.data[one]) for one in simulator.network.all_probes]
        return Seen(probed, learned, sum(one.size() for one in groups))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("simulator", [nengo_loihi.Simulator, Simulator])
def test_every_probe_and_every_learned_weight_is_that_of_nengo_loihi_s_own_model(name, simulator):
    theirs = expected(name)
    with without_known_warnings():
        ours = seen(simulator(NETWORKS[name](), model=ChipModel(), target="sim"))
    assert theirs.probed[0].any()
    assert bool(theirs.learned) == (name == "learning")
    for mine, other in ((ours.probed, theirs.probed), (ours.learned, theirs.learned)):
        for one, wanted in zip(mine, other, strict=True):
            np.testing.assert_array_equal(one, wanted)
    assert ours.n_stored < theirs.n_stored


def test_the_simulator_drops_zeros_unless_it_is_given_another_model():
    made = factored()
    with without_known_warnings():
        stored = [seen(Simulator(made, model=model)).n_stored for model in (None, Model())]
    assert stored[0] < stored[1]


def test_spikes_go_to_the_blocks_that_they_feed_alone():
    """Each half of the products sees two of four numbers of the code."""
    with closing(RecordedSimulation(factored())) as simulation:
        for _ in range(N_STEPS):
            simulation.step()
        blocks, activity = simulation.blocks, simulation.activity
        placement = place(blocks)
        traffic, _ = core_traffic(blocks, placement, activity)
        counts = simulation.footprint
    names = [str(block.label) for block in blocks.blocks]
    (decoders,) = [place for place, one in enumerate(names) if one.startswith("<Connection")]
    halves = [place for place, one in enumerate(names) if one.startswith("<Ensemble 'products'")]
    spikes = np.split(activity.spikes, np.cumsum([b.n_neurons for b in blocks.blocks]))[decoders]
    assert traffic[decoders][halves].sum() == pytest.approx(spikes.sum() / N_STEPS)
    assert (traffic[decoders][halves] > 0).all()
    axons = blocks.blocks[decoders].axons
    assert sum(one.n_axons for one in axons) == 2 * 4  # on and off, four numbers, one half each
    # Pairs of axons for the inputs, ten pairs of decode neurons for each number; in each half, of
    # the pairs of rows of zeros nengo-loihi stores one.
    assert counts.dense == 2 * 4 * 60 + 60 * 2 * 10 * 4 + 2 * (4 + 2) * 60 + 2 * 3 * 120


def test_what_fits_a_core_only_without_zeros_is_built_and_passes_the_preflight():
    weights = np.zeros((400, 500))
    weights[np.arange(400), np.arange(400)] = 1.0
    with started(2) as network:
        same = {"gain": np.ones(500), "bias": np.full(500, 1.2)}
        pre = nengo.Ensemble(500, 1, **same)
        post = nengo.Ensemble(400, 1, gain=np.ones(400), bias=np.full(400, 0.5))
        network.config[post].block_shape = nengo_loihi.BlockShape((400,), (400,))
        nengo.Connection(pre.neurons, post.neurons, transform=weights / 50, synapse=0.005)
    with without_known_warnings():
        with pytest.raises(BuildError, match="Total synapse bits"):
            nengo_loihi.Simulator(network, model=Model(), target="sim")
        with Simulator(network) as simulator:
            assert simulator.model.blocks
    report = preflight(network, steps=3)
    assert report.ok


def test_what_does_not_fit_a_core_without_zeros_either_is_refused():
    with started(2) as network:
        ensemble = nengo.Ensemble(1100, 1)
        network.config[ensemble].block_shape = nengo_loihi.BlockShape((1100,), (1100,))
    with pytest.raises(BuildError, match="compartments"):
        Simulator(network)
