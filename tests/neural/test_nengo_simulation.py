"""Counts and footprint of Nengo's simulator, against probes and against sums by hand."""

from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.controller.spiking.spiking_network import build_network
from spikearm.neural.faults import lossy_simulation
from spikearm.neural.nengo_simulation import NengoSimulation

N_STEPS = 60
ALWAYS, NOT_AT_ZERO = nengo.dists.Choice([-2.0]), nengo.dists.Choice([0.9])  # when neurons fire
# A: 20 neurons for 2 numbers; B: 30 neurons for 1. Into A come 2 numbers; A yields 1 for B
# and 2 for the output; B yields 1 for the output; a number goes straight into B's neurons.
FAN_OUT_A, FAN_OUT_B = 3, 1
DECODERS = 20 * FAN_OUT_A + 30 * FAN_OUT_B
ENCODERS = 20 * 2 + 30 * 1 + 30 * 1


class Tiny(NamedTuple):
    network: nengo.Network
    spikes: list[nengo.Probe]
    neurons: list[nengo.Probe]
    received: list[np.ndarray]


def tiny(neuron_type: nengo.neurons.NeuronType, seed: int | None = 9) -> Tiny:
    received: list[np.ndarray] = []
    with nengo.Network(seed=seed) as network:
        network.config[nengo.Ensemble].neuron_type = neuron_type
        position = nengo.Node(lambda t: [0.6 * np.sin(40 * t), -0.3], label="position")
        direct = nengo.Node(lambda t: 0.4 * np.cos(25 * t), label="direct")
        torque = nengo.Node(lambda t, x: received.append(x.copy()), size_in=3, label="torque")
        a = nengo.Ensemble(20, 2, label="a")
        b = nengo.Ensemble(30, 1, label="b")
        nengo.Connection(position, a, synapse=None)
        nengo.Connection(direct, b.neurons, transform=np.full((30, 1), 0.7), synapse=None)
        nengo.Connection(a, b, function=lambda x: x[0] * x[1], synapse=0.005)
        nengo.Connection(a, torque[:2], synapse=0.01)
        nengo.Connection(b, torque[2], synapse=0.01)
        outputs = [nengo.Probe(e.neurons, "output") for e in (a, b)]
        inputs = [nengo.Probe(e.neurons, "input") for e in (a, b)]
    return Tiny(network, outputs, inputs, received)


def probed(tiny: Tiny) -> list[np.ndarray]:
    """Give each population's output per step on a simulator of its own."""
    with nengo.Simulator(tiny.network, progress_bar=False) as simulator:
        simulator.run_steps(N_STEPS, progress_bar=False)
        return [simulator.data[probe].copy() for probe in tiny.spikes]


@pytest.mark.parametrize("neuron_type", [nengo.LIF(tau_ref=0.001), nengo.LIFRate()])
def test_the_counts_are_those_of_the_probed_neurons(neuron_type):
    network = tiny(neuron_type)
    a, b = (np.count_nonzero(output, axis=1) for output in probed(network))
    counts = []
    with closing(NengoSimulation(network.network)) as simulation:
        for _ in range(N_STEPS):
            simulation.step()
            counts.append(simulation.counts)
    assert a.sum() > 20
    assert b.sum() > 20
    assert len(set(a + b)) > 3
    np.testing.assert_array_equal([c.spikes for c in counts], a + b)
    np.testing.assert_array_equal(
        [c.synaptic_events for c in counts], FAN_OUT_A * a + FAN_OUT_B * b
    )
    assert {c.neuron_updates for c in counts} == {50}
    assert {(c.learning_updates, c.host_spikes) for c in counts} == {(0, 0)}


