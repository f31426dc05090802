"""The hardware path, on a board that stands in for one: registers, snips and spikes.

nengo-loihi's own stand-ins for NxSDK are a version number and a failing start. The one here goes
on to the chip's door: it computes with nothing but the registers that nengo-loihi writes, and the
snips that nengo-loihi generates are compiled and run.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any, NamedTuple

import nengo
import numpy as np
import nxsdk_stand_in
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.board import board as board_module
from spikearm.loihi_deploy.board.board import BoardSimulation
from spikearm.loihi_deploy.checks.board_config import BoardConfig
from spikearm.loihi_deploy.nengo_loihi_compat import Greedy, nengo_loihi
from spikearm.loihi_deploy.pipeline import build, drop_zeros, place, quantise
from spikearm.neural.counts import UNCOUNTED, StepCounts
from spikearm.neural.faults import lossy_simulation, silenceable_simulation
from spikearm.neural.simulation import NeuralSimulation

N_STEPS = 130
RESTING = {"voltage": nengo.dists.Choice([0])}
needs_compiler = pytest.mark.skipif(
    shutil.which("g++") is None, reason="compiles snips with gcc and g++"
)


@pytest.fixture
def stand_in(monkeypatch) -> None:
    nxsdk_stand_in.install(monkeypatch)
    # The host gives a board a tenth of a second for a step, and a busy machine may take longer.
    monkeypatch.setattr(nengo_loihi.hardware.interface.HostSnip, "recv_retries", 20000)
    monkeypatch.setattr(nxsdk_stand_in.Core, "confuses", False)
    monkeypatch.setattr(BoardSimulation, "steps_per_run", 50)  # more than one run, and a part


class Made(NamedTuple):
    network: nengo.Network
    received: list[float]


@pytest.fixture
def made() -> Made:
    """Multiply two numbers in ``a``, pass the product on to ``b`` and out, with weighted spikes."""
    received: list[float] = []
    with nengo.Network(seed=9) as network:
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(tau_ref=0.001, initial_state=RESTING)
        network.config[nengo.Ensemble].max_rates = nengo.dists.Uniform(120, 220)
        factors = nengo.Node(lambda t: [0.8 * np.sin(30 * t), -0.6])
        out = nengo.Node(lambda t, x: received.append(x.item()), size_in=1)
        a = nengo.Ensemble(50, 2, label="a")
        b = nengo.Ensemble(30, 1, label="b")
        nengo.Connection(factors, a, synapse=None)
        nengo.Connection(a, b, function=lambda x: x[0] * x[1], synapse=0.005)
        nengo.Connection(b, out, synapse=0.01)
        nengo.Connection(a.neurons, out, transform=np.linspace(-4, 5, 50)[None] / 1000)
    return Made(network, received)


class Ran(NamedTuple):
    received: np.ndarray
    counts: list[StepCounts]


def run(simulation: NeuralSimulation, made: Made, n_steps: int = N_STEPS) -> Ran:
    counts = []
    for _ in range(n_steps):
        simulation.step()
        counts.append(simulation.counts)
    return Ran(np.array(made.received[-n_steps:]), counts)


@pytest.fixture
def engine(made) -> Ran:
    with closing(EngineSimulation(made.network)) as simulation:
        return run(simulation, made)


@needs_compiler
@pytest.mark.parametrize("cores_per_chip", [128, pytest.param(2, marks=pytest.mark.slow)])
def test_what_comes_out_of_the_board_is_what_comes_out_of_the_engine(
    stand_in, made, engine, cores_per_chip
):
    allocator = Greedy(cores_per_chip)
    with closing(BoardSimulation(made.network, BoardConfig(chips=3), allocator)) as simulation:
        board = simulation.nxsdk_board
        found = run(simulation, made)
    assert len(board.n2Chips) == (1 if cores_per_chip == 128 else 2)
    assert board.n_starts == 3
    assert np.ptp(engine.received) > 0.1
    np.testing.assert_array_equal(found.received, engine.received)
    check_counts(found.counts, engine.counts)


def check_counts(found: list[StepCounts], engine: list[StepCounts]) -> None:
    """Check that what the host knows was counted, and that the rest was not."""
    assert sum(one.host_spikes for one in found) > 20
    for name in ("host_spikes", "neuron_updates", "learning_updates"):
        assert [getattr(c, name) for c in found] == [getattr(c, name) for c in engine], name
    assert {(c.spikes, c.synaptic_events) for c in found} == {(UNCOUNTED, UNCOUNTED)}


@pytest.mark.slow
@needs_compiler
def test_after_a_restart_everything_happens_again_exactly(stand_in, made, engine):
    with closing(BoardSimulation(made.network)) as simulation:
        run(simulation, made, 20)
        simulation.restart()
        again = run(simulation, made, 40)
    np.testing.assert_array_equal(again.received, engine.received[:40])


@pytest.mark.slow
@needs_compiler
def test_a_link_that_is_built_for_too_few_spikes_drops_some(stand_in, made, engine):
    with (
        closing(BoardSimulation(made.network, BoardConfig(host_spikes=1))) as simulation,
        pytest.warns(UserWarning, match=r"Too many spikes .* in one timestep"),
    ):
        found = run(simulation, made)
    assert (found.received != engine.received).any()


@pytest.mark.slow
@needs_compiler
def test_a_voltage_that_looks_like_a_spike_is_decoded_though_nothing_fired(
    stand_in, made, monkeypatch
):
    received = []
    for confuses in (False, True):
        monkeypatch.setattr(nxsdk_stand_in.Core, "confuses", confuses)
        with closing(BoardSimulation(made.network)) as simulation:
            (core, *_) = simulation.nxsdk_board.cores.values()
            core.bias[:] = 0
            core.bias[3] = 2 * 128  # the voltage in the first step; a rest of two steps begins so
            simulation.step()
            assert not core.fired.any()
            received.append(run(simulation, made, 6).received)
    assert (received[0] != received[1]).any()


class Built(NamedTuple):
    board: Any
    simulation: BoardSimulation


@pytest.fixture
def built(stand_in, made, monkeypatch) -> Iterator[Built]:
    """Build for a board without starting it, which takes no compiler."""
    monkeypatch.setattr(nxsdk_stand_in.Board, "start", lambda board: vars(board).update(_started=1))
    with closing(BoardSimulation(made.network)) as simulation:
        yield Built(simulation.nxsdk_board, simulation)


def test_the_board_has_the_cores_of_the_preflight_s_placement(built, made):
    placement = place(drop_zeros(quantise(build(made.network))))
    (chip,) = built.board.n2Chips
    assert placement.cores_per_chip == (len(chip.n2Cores),)
    assert len(chip.n2Cores) == 4  # the two ensembles, and decode neurons for each that is read
    for core, planned in zip(chip.n2Cores, placement.cores, strict=True):
        (block,) = planned.blocks
        assert core.n_compartments == block.n_neurons
        assert len(core.cxProfileCfg.entries) == 1
        assert len(core.synapses.entries) == sum(one.size() for one in block.synapses)
        assert len(core.synapseMap.entries) == sum(one.n_axons for one in block.synapses)
        assert core.numUpdates.numUpdates == -(-block.n_neurons // 4)


def test_registers_hold_the_integers_of_the_blocks(built, made):
    (block, *_) = quantise(build(made.network)).blocks
    (core, *_) = built.board.n2Chips[0].n2Cores
    settings = [core.cxCfg[i] for i in range(block.n_neurons)]
    thresholds = [core.vthProfileCfg[one.vthProfile].staticCfg.vth << 6 for one in settings]
    assert [
        int(one.bias) << int(one.biasExp) for one in settings
    ] == block.compartment.bias.tolist()
    assert thresholds == block.compartment.vth.tolist()
    profile = core.cxProfileCfg[settings[0].cxProfile]
    assert {profile.decayU} == set(block.compartment.decay_u.tolist())
    assert {profile.decayV} == set(block.compartment.decay_v.tolist())
    assert {profile.refractDelay} == set(block.compartment.refract_delay.tolist()) == {2}


def test_snips_are_generated_for_the_chip_and_for_the_host(built):
    learn, io = "EMBEDDED_PRELEARN_MGMT", "EMBEDDED_MGMT"
    phases = [snip["phase"].name for snip in built.board.snips]
    assert phases == [io, learn, "HOST_CONCURRENT_EXECUTION"]
    sources = nxsdk_stand_in.sources(built.board)
    assert set(sources) == {
        "nengo_io_chip_0.c", "nengo_io_chip_0.h", "nengo_learn_chip_0.c", "nengo_learn_chip_0.h",
        "nengo_host.cpp",
    }  # fmt: skip
    # Of the two decode neurons, whose voltages count, a number each leaves the chip; of the 50
    # neurons one for every 32, with a bit for a spike; and one that is the time.
    n_outputs = 1 + 2 + 2
    assert f"#define N_OUTPUTS {n_outputs}\n" in sources["nengo_io_chip_0.c"]
    assert "#define N_ERRORS 0\n" in sources["nengo_io_chip_0.c"]
    assert "#define N_CHIPS 1\n" in sources["nengo_host.cpp"]


def test_the_link_is_built_for_all_spikes_that_the_inputs_can_send(built):
    assert built.simulation.options["snip_max_spikes_per_step"] == 2 * 2  # a pair for each number
    sizes = {one.name: one.options["numElements"] for one in built.board.channels}
    assert sizes["nengo_io_h2c_chip_0"] == 1 + 2 * 4  # how many, and two numbers for each


def test_a_network_that_learns_has_its_errors_sent(stand_in, made, monkeypatch):
    with made.network:
        a, error = made.network.ensembles[0], nengo.Node(size_in=1)
        learned = nengo.Connection(a, error, function=np.sum, learning_rule_type=nengo.PES(1e-3))
        nengo.Connection(error, learned.learning_rule)
    monkeypatch.setattr(nxsdk_stand_in.Board, "start", lambda board: vars(board).update(_started=1))
    with closing(BoardSimulation(made.network)) as simulation:
        board = simulation.nxsdk_board
        learning = [core for core in board.n2Chips[0].n2Cores if core.numUpdates.numStdp]
        assert simulation.counts.learning_updates == UNCOUNTED
        assert "#define N_ERRORS 1\n" in nxsdk_stand_in.sources(board)["nengo_io_chip_0.c"]
    assert [core.numUpdates.numStdp for core in learning] == [50]


def test_without_nxsdk_the_sentence_comes_before_any_work(made, monkeypatch):
    monkeypatch.setattr(board_module, "build", lambda _: pytest.fail("it began to build"))
    with pytest.raises(SpikearmError, match=r"NxSDK.*Research Community.*backend engine") as told:
        BoardSimulation(made.network)
    assert str(told.value).count(". ") == 0


def test_an_old_nxsdk_is_named_with_the_one_that_is_needed(made, monkeypatch):
    old = SimpleNamespace(__version__="0.5.5")  # as nengo-loihi's own tests have it
    monkeypatch.setattr(nengo_loihi.hardware.interface, "nxsdk", old)
    monkeypatch.setattr(nengo_loihi.hardware.interface, "assert_nxsdk", lambda: None)
    with pytest.raises(SpikearmError, match=r"requires nxsdk>=0.9.0, found 0.5.5\. Backend"):
        BoardSimulation(made.network)


def ensembles(
    n: int,
    seed: int | None = 1,
    neuron_type: Any = nengo.LIF(initial_state=RESTING),
    nodes: int = 1,
) -> nengo.Network:
    with nengo.Network(seed=seed) as network:
        for _ in range(nodes):
            nengo.Node([0.5])
        for _ in range(n):
            nengo.Ensemble(1, 1, gain=np.ones(1), bias=np.ones(1), neuron_type=neuron_type)
    return network


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n": 129}, r"129 cores where there are 128\. Use a board of more chips"),
        ({"n": 1, "neuron_type": nengo.Sigmoid()}, "cannot be simulated on Loihi"),
        ({"n": 1, "seed": None}, "give it a seed"),
        ({"n": 1, "nodes": 0}, "give it a node"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(stand_in, options, sentence):
    with pytest.raises(SpikearmError, match=sentence):
        BoardSimulation(ensembles(**options))


def test_a_board_that_does_not_start_is_told_in_a_sentence(stand_in, made, monkeypatch):
    def start(board: Any) -> None:
        raise OSError("no Nahuku board is free")

    monkeypatch.setattr(nxsdk_stand_in.Board, "start", start)
    monkeypatch.setattr(nengo_loihi.hardware.HardwareInterface, "connection_retries", 1)
    with pytest.raises(SpikearmError, match=r"brought to the board: .*no Nahuku board is free\. "):
        BoardSimulation(made.network)


@needs_compiler
def test_neither_neurons_nor_the_link_of_a_board_are_broken_on_purpose(stand_in, made):
    with closing(BoardSimulation(made.network)) as simulation:
        with pytest.raises(SpikearmError, match=r"cannot silence neurons\. Backend engine"):
            silenceable_simulation(simulation)
        with pytest.raises(
            SpikearmError, match=r"no link between a host and a chip that could lose"
        ):
            lossy_simulation(simulation)


@needs_compiler
def test_a_board_that_stops_answering_is_told_in_a_sentence_and_left(stand_in, made, monkeypatch):
    simulation = BoardSimulation(made.network)
    run(simulation, made, 5)

    def silence(*_: object) -> None:
        raise RuntimeError("Received (0) less than expected (256)")

    monkeypatch.setattr(nengo_loihi.hardware.interface.HostSnip, "recv_bytes", silence)
    with pytest.raises(SpikearmError, match=r"stopped answering: Received .* Backend engine"):
        simulation.step()
    assert simulation._simulator.closed
    simulation.close()
