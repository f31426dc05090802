"""Counts and footprint of Nengo's simulator, against probes and against sums by hand."""

from contextlib import closing
from typing import NamedTuple

import nengo
import numpy as np
import pytest

from controller.nengo_simulation import NengoSimulation

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