def test_zero_weights_make_no_events():
    # Each of the twelve neurons is decoded into five numbers, of which a transform keeps two.
    keep = np.zeros((5, 2))
    keep[1, 0], keep[4, 1] = 0.7, -1.3
    with nengo.Network(seed=3) as network:
        a = nengo.Ensemble(12, 2, neuron_type=nengo.LIFRate(), intercepts=ALWAYS)
        b = nengo.Ensemble(8, 5, neuron_type=nengo.LIFRate(), intercepts=NOT_AT_ZERO)
        nengo.Connection(a, b, transform=keep)
    with closing(NengoSimulation(network)) as simulation:
        simulation.step()
        counts, footprint = simulation.counts, simulation.footprint
    assert counts.spikes == 12
    assert counts.synaptic_events == 12 * 2
    assert footprint.dense == 12 * 5 + 8 * 5
    # A dimension that nothing reaches takes its encoders out of use, too.
    assert footprint.connection_sparsity == pytest.approx((12 * 3 + 8 * 3) / 100)
    assert footprint.effective_macs == 8 * 2


class Wired(NamedTuple):
    network: nengo.Network
    dense: int
    zeros: int
    macs: int
    filters: int


def wired() -> Wired:
    """Connect neurons themselves: to neurons, to the outside, and from it.

    All 9 neurons of ``a`` reach the 7 of ``b``, but for two weights that are zero; the first 4
    of ``a`` go out one by one, all of ``b`` as 2 numbers; ``a`` is also decoded to 3 numbers for
    the 5 neurons of ``c``, and to weights for those of ``b``.
    """
    rng = np.random.default_rng(8)
    hidden = rng.uniform(0.2, 0.9, (7, 9))
    hidden[2, 3] = hidden[5, 3] = 0.0
    with nengo.Network(seed=3) as network:
        network.config[nengo.Ensemble].neuron_type = nengo.LIFRate()
        network.config[nengo.Ensemble].intercepts = ALWAYS
        given = nengo.Node([0.3, -0.6], label="given")
        out = nengo.Node(size_in=6, label="out", output=lambda t, x: None)
        a, b, c = (nengo.Ensemble(n, d) for n, d in ((9, 3), (7, 1), (5, 3)))
        nengo.Connection(given, a.neurons, transform=rng.uniform(0.2, 0.9, (9, 2)), synapse=None)
        nengo.Connection(a.neurons, b.neurons, transform=hidden, synapse=0.005)
        nengo.Connection(a.neurons[:4], out[:4], synapse=0.01)
        nengo.Connection(b.neurons, out[4:], transform=rng.uniform(0.2, 0.9, (2, 7)), synapse=0.01)
        nengo.Connection(a, c, synapse=0.005)
        nengo.Connection(a[0], b.neurons, transform=rng.uniform(0.2, 0.9, (7, 1)), synapse=None)
    from_neurons = 9 * 7 + 4 + 7 * 2 + 9 * 3 + 9 * 7
    from_values = 2 * 9 + 5 * 3
    return Wired(network, from_neurons + from_values, 2, from_values, filters=7 + 4 + 2 + 3)


def test_weights_out_of_neurons_are_counted_neuron_by_neuron():
    with closing(NengoSimulation(wired().network)) as simulation:
        simulation.step()
        simulation.step()  # filters let b's neurons hear of a's
        counts = simulation.counts
    assert counts.spikes == counts.neuron_updates == 9 + 7 + 5
    # Each of a's: 7 of b, 3 numbers for c, 7 more of b; the fourth misses two, 4 go out, too.
    assert counts.synaptic_events == 9 * (7 + 3 + 7) - 2 + 4 + 7 * 2


def test_the_footprint_of_weights_between_neurons_is_the_sum_worked_out_by_hand():
    made = wired()
    with closing(NengoSimulation(made.network)) as simulation:
        footprint = simulation.footprint
    assert footprint.dense == made.dense
    assert footprint.connection_sparsity == pytest.approx(made.zeros / made.dense)
    assert footprint.effective_macs == made.macs
    assert footprint.footprint_bytes == 8 * (made.dense + 2 * 21 + made.filters)


