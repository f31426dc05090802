"""Neurons on the host in machine code: Nengo's to the last bit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import nengo
import numpy as np
import pytest
from nengo.neurons import NeuronType

from spikearm.loihi_deploy.engine.exchange.lockstep import LockstepExchange
from spikearm.loihi_deploy.engine.host import blas, operations, ufuncs
from spikearm.loihi_deploy.engine.host.instructions import Instruction
from spikearm.loihi_deploy.engine.host.kernels.functions import scratch_size
from spikearm.loihi_deploy.engine.host.kernels.program import run_host
from spikearm.loihi_deploy.engine.host.neuron_types import KINDS
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.loihi_deploy.simulator import Simulator

pytestmark = pytest.mark.filterwarnings("ignore:Model is precomputable")

DT = 0.0013  # s, of which no time constant is a multiple
N_STEPS = 150
TYPES: list[NeuronType] = [
    nengo.RectifiedLinear(amplitude=0.7),
    nengo.SpikingRectifiedLinear(amplitude=0.7),
    nengo_loihi.LoihiSpikingRectifiedLinear(amplitude=0.7),
    nengo.RegularSpiking(nengo.RectifiedLinear(), amplitude=0.7),
    nengo.Sigmoid(tau_ref=0.003),
    nengo.Tanh(tau_ref=0.003),
    nengo.LIFRate(tau_rc=0.03, tau_ref=0.0025, amplitude=0.7),
    nengo.AdaptiveLIFRate(tau_n=0.05, inc_n=0.02, tau_rc=0.03, tau_ref=0.0025, amplitude=0.7),
    nengo.LIF(tau_rc=0.03, tau_ref=0.0025, min_voltage=-0.5, amplitude=0.7),
    nengo_loihi.LoihiLIF(tau_rc=0.03, tau_ref=0.0025, min_voltage=-0.5, amplitude=0.7),
    nengo.AdaptiveLIF(tau_n=0.05, inc_n=0.02, tau_rc=0.03, tau_ref=0.0025, amplitude=0.7),
    nengo.Izhikevich(tau_recovery=0.05, coupling=0.25, reset_voltage=-55, reset_recovery=6),
]
NAMES = [type(one).__name__ for one in TYPES]

needs_functions = pytest.mark.skipif(
    len(ufuncs.FOUND) < 4, reason="NumPy's loops are not found, so that neurons are left to NumPy"
)


def currents(neurons: NeuronType, rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw currents around the threshold, and far from it; rates where a current is one."""
    in_rates = isinstance(neurons, nengo.SpikingRectifiedLinear | nengo.RegularSpiking)
    scale = 400.0 if in_rates else 3.0
    drawn = scale * rng.normal(size=n) * 10.0 ** rng.integers(-1, 2, size=n)
    drawn[rng.random(n) < 0.1] = 0.0
    drawn[rng.random(n) < 0.1] = 1.0  # the threshold of LIF
    return drawn


class Vectors:
    """Some sets of vectors in one memory, which one instruction advances."""

    def __init__(self, neurons: NeuronType, n_sets: int, n: int) -> None:
        kind = KINDS[type(neurons)]
        names = ("y", "x", *operations.STATES[: len(kind.states)])
        apart = len(names) * (n + 1)
        rule = kind.rule(neurons, DT)
        first = n_sets * apart
        vectors: dict[str, Any] = {
            name: (number * (n + 1), 1, apart) for number, name in enumerate(names)
        }
        self.neurons, self.names, self.kind = neurons, names, kind
        self.instruction = Instruction(kind.op, n, b=(first, 0, 0), m=n_sets, **vectors)
        self.memory = np.concatenate(
            [np.zeros(first), rule, np.full(scratch_size(n_sets * n), np.nan)]
        )

    def view(self, name: str, number: int) -> np.ndarray:
        first, _, apart = getattr(self.instruction, name)
        return self.memory[first + number * apart :][: self.instruction.n]

    def step(self) -> None:
        """Run the instruction."""
        program = np.array([self.instruction.numbers], dtype=np.int64)
        nothing, start = np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int32)
        counts, links = np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64)
        run_host(self.memory, program, 0, 1, counts, links, nothing, start, nothing, counts.copy())


