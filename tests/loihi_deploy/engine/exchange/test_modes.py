"""Host and chip in every mode: what is compiled, and what fails as Nengo's steps do."""

from collections.abc import Callable
from typing import Any

import nengo
import numpy as np
import pytest
from nengo.exceptions import SimulationError

from spikearm.loihi_deploy.engine.exchange.lockstep import LockstepExchange
from spikearm.loihi_deploy.engine.exchange.precomputed import PrecomputedExchange
from spikearm.loihi_deploy.engine.host import blas
from spikearm.loihi_deploy.engine.host.host_program import BLOCK
from spikearm.loihi_deploy.engine.host.sampling import is_sampled_ahead, make_sampler
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.loihi_deploy.simulator import Simulator
from spikearm.neural.host_io import HostInput, HostOutput

DT = 0.001
AT_REST = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
MODES = [True, False, None]
PROCESSES: dict[str, Callable[[], nengo.Process]] = {
    "white signal": lambda: nengo.processes.WhiteSignal(0.05, high=100, seed=1),
    "white noise": lambda: nengo.processes.WhiteNoise(seed=2),
    "filtered noise": lambda: nengo.processes.FilteredNoise(nengo.Alpha(0.01), seed=3),
    "noise, as filtered by default": lambda: nengo.processes.FilteredNoise(seed=3),
    "averaged noise": lambda: nengo.processes.FilteredNoise(nengo.synapses.Triangle(0.01), seed=3),
    "pictures": lambda: nengo.processes.PresentInput([[0.5, 1.0], [-0.5, 2.0]], 0.0035),
    "pieces": lambda: nengo.processes.Piecewise({0.01: [1, 2], 0.02: [3, -1]}),
    "lines": lambda: nengo.processes.Piecewise({0.0: [1, 2], 0.02: [3, -1]}, "linear"),
}


def square(source: Any) -> tuple[nengo.Network, dict[str, nengo.Probe]]:
    """Square two numbers on the chip, and look at both ends on the host."""
    with nengo.Network(seed=5) as network:
        network.config[nengo.Ensemble].neuron_type = AT_REST
        node = nengo.Node(source, size_out=2 if isinstance(source, nengo.Process) else None)
        neurons = nengo.Ensemble(40, 2)
        out = nengo.Node(size_in=2)
        nengo.Connection(node, neurons, synapse=0.002)
        nengo.Connection(neurons, out, function=np.square, synapse=0.01)
        probes = {
            "node": nengo.Probe(node, synapse=None), "out": nengo.Probe(out),
            "some": nengo.Probe(out, sample_every=0.0025),
        }  # fmt: skip
    return network, probes


def record(simulator: type, source: Any, precompute: bool | None, runs: list[int]) -> dict:
    network, probes = square(source)
    with simulator(network, target="sim", precompute=precompute) as sim:
        for steps in runs:
            sim.run_steps(steps)
        return {name: np.array(sim.data[probe]) for name, probe in probes.items()}


@pytest.mark.filterwarnings("ignore:Model is precomputable")
@pytest.mark.parametrize("precompute", MODES)
@pytest.mark.parametrize("runs", [[30], [1, 1, 28]], ids=["once", "in pieces"])
@pytest.mark.parametrize("kind", ["filtered noise", "noise, as filtered by default"])
def test_a_process_gives_the_emulators_data_in_every_mode(precompute, runs, kind):
    source = PROCESSES[kind]()
    ours = record(Simulator, source, precompute, runs)
    theirs = record(nengo_loihi.Simulator, source, precompute, runs)
    for name, expected in theirs.items():
        assert expected.any(), name
        np.testing.assert_array_equal(ours[name], expected, err_msg=name)