@pytest.mark.parametrize("readout", [True, False])
def test_the_controllers_network_is_counted_by_hand(weights, readout):
    # 14 features, 11 of the code, 26 products; 2 latent numbers and 3 joints. Each product
    # neuron has one command and one code, the other weights of both are zero.
    made = build_network(weights, "rate", readout=readout)
    rng = np.random.default_rng(8)
    made.nodes.inputs[:] = rng.uniform(-0.5, 0.5, 15)
    with closing(NengoSimulation(made.network)) as simulation:
        for _ in range(50):
            simulation.step()
        counts, footprint = simulation.counts, simulation.footprint
        activity = [np.count_nonzero(simulation._signal(signal)) for signal in simulation._outputs]
    outputs = 3 if readout else 1
    features, code, products, friction = activity
    assert 5 < features < 14
    assert counts.spikes == features + code + products + friction
    assert counts.synaptic_events == (
        features * (11 + outputs) + code * (2 + outputs) + (products + friction) * outputs
    )
    spiked = 14 * 11 + 11 * 2 + 60 * outputs
    valued = 14 * 9 + 26 * 6 + 26 * 2 + 9 * 9
    assert footprint.dense == spiked + valued
    assert footprint.effective_macs == 14 * 9 + 26 + 26 + 9 * 9
    assert footprint.connection_sparsity == pytest.approx((26 * 5 + 26) / (spiked + valued))
    filters = 11 + 2 + (4 * 3 if readout else 60)
    assert footprint.footprint_bytes == 8 * (spiked + valued + 2 * 60 + filters)


def test_built_again_a_network_runs_alike_to_the_last_bit(weights):
    # Four layers add to each torque; Nengo's optimiser would add them in any order.
    runs = []
    for _ in range(8):
        made, seen = build_network(weights, "spiking"), []
        made.nodes.inputs[:] = np.linspace(-0.7, 0.8, 15)
        with closing(NengoSimulation(made.network)) as simulation:
            for _ in range(80):
                simulation.step()
                seen.append(made.nodes.outputs.values.copy())
        runs.append(np.array(seen))
    assert np.ptp(runs[0], axis=0).min() > 0.05
    for run in runs[1:]:
        np.testing.assert_array_equal(run, runs[0])


def test_an_output_that_goes_nowhere_makes_no_events():
    with nengo.Network(seed=3) as network:
        nengo.Ensemble(7, 1, neuron_type=nengo.LIFRate(), intercepts=ALWAYS)
        a = nengo.Ensemble(5, 1, neuron_type=nengo.LIFRate(), intercepts=ALWAYS)
        nengo.Connection(a, nengo.Node(size_in=1))
    with closing(NengoSimulation(network)) as simulation:
        simulation.step()
        assert simulation.counts.spikes == 12
        assert simulation.counts.synaptic_events == 5


def test_the_footprint_is_the_sum_worked_out_by_hand():
    with closing(NengoSimulation(tiny(nengo.LIF()).network)) as simulation:
        footprint = simulation.footprint
    filters = 1 + 2 + 1  # numbers that are low-pass filtered
    state = 2 * 50 + filters  # voltage and refractory time of each neuron
    assert footprint.dense == DECODERS + ENCODERS == 190
    assert footprint.connection_sparsity == 0.0
    assert footprint.effective_macs == ENCODERS
    assert footprint.footprint_bytes == 8 * (190 + state)
    assert (footprint.cores, footprint.compartments, footprint.synapse_memory_bits) == (None,) * 3


def test_the_footprint_does_not_depend_on_activity():
    with closing(NengoSimulation(tiny(nengo.LIF()).network)) as simulation:
        before = simulation.footprint
        for _ in range(N_STEPS):
            simulation.step()
        assert simulation.counts.spikes > 0
        assert simulation.footprint == before


def test_nodes_receive_what_nengo_s_own_simulator_gives_them():
    network = tiny(nengo.LIF())
    probed(network)
    expected = np.array(network.received[-N_STEPS:])  # Nengo calls it before the first step, too
    with closing(NengoSimulation(network.network)) as simulation:
        for _ in range(N_STEPS):
            simulation.step()
    assert np.abs(expected).max() > 0.05
    np.testing.assert_array_equal(network.received[-N_STEPS:], expected)