def draw_states(neurons: NeuronType, rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """Draw states that such neurons may be in."""
    widths = {"voltage": 1.0, "refractory_time": 0.004, "adaptation": 0.3, "recovery": 5.0}
    return {name: widths[name] * rng.random(n) for name in KINDS[type(neurons)].states}


@needs_functions
@pytest.mark.parametrize(
    ("n_sets", "n"), [(1, 1), (1, 7), (1, 64), (5, 3), (3, 5)],
    ids=["one", "few", "many", "more sets than neurons", "fewer"],
)  # fmt: skip
@pytest.mark.parametrize("neurons", TYPES, ids=NAMES)
def test_neurons_step_as_nengo_s_to_the_last_bit(neurons, n_sets, n):
    rng = np.random.default_rng(n_sets + n)
    vectors, outputs = Vectors(neurons, n_sets, n), []
    states = [draw_states(neurons, rng, n) for _ in range(n_sets)]
    for number, state in enumerate(states):
        for name, values in zip(vectors.names[2:], state.values(), strict=True):
            vectors.view(name, number)[:] = values
    for _ in range(N_STEPS):
        J = [currents(neurons, rng, n) for _ in range(n_sets)]
        for number in range(n_sets):
            vectors.view("x", number)[:] = J[number]
        vectors.step()
        for number, state in enumerate(states):
            output = np.zeros(n)
            with np.errstate(all="ignore"):
                neurons.step(DT, J[number], output, **state)
            assert_same_bits(vectors.view("y", number), output)
            for name, values in zip(vectors.names[2:], state.values(), strict=True):
                assert_same_bits(vectors.view(name, number), values)
            outputs.append(output)
    assert len(np.unique(outputs)) > 1


def assert_same_bits(actual: np.ndarray, expected: np.ndarray) -> None:
    # Zero has two signs, which nothing that follows tells apart.
    np.testing.assert_array_equal((actual + 0.0).view(np.int64), (expected + 0.0).view(np.int64))


def test_all_neuron_types_but_those_that_draw_random_numbers_are_translated():
    every = {
        one for one in vars(nengo.neurons).values()
        if isinstance(one, type) and issubclass(one, NeuronType)
    }  # fmt: skip
    left = {
        "NeuronType",
        "RatesToSpikesNeuronType",
        "Direct",
        "StochasticSpiking",
        "PoissonSpiking",
    }
    assert {one.__name__ for one in every - set(KINDS)} == left
    assert set(KINDS) == {type(one) for one in TYPES}


def on_host(neurons: NeuronType) -> tuple[nengo.Network, dict[str, nengo.Probe]]:
    """Drive neurons on the chip by two like populations on the host, and listen on the host."""
    if isinstance(neurons, nengo.RegularSpiking):
        neurons = nengo.RegularSpiking(nengo.LIFRate())
    with nengo.Network(seed=4) as network:
        nengo_loihi.add_params(network)
        node = nengo.Node(nengo.processes.WhiteSignal(0.1, high=50, seed=1))
        driven = nengo.Ensemble(20, 1, neuron_type=nengo_loihi.LoihiLIF())
        probes = {}
        for number in range(2):
            source = nengo.Ensemble(
                15, 1, neuron_type=neurons, max_rates=nengo.dists.Uniform(180, 250)
            )
            network.config[source].on_chip = False
            nengo.Connection(node, source)
            nengo.Connection(source, driven)
            probes[f"source {number}"] = nengo.Probe(source.neurons, synapse=None)
        probes["driven"] = nengo.Probe(driven.neurons, synapse=None)
    return network, probes


def record(simulator: Callable, neurons: NeuronType) -> dict[str, np.ndarray]:
    network, probes = on_host(neurons)
    with simulator(network, target="sim", precompute=False) as sim:
        sim.run_steps(60)
        if simulator is Simulator and blas.FOUND and len(ufuncs.FOUND) == 4:
            assert isinstance(sim._runner, LockstepExchange)
            assert sim._runner._host.is_compiled
        return {name: np.array(sim.data[probe]) for name, probe in probes.items()}


@pytest.mark.parametrize("neurons", TYPES, ids=NAMES)
def test_a_host_of_such_neurons_leaves_nothing_to_python_and_equals_the_emulator_s(neurons):
    ours, theirs = (record(one, neurons) for one in (Simulator, nengo_loihi.Simulator))
    for name, expected in theirs.items():
        assert expected.any(), name
        np.testing.assert_array_equal(ours[name], expected, err_msg=name)


class OwnNeurons(nengo.LIF):
    """Neurons of a user's own, which may step as they like."""


def test_neurons_of_a_user_s_own_are_left_to_nengo():
    network, _ = on_host(OwnNeurons())
    with Simulator(network, precompute=False) as sim:
        assert isinstance(sim._runner, LockstepExchange)
        assert not sim._runner._host.is_compiled


def test_joined_neurons_with_a_rule_each_keep_it():
    """Rules side by side are an operand as any other."""
    first = Vectors(nengo.RectifiedLinear(amplitude=2.0), 3, 1)
    rules = np.array([2.0, 3.0, 5.0])
    place = len(first.memory)
    first.memory = np.concatenate([first.memory, rules, np.zeros(scratch_size(3))])
    first.instruction = replace(first.instruction, b=(place, 0, 1))
    for number in range(3):
        first.view("x", number)[:] = 1.5
    first.step()
    assert [first.view("y", number)[0] for number in range(3)] == [3.0, 4.5, 7.5]