@pytest.mark.skipif(not blas.FOUND, reason="needs NumPy's BLAS")
@pytest.mark.filterwarnings("ignore:Model is precomputable")
@pytest.mark.parametrize("precompute", MODES)
def test_what_is_known_ahead_and_what_is_probed_leaves_nothing_to_python(precompute):
    network, _ = square(PROCESSES["white signal"]())
    with Simulator(network, precompute=precompute) as sim:
        runner = sim._runner
        if precompute is False:
            assert isinstance(runner, LockstepExchange)
            hosts = [runner._host]
        else:
            assert isinstance(runner, PrecomputedExchange)
            hosts = [runner._ahead, runner._behind]
        assert all(host is not None and host.is_compiled for host in hosts)


@pytest.mark.parametrize("kind", PROCESSES)
def test_many_values_at_once_are_those_of_steps(kind):
    process = PROCESSES[kind]()
    step, other = (
        process.make_step(
            (0,), (2,), DT, process.get_rng(np.random), process.make_state((0,), (2,), DT)
        )
        for _ in range(2)
    )
    times = DT * (1.0 + np.arange(90))
    # A filter returns one array in all steps: its values have to be copied.
    expected = np.array([np.array(other(time)) for time in times.tolist()])
    assert is_sampled_ahead(process)
    assert len(np.unique(expected, axis=0)) > 1
    found = np.concatenate(
        [make_sampler(process, step, DT)(times[:40]), make_sampler(process, step, DT)(times[40:])]
    )
    np.testing.assert_array_equal(found, expected)


def test_pieces_that_are_functions_are_called_step_by_step():
    assert not is_sampled_ahead(nengo.processes.Piecewise({0.0: np.sin, 0.01: np.cos}))


class Odd(nengo.Process):
    """Process of a user's own."""


def test_other_processes_are_left_to_nengo():
    assert not is_sampled_ahead(Odd(default_size_out=1))


@pytest.mark.filterwarnings("ignore:Model is precomputable")
@pytest.mark.parametrize("runs", [[BLOCK + 101], [30, 1, 69]], ids=["one block and more", "pieces"])
def test_a_run_ahead_weights_all_of_its_steps_in_one_product_as_the_emulator_does(runs):
    """The last bit of a product depends on how many rows it has."""

    def run(simulator: type, precompute: bool) -> np.ndarray:
        with nengo.Network(seed=9) as network:
            network.config[nengo.Ensemble].neuron_type = AT_REST
            node = nengo.Node(lambda t: [np.sin(9 * t), np.cos(9 * t)])
            neurons = nengo.Ensemble(300, 2)
            out = nengo.Node(size_in=3)
            nengo.Connection(node, neurons)
            weights = np.random.default_rng(0).normal(size=(3, 300))
            nengo.Connection(neurons.neurons, out, transform=weights)
            probe = nengo.Probe(out)
        with simulator(network, target="sim", precompute=precompute) as sim:
            for steps in runs:
                sim.run_steps(steps)
            return np.array(sim.data[probe])

    theirs = run(nengo_loihi.Simulator, precompute=True)
    assert (theirs != run(nengo_loihi.Simulator, precompute=False)).any()
    np.testing.assert_array_equal(run(Simulator, precompute=True), theirs)