@pytest.mark.parametrize("seed", [9, None])
def test_after_a_restart_everything_happens_again_exactly(seed):
    network = tiny(nengo.LIF(), seed)
    runs, counts = [], []
    with closing(NengoSimulation(network.network)) as simulation:
        fresh = simulation.counts
        for _ in range(3):
            network.received.clear()
            for _ in range(N_STEPS):
                simulation.step()
                counts.append(simulation.counts)
            runs.append(np.array(network.received))
            simulation.restart()
            assert simulation.counts == fresh
    assert np.abs(runs[0]).max() > 0.05
    np.testing.assert_array_equal(runs[0], runs[1])
    np.testing.assert_array_equal(runs[0], runs[2])
    assert counts[:N_STEPS] == counts[N_STEPS : 2 * N_STEPS] == counts[2 * N_STEPS :]


def test_a_restart_puts_back_every_signal():
    simulation = NengoSimulation(tiny(nengo.LIF()).network)
    with closing(simulation):
        signals = simulation._simulator.signals
        before = {signal: np.array(signals[signal]) for signal in signals}
        for _ in range(N_STEPS):
            simulation.step()
        moved = [s for s in signals if not np.array_equal(signals[s], before[s])]
        simulation.restart()
        assert len(moved) > 10
        for signal, value in before.items():
            np.testing.assert_array_equal(signals[signal], value)


def test_a_closed_simulation_no_longer_runs():
    simulation = NengoSimulation(tiny(nengo.LIF()).network)
    simulation.close()
    with pytest.raises(nengo.exceptions.SimulatorClosed):
        simulation.step()


def test_two_connections_into_one_ensemble_share_its_encoders():
    with nengo.Network(seed=3) as network:
        a = nengo.Ensemble(11, 3)
        for _ in range(2):
            nengo.Connection(nengo.Node([0.3, -0.2, 0.5]), a, synapse=None)
    with closing(NengoSimulation(network)) as simulation:
        # Nengo adds the two up before it multiplies with the encoders, once.
        assert simulation.footprint.dense == 11 * 3


N_A, N_B = 20, 15


class Cut(NamedTuple):
    network: nengo.Network
    received: list[np.ndarray]


def without(
    neuron_type: nengo.neurons.NeuronType,
    missing_a: Sequence[int] = (),
    missing_b: Sequence[int] = (),
    synapse: float | None = 0.005,
) -> Cut:
    """Build a learning network without some of its neurons; the others are always the same."""
    rng = np.random.default_rng(4)
    encoders_a, encoders_b = rng.normal(size=(N_A, 2)), rng.choice([-1.0, 1.0], (N_B, 1))
    gain_a, bias_a = rng.uniform(1, 3, N_A), rng.uniform(0.5, 3, N_A)
    gain_b, bias_b = rng.uniform(1, 3, N_B), rng.uniform(0.5, 3, N_B)
    inner, outer = rng.uniform(-2e-3, 2e-3, (1, N_A)), rng.uniform(-2e-3, 2e-3, (2, N_B))
    a, b = np.delete(np.arange(N_A), missing_a), np.delete(np.arange(N_B), missing_b)
    received: list[np.ndarray] = []
    with nengo.Network(seed=9) as network:
        network.config[nengo.Ensemble].neuron_type = neuron_type
        given = nengo.Node(lambda t: [0.6 * np.sin(40 * t), -0.3])
        out = nengo.Node(lambda t, x: received.append(x.copy()), size_in=3)
        first = nengo.Ensemble(
            len(a), 2, encoders=encoders_a[a], normalize_encoders=False, gain=gain_a[a],
            bias=bias_a[a], label="first",
        )  # fmt: skip
        second = nengo.Ensemble(
            len(b), 1, encoders=encoders_b[b], gain=gain_b[b], bias=bias_b[b], label="second"
        )
        nengo.Connection(given, first, synapse=None)
        nengo.Connection(first.neurons, second, transform=inner[:, a], synapse=synapse)
        nengo.Connection(second.neurons, out[:2], transform=outer[:, b], synapse=synapse)
        learned = nengo.Connection(
            first, out[2], function=lambda x: 0.0, synapse=synapse,
            solver=nengo.solvers.NoSolver(np.zeros((len(a), 1))),
            learning_rule_type=nengo.PES(1e-3 * len(a)),  # Nengo divides by the neurons
        )  # fmt: skip
        nengo.Connection(given[0], learned.learning_rule, synapse=None)
    return Cut(network, received)


