"""What placement and rescale make for a board: on its stand-in, the numbers of the engine."""

import shutil
from collections.abc import Callable
from contextlib import closing
from functools import partial

import nengo
import numpy as np
import nxsdk_stand_in
import pytest

from spikearm.loihi_deploy.backends.engine import EngineSimulation, RescaledSimulation
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.board.board import BoardSimulation
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.loihi_deploy.discretisation.chip_model import RescaledModel
from spikearm.loihi_deploy.mapping.traffic_allocator import TrafficAllocator
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.neural.simulation import NeuralSimulation

N_STEPS = 40
RESTING = {"voltage": nengo.dists.Choice([0])}
ROOMY = BoardConfig(host_spikes=200)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("g++") is None, reason="compiles snips with gcc and g++"),
]


@pytest.fixture(autouse=True)
def stand_in(monkeypatch) -> None:
    nxsdk_stand_in.install(monkeypatch)
    monkeypatch.setattr(nxsdk_stand_in.Core, "confuses", False)
    monkeypatch.setattr(BoardSimulation, "steps_per_run", 20)
    monkeypatch.setattr(nengo_loihi.hardware.interface.HostSnip, "recv_retries", 20000)


def received(
    make: Callable[[nengo.Network], NeuralSimulation], network: nengo.Network, got: list[float]
) -> np.ndarray:
    """Run, and give what came out."""
    with closing(make(network)) as simulation:
        got.clear()
        for _ in range(N_STEPS):
            simulation.step()
        return np.array(got[-N_STEPS:])


def test_six_populations_on_one_core_give_what_they_give_on_six():
    got: list[float] = []
    rng = np.random.default_rng(0)
    with nengo.Network(seed=9) as network:
        relu = nengo.SpikingRectifiedLinear(initial_state=RESTING)
        network.config[nengo.Ensemble].neuron_type = relu
        given = nengo.Node(lambda t: 0.8 * np.sin(30 * t))
        out = nengo.Node(lambda t, x: got.append(x.item()), size_in=1)
        same = {"gain": np.ones(60), "bias": np.full(60, 60.0)}
        populations = [nengo.Ensemble(60, 1, **same) for _ in range(6)]
        nengo.Connection(given, populations[0].neurons, transform=np.full((60, 1), 30.0))
        for number, one in enumerate(populations):
            weights = rng.normal(size=(60, 20)).clip(-1, 1) / 200
            nengo.Connection(one.neurons[:20], populations[number - 1].neurons, transform=weights)
            decoders = np.linspace(-1, 2, 60)[None] / 1000
            nengo.Connection(one.neurons, out, transform=decoders, synapse=0.01)
    with closing(RecordedSimulation(network)) as simulation:
        for _ in range(N_STEPS):
            simulation.step()
        allocator = TrafficAllocator(simulation.activity)
    board = allocator(simulation.blocks, n_chips=1)
    assert max(len(core.blocks) for core in board.chips[0].cores) > 1
    engine = received(EngineSimulation, network, got)
    assert np.ptp(engine) > 0.01
    placed = partial(BoardSimulation, board=ROOMY, allocator=allocator)
    np.testing.assert_array_equal(received(placed, network, got), engine)


def test_thresholds_by_neuron_give_on_the_board_what_they_give_on_the_engine(monkeypatch):
    got: list[float] = []
    sizes = 2.0 ** -(4 + np.arange(48) % 6)
    weights = np.random.default_rng(5).normal(size=(48, 40)).clip(-2, 2) * sizes[:, None]
    weights[0, 7] = 1.0
    with nengo.Network(seed=2) as network:
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(initial_state=RESTING)
        given = nengo.Node(lambda t: np.sin(30 * t))
        out = nengo.Node(lambda t, x: got.append(x.item()), size_in=1)
        pre = nengo.Ensemble(40, 1)
        post = nengo.Ensemble(48, 1, gain=np.ones(48), bias=np.full(48, 1.02))
        nengo.Connection(given, pre, synapse=None)
        nengo.Connection(pre.neurons, post.neurons, transform=weights / 50, synapse=0.005)
        decoders = np.linspace(-1, 2, 48)[None] / 100
        nengo.Connection(post.neurons, out, transform=decoders, synapse=0.01)
    coarse, rescaled = (
        received(kind, network, got) for kind in (EngineSimulation, RescaledSimulation)
    )
    assert (coarse != rescaled).any()
    monkeypatch.setattr(BoardSimulation, "model_type", RescaledModel)
    on_board = received(partial(BoardSimulation, board=ROOMY), network, got)
    np.testing.assert_array_equal(on_board, rescaled)


def test_weights_without_zeros_give_on_the_board_what_they_give_on_the_engine():
    got: list[float] = []
    rng = np.random.default_rng(4)
    weights = (rng.normal(size=(90, 40)) * (rng.random((90, 40)) < 0.1)).clip(-2, 2)
    weights[:45, ::3], weights[45:, 1::3] = 0.0, 0.0  # to one half or the other, or to both
    weights[:, 35:] = 0.0  # or to none
    with nengo.Network(seed=2) as network:
        nengo_loihi.add_params(network)
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(initial_state=RESTING)
        given = nengo.Node(lambda t: np.sin(30 * t + np.arange(2)))
        out = nengo.Node(lambda t, x: got.append(x.item()), size_in=1)
        pre = nengo.Ensemble(40, 1)
        post = nengo.Ensemble(90, 2, gain=np.ones(90), bias=np.full(90, 1.02))
        network.config[post].block_shape = nengo_loihi.BlockShape((45,), (90,))
        nengo.Connection(given[0], pre, synapse=None)
        one_each = np.eye(2)[np.arange(90) // 45]
        nengo.Connection(given, post.neurons, transform=one_each, synapse=None)
        nengo.Connection(pre.neurons, post.neurons, transform=weights / 20, synapse=0.005)
        nengo.Connection(post.neurons, out, transform=np.linspace(-1, 2, 90)[None] / 100)
    engine = received(EngineSimulation, network, got)
    assert np.ptp(engine) > 0.01
    with closing(BoardSimulation(network, ROOMY)) as simulation:
        got.clear()
        for _ in range(N_STEPS):
            simulation.step()
        cores = simulation.nxsdk_board.n2Chips[0].n2Cores
    np.testing.assert_array_equal(got[-N_STEPS:], engine)
    halves = [core for core in cores if core.n_compartments == 45]
    assert len(halves) == 2
    for core in halves:
        formats = {one.compression for key, one in core.synapseFmt.entries.items() if key}
        assert 0 in formats
        assert len(core.synapses.entries) < 45 * (40 + 4) / 3
        assert len(core.synapseMap.entries) <= 2 * 35 // 3 + 3 + 2