WRONG = {
    "None": (lambda t: None if t > 0.004 else [0, 0], "returned non-finite value"),
    "not finite": (lambda t: [np.nan if t > 0.004 else 0, 0], "returned non-finite value"),
    "text": (lambda t: "1" if t > 0.004 else [0, 0], "returned a value '1' of invalid type"),
    "too long": (lambda t: [1, 2, 3] if t > 0.004 else [0, 0], "of invalid type"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Model is precomputable")
@pytest.mark.parametrize("precompute", [True, False])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_function_that_returns_no_numbers_fails_with_nengos_words(wrong, precompute):
    source, words = WRONG[wrong]
    for simulator in (Simulator, nengo_loihi.Simulator):
        with pytest.raises(SimulationError, match=words):
            record(simulator, source, precompute, [10])


@pytest.mark.filterwarnings("ignore:Model is precomputable")
@pytest.mark.parametrize("precompute", [True, False])
def test_functions_are_called_in_nengos_order_and_once_per_step(precompute):
    called: list[tuple[str, float]] = []

    def run(simulator: type) -> list[tuple[str, float]]:
        called.clear()
        with nengo.Network(seed=6) as network:
            network.config[nengo.Ensemble].neuron_type = AT_REST
            first = nengo.Node(lambda t: called.append(("first", t)) or np.sin(t))
            second = nengo.Node(lambda t, x: called.append(("second", t)) or x, size_in=1)
            third = nengo.Node(lambda t: called.append(("third", t)) or 0.5)
            neurons = nengo.Ensemble(20, 1)
            nengo.Connection(first, second, synapse=None)
            nengo.Connection(second, neurons, synapse=0.01)
            nengo.Connection(third, neurons)
        with simulator(network, target="sim", precompute=precompute) as sim:
            called.clear()  # Nengo calls functions to learn their size
            sim.run_steps(5)
        return list(called)

    ours, theirs = run(Simulator), run(nengo_loihi.Simulator)
    assert len(ours) == 15
    assert ours == theirs


@pytest.mark.filterwarnings("ignore:Model is precomputable")
@pytest.mark.parametrize("precompute", [True, False])
def test_functions_may_change_host_inputs_and_read_host_outputs_within_a_step(precompute):
    def run(simulator: type) -> dict[str, np.ndarray]:
        given, heard = HostInput(1), HostOutput(1)
        with nengo.Network(seed=7) as network:
            network.config[nengo.Ensemble].neuron_type = AT_REST
            # Which value each function finds is decided by the order in which Nengo calls them.
            drive = nengo.Node(lambda t: given.values.fill(np.cos(90 * t)) or np.sin(90 * t))
            node = nengo.Node(given)
            neurons = nengo.Ensemble(20, 1)
            out = nengo.Node(heard, size_in=1)
            reader = nengo.Node(lambda t, x: x + heard.values, size_in=1)
            nengo.Connection(drive, neurons)
            nengo.Connection(node, neurons)
            nengo.Connection(neurons, out, synapse=0.002)
            nengo.Connection(neurons, reader, synapse=0.004)
            probes = {"node": nengo.Probe(node), "reader": nengo.Probe(reader)}
        with simulator(network, target="sim", precompute=precompute) as sim:
            sim.run_steps(25)
            return {name: np.array(sim.data[probe]) for name, probe in probes.items()}

    ours, theirs = run(Simulator), run(nengo_loihi.Simulator)
    for name, expected in theirs.items():
        assert len(np.unique(expected)) > 3, name
        np.testing.assert_array_equal(ours[name], expected, err_msg=name)


def test_what_listens_changes_what_feeds_the_chip_in_the_next_run_alone():
    def run(simulator: type) -> np.ndarray:
        shared = [0.5]
        with nengo.Network(seed=8) as network:
            network.config[nengo.Ensemble].neuron_type = AT_REST
            node = nengo.Node(lambda t: shared[0])
            neurons = nengo.Ensemble(5, 1)
            out = nengo.Node(lambda t, x: shared.__setitem__(0, t), size_in=1)
            nengo.Connection(node, neurons)
            nengo.Connection(neurons, out)
            probe = nengo.Probe(node)
        with simulator(network, target="sim", precompute=True) as sim:
            sim.run_steps(BLOCK + 20)
            sim.run_steps(3)
            return np.array(sim.data[probe])

    ours, theirs = run(Simulator), run(nengo_loihi.Simulator)
    assert len(np.unique(theirs)) == 2
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.filterwarnings("ignore:Model is precomputable")
@pytest.mark.parametrize("precompute", [True, False])
def test_what_was_collected_is_not_kept_twice(precompute):
    network, probes = square(PROCESSES["pictures"]())
    with network:
        probes["spikes"] = nengo.Probe(network.all_ensembles[0].neurons)
    with Simulator(network, precompute=precompute) as sim:
        for _ in range(5):
            sim.run_steps(3)
            assert sim.engine.record._rows == []
        assert len(sim.data[probes["spikes"]]) == len(sim.data[probes["out"]]) == 15
