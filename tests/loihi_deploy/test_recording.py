"""What is recorded of a run: against nengo-loihi's emulator, and closed forms."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from loihi_deploy.engine_simulation import EngineSimulation
from loihi_deploy.nengo_loihi_compat import nengo_loihi, without_known_warnings
from loihi_deploy.notices import CUT_ERROR, OVER_INPUT
from loihi_deploy.pipeline import place
from loihi_deploy.recording import RecordedSimulation
from loihi_deploy.traffic import core_traffic, host_spikes

N_STEPS = 80
RESTING = {"voltage": nengo.dists.Choice([0])}
MANTISSA, UNIT = 254, 64  # the largest weight in the chip's integers


def chain(learning: bool = False) -> nengo.Network:
    """Two numbers that pass over two populations, cut into cores; one of them may be learned."""
    with nengo.Network(seed=7) as network:
        nengo_loihi.add_params(network)
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(initial_state=RESTING)
        network.config[nengo.Ensemble].max_rates = nengo.dists.Uniform(60, 150)
        given = nengo.Node(lambda t: [0.8 * np.sin(35 * t), -0.5])
        out = nengo.Node(size_in=2)
        a = nengo.Ensemble(45, 2, label="a")
        b = nengo.Ensemble(36, 2, label="b")
        network.config[b].block_shape = nengo_loihi.BlockShape((12,), (36,))
        nengo.Connection(given, a, synapse=None)
        nengo.Connection(a, b, synapse=0.005)
        nengo.Connection(b, out, synapse=0.01)
        if learning:
            error = nengo.Node(size_in=1)
            nengo.Connection(nengo.Node(lambda t: np.sin(20 * t)), error, synapse=None)
            guess = nengo.Node(size_in=1)
            learned = nengo.Connection(
                a, guess, function=lambda x: 0, learning_rule_type=nengo.PES()
            )
            nengo.Connection(guess, error, synapse=None)
            nengo.Connection(error, learned.learning_rule)
    return network


def feeding(n: int) -> nengo.Network:
    """Let ``n`` neurons that fire together meet at one, which forgets its current at once."""
    with nengo.Network(seed=1) as network:
        nengo_loihi.add_params(network)
        relu = nengo.SpikingRectifiedLinear(initial_state=RESTING)
        same = {"neuron_type": relu, "gain": nengo.dists.Choice([1.0])}
        many = nengo.Ensemble(n, 1, bias=nengo.dists.Choice([150.0]), **same)
        one = nengo.Ensemble(1, 1, bias=nengo.dists.Choice([0.0]), **same)
        nengo.Connection(many.neurons, one.neurons, transform=np.ones((1, n)), synapse=0)
    return network


def run(simulation: RecordedSimulation, n_steps: int = N_STEPS) -> None:
    for _ in range(n_steps):
        simulation.step()


@pytest.mark.parametrize("learning", [False, True])
def test_peaks_and_spikes_are_those_of_the_emulator(learning):
    network = chain(learning)
    with closing(RecordedSimulation(network)) as simulation:
        run(simulation)
        activity = simulation.activity
    with (
        without_known_warnings(),
        nengo_loihi.Simulator(network, target="sim", precompute=False) as theirs,
    ):
        compartment = theirs.sims["emulator"].compartment
        arrived, current, spikes = [], [], []
        for _ in range(N_STEPS):
            theirs.step()
            arrived.append(compartment.input[0].copy())
            current.append(compartment.current.copy())
            spikes.append(compartment.spiked.copy())
        bias = compartment.bias.astype(np.int64)
    assert activity.n_steps == N_STEPS
    np.testing.assert_array_equal(activity.input, np.abs(arrived).max(axis=0))
    np.testing.assert_array_equal(activity.current, np.abs(current).max(axis=0))
    np.testing.assert_array_equal(activity.membrane, np.abs(current + bias).max(axis=0))
    np.testing.assert_array_equal(activity.spikes, np.sum(spikes, axis=0))
    assert (activity.input > 0).mean() > 0.5
    assert not activity.notices


def test_spikes_from_the_host_are_as_many_as_the_engine_counts_in_each_step():
    network = chain()
    with closing(EngineSimulation(network)) as simulation:
        counted = []
        for _ in range(N_STEPS):
            simulation.step()
            counted.append(simulation.counts.host_spikes)
    with closing(RecordedSimulation(network)) as simulation:
        run(simulation)
        arrived = simulation.activity.arrived
    assert arrived.sum(axis=1).tolist() == counted
    assert len(set(counted)) > 1


def test_after_a_restart_the_same_is_recorded_again():
    with closing(RecordedSimulation(chain())) as simulation:
        run(simulation)
        first = simulation.activity
        simulation.restart()
        assert simulation.activity.n_steps == 0
        assert not simulation.activity.spikes.any()
        run(simulation)
        again = simulation.activity
    for name in ("spikes", "arrived", "input", "current", "membrane"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))


@pytest.mark.parametrize(("n", "overflows"), [(129, False), (130, True)])
def test_an_input_of_130_of_the_largest_weights_overflows_and_one_of_129_does_not(n, overflows):
    assert (n * MANTISSA * UNIT > 2**21 - 1) == overflows
    with closing(RecordedSimulation(feeding(n))) as simulation:
        run(simulation, 60)
        activity = simulation.activity
    assert activity.spikes[0] > 2  # it happened
    assert bool(activity.notices[OVER_INPUT]) == overflows
    if not overflows:
        assert activity.input[-1] == n * MANTISSA * UNIT
        assert activity.current[-1] == n * MANTISSA * UNIT


@pytest.mark.parametrize(("error", "cut"), [(1.27, False), (1.28, True)])
def test_an_error_above_127_hundredths_is_cut(error, cut):
    with nengo.Network(seed=2) as network:
        ensemble = nengo.Ensemble(20, 1, max_rates=nengo.dists.Choice([100]))
        ensemble.neuron_type = nengo.LIF(initial_state=RESTING)
        guess, wrong = nengo.Node(size_in=1), nengo.Node(size_in=1)
        nengo.Connection(nengo.Node([error]), wrong, synapse=None)
        learned = nengo.Connection(
            ensemble, guess, function=lambda x: 0, learning_rule_type=nengo.PES(1e-5)
        )
        nengo.Connection(guess, wrong, transform=0, synapse=None)  # else nengo-loihi fails
        nengo.Connection(wrong, learned.learning_rule, synapse=None)
    with closing(RecordedSimulation(network)) as simulation:
        run(simulation, 10)
        activity = simulation.activity
    assert activity.error == 127
    assert bool(activity.notices[CUT_ERROR]) == cut


def test_traffic_is_what_each_core_fired_at_the_cores_that_it_reaches():
    with closing(RecordedSimulation(feeding(17))) as simulation:
        run(simulation)
        blocks, activity = simulation.blocks, simulation.activity
        between, from_host = core_traffic(blocks, place(blocks), activity)
    # A threshold of 1000 and an input of 150: a spike every seventh step, of every neuron.
    expected = activity.spikes[:17].sum() / N_STEPS
    assert expected == pytest.approx(17 / 7, rel=0.1)
    np.testing.assert_allclose(between, [[0, expected], [0, 0]])
    assert not from_host.any()


def test_a_spike_from_the_host_counts_once_for_every_core_that_it_goes_to():
    with nengo.Network(seed=3) as network:
        nengo_loihi.add_params(network)
        ensemble = nengo.Ensemble(30, 1, max_rates=nengo.dists.Choice([100]))
        ensemble.neuron_type = nengo.LIF(initial_state=RESTING)
        network.config[ensemble].block_shape = nengo_loihi.BlockShape((10,), (30,))
        nengo.Connection(nengo.Node([0.6]), ensemble, synapse=None)
    with closing(RecordedSimulation(network)) as simulation:
        run(simulation)
        blocks, activity = simulation.blocks, simulation.activity
        placement = place(blocks)
        sent = host_spikes(blocks, placement, activity)
        _, from_host = core_traffic(blocks, placement, activity)
    assert activity.arrived.any()
    np.testing.assert_array_equal(sent[:, 0], 3 * activity.arrived.sum(axis=1))
    np.testing.assert_allclose(from_host, [activity.arrived.sum() / N_STEPS] * 3)
