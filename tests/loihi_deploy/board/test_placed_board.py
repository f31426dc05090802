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
from spikearm.loihi_deploy.discretisation.rescaling import RescaledModel
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
    monkeypatch.setattr(
        nengo_loihi, "Simulator", partial(nengo_loihi.Simulator, model=RescaledModel())
    )
    on_board = received(partial(BoardSimulation, board=ROOMY), network, got)
    np.testing.assert_array_equal(on_board, rescaled)