def outputs(simulation: NengoSimulation, made: Cut, n_steps: int = N_STEPS) -> np.ndarray:
    made.received.clear()
    for _ in range(n_steps):
        simulation.step()
    return np.array(made.received)


MISSING_A, MISSING_B = [0, 3, 4, 11, 19], [1, 14]
RESTING = {"voltage": nengo.dists.Choice([0])}  # drawn voltages would depend on who is there
KINDS = [nengo.LIF(tau_ref=0.001, initial_state=RESTING), nengo.LIFRate(), nengo.RectifiedLinear()]


@pytest.mark.parametrize("neuron_type", KINDS, ids=["LIF", "LIFRate", "RectifiedLinear"])
def test_a_network_with_silenced_neurons_is_one_that_was_built_without_them(neuron_type):
    whole = without(neuron_type)
    with closing(NengoSimulation(whole.network)) as simulation:
        unhurt = outputs(simulation, whole)
        simulation.silence([*MISSING_A, *(N_A + np.array(MISSING_B))])
        simulation.restart()
        hurt, (decoders,) = outputs(simulation, whole), simulation.read_learned()
        counted = simulation.counts
    reduced = without(neuron_type, MISSING_A, MISSING_B)
    with closing(NengoSimulation(reduced.network)) as simulation:
        expected, (some,) = outputs(simulation, reduced), simulation.read_learned()
        fewer = simulation.counts
    np.testing.assert_allclose(hurt, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(decoders[:, MISSING_A], 0.0)
    np.testing.assert_allclose(np.delete(decoders, MISSING_A, axis=1), some, rtol=1e-9, atol=1e-15)
    assert (np.ptp(expected, axis=0) > 1e-3).all()
    assert (np.abs(unhurt - hurt).max(axis=0) > 1e-4).all()
    assert counted.spikes == fewer.spikes
    assert counted.synaptic_events == fewer.synaptic_events
    assert (counted.neuron_updates, fewer.neuron_updates) == (N_A + N_B, N_A + N_B - 7)


def test_neurons_without_memory_fall_silent_and_are_healed_from_the_next_step_on():
    parts = []
    for missing in ([], MISSING_A):
        made = without(nengo.LIFRate(), missing, synapse=None)
        with closing(NengoSimulation(made.network)) as simulation:
            parts.append(outputs(simulation, made)[:, :2])
    made = without(nengo.LIFRate(), synapse=None)
    with closing(NengoSimulation(made.network)) as simulation:
        got = [outputs(simulation, made, 20)]
        simulation.silence(MISSING_A)
        got.append(outputs(simulation, made, 20))
        simulation.silence([])
        got.append(outputs(simulation, made, 20))
    unhurt, hurt = parts
    expected = np.concatenate([unhurt[:20], hurt[20:40], unhurt[40:]])
    assert np.abs(unhurt - hurt)[20:40].min(axis=0).max() > 1e-4
    np.testing.assert_allclose(np.concatenate(got)[:, :2], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("neuron_type", KINDS[:2], ids=["LIF", "LIFRate"])
def test_a_restart_or_a_rest_heals_nobody_and_an_empty_list_heals_all(neuron_type):
    made = without(neuron_type)
    with closing(NengoSimulation(made.network)) as simulation:
        unhurt = outputs(simulation, made)
        simulation.restart()
        simulation.silence(simulation.draw_neurons(0.4, 3))
        hurt = outputs(simulation, made)
        simulation.restart()
        np.testing.assert_array_equal(outputs(simulation, made), hurt)
        simulation.rest()
        np.testing.assert_array_equal(outputs(simulation, made)[:, :2], hurt[:, :2])
        simulation.silence([])
        simulation.restart()
        np.testing.assert_array_equal(outputs(simulation, made), unhurt)
    assert np.abs(unhurt - hurt).max() > 1e-3


def test_without_a_chip_no_spikes_are_lost_on_the_way_to_it():
    with (
        closing(NengoSimulation(without(nengo.LIFRate()).network)) as simulation,
        pytest.raises(SpikearmError, match="no link between a host and a chip"),
    ):
        lossy_simulation(simulation)
