"""What is recorded of a run: against nengo-loihi's emulator, and closed forms."""

from contextlib import closing

import nengo
import numpy as np
import pytest

from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.backends.overflows import CUT_ERROR, OVER_INPUT
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.mapping.traffic import core_traffic, host_spikes, stored_events
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi, without_known_warnings
from spikearm.loihi_deploy.pipeline import place

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
        arrived, current, spikes, active = [], [], [], 0
        for _ in range(N_STEPS):
            before = compartment.current.copy(), compartment.voltage.copy()
            theirs.step()
            changed = (compartment.current != before[0]) | (compartment.voltage != before[1])
            active += np.count_nonzero(changed | compartment.spiked)
            arrived.append(compartment.input[0].copy())
            current.append(compartment.current.copy())
            spikes.append(compartment.spiked.copy())
        bias = compartment.bias.astype(np.int64)
    assert activity.n_steps == N_STEPS
    np.testing.assert_array_equal(activity.input, np.abs(arrived).max(axis=0))
    np.testing.assert_array_equal(activity.current, np.abs(current).max(axis=0))
    np.testing.assert_array_equal(activity.membrane, np.abs(current + bias).max(axis=0))
    np.testing.assert_array_equal(activity.spikes, np.sum(spikes, axis=0))
    assert activity.active_updates == active
    assert 0.2 < active / (N_STEPS * len(bias)) < 0.98
    assert (activity.input > 0).mean() > 0.5
    assert not activity.overflow_counts


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


def test_what_was_before_is_forgotten_and_the_network_goes_on():
    with closing(RecordedSimulation(chain())) as simulation:
        run(simulation, 50)
        early = simulation.activity
        run(simulation)
        whole = simulation.activity
        simulation.restart()
        run(simulation, 50)
        simulation.forget()
        assert simulation.activity.n_steps == 0
        assert simulation.counts.neuron_updates == 0
        run(simulation)
        late = simulation.activity
    assert early.active_updates > 0
    assert late.n_steps == N_STEPS
    assert late.active_updates == whole.active_updates - early.active_updates
    np.testing.assert_array_equal(late.spikes, whole.spikes - early.spikes)
    np.testing.assert_array_equal(late.arrived, whole.arrived[50:])


def test_a_compartment_at_rest_is_not_active():
    # A threshold of 1000 and an input of 150: the eleven neurons never rest; the one that they
    # reach does until the first spikes, in the seventh step, which arrive in the eighth.
    with closing(RecordedSimulation(feeding(11))) as simulation:
        run(simulation, 7)
        assert simulation.activity.spikes.tolist() == [1] * 11 + [0]
        assert simulation.activity.active_updates == 7 * 11
        run(simulation, 1)
        assert simulation.activity.active_updates == 8 * 11 + 1


@pytest.mark.parametrize(("n", "overflows"), [(129, False), (130, True)])
def test_an_input_of_130_of_the_largest_weights_overflows_and_one_of_129_does_not(n, overflows):
    assert (n * MANTISSA * UNIT > 2**21 - 1) == overflows
    with closing(RecordedSimulation(feeding(n))) as simulation:
        run(simulation, 60)
        activity = simulation.activity
    assert activity.spikes[0] > 2  # it happened
    assert bool(activity.overflow_counts[OVER_INPUT]) == overflows
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
    assert bool(activity.overflow_counts[CUT_ERROR]) == cut


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


@pytest.mark.parametrize(("end", "zeros_are_stored"), [(5, True), (6, False)])
def test_a_spike_goes_over_every_stored_weight_zero_or_not(end, zeros_are_stored):
    """Four weights with an index take as much memory as seven without, three take less."""
    weights = np.ones((7, 13))
    weights[2:end, ::2] = 0.0
    with nengo.Network(seed=4) as network:
        nengo_loihi.add_params(network)
        relu = nengo.SpikingRectifiedLinear(initial_state=RESTING)
        same = {"neuron_type": relu, "gain": nengo.dists.Choice([1.0])}
        many = nengo.Ensemble(13, 1, bias=nengo.dists.Choice([150.0]), **same)
        few = nengo.Ensemble(7, 1, bias=nengo.dists.Choice([0.0]), **same)
        nengo.Connection(many.neurons, few.neurons, transform=weights, synapse=0)
    with closing(RecordedSimulation(network)) as simulation:
        nonzero = 0
        for _ in range(N_STEPS):
            simulation.step()
            nonzero += simulation.counts.synaptic_events
        blocks, activity = simulation.blocks, simulation.activity
    spikes = activity.spikes[:13]
    assert spikes.min() == spikes.max() > 9
    reached = (weights != 0).sum(axis=0) @ spikes
    stored = 7 * spikes.sum() if zeros_are_stored else reached
    assert stored_events(blocks, place(blocks), activity) == pytest.approx(stored / N_STEPS)
    assert nonzero == reached


def test_where_no_weight_is_zero_the_engine_counts_as_many_events():
    with closing(RecordedSimulation(chain())) as simulation:
        events = []
        for _ in range(N_STEPS):
            simulation.step()
            events.append(simulation.counts.synaptic_events)
        blocks, activity = simulation.blocks, simulation.activity
    weights = [w for block in blocks.blocks for one in block.synapses for w in one.weights]
    zeros = sum(int((w == 0).sum()) for w in weights) / sum(w.size for w in weights)
    counted = np.mean(events)
    # Spikes of the last step reach nothing yet.
    assert counted <= stored_events(blocks, place(blocks), activity) <= counted * 1.05 / (1 - zeros)
