"""Silenced neurons of a chip: worked out by hand, and alike on engine and emulator."""

from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from typing import Any, NamedTuple

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation, FloatSimulation
from spikearm.loihi_deploy.backends.neurons import neurons_of
from spikearm.loihi_deploy.backends.recording import RecordedSimulation
from spikearm.loihi_deploy.engine.exchange.exchange import Exchange
from spikearm.neural.counts import StepCounts
from spikearm.neural.faults import silenceable_simulation
from spikearm.neural.simulation import NeuralSimulation

BACKENDS = (EmulatorSimulation, EngineSimulation)
N_STEPS = 60
N_SMALL = 45 + 36 + 2 * 20  # neurons of both ensembles, ten pairs for each of two numbers between
N_SUMS = 2  # the pair that sums up what is learned


class Ran(NamedTuple):
    heard: np.ndarray
    counts: list[StepCounts]
    learned: np.ndarray


def run(simulation: NeuralSimulation, made: Any, n_steps: int = N_STEPS) -> Ran:
    heard, counts = [], []
    for step in range(n_steps):
        made.set_inputs(step)
        simulation.step()
        heard.append(made.heard.values.copy())
        counts.append(simulation.counts)
    return Ran(np.array(heard), counts, *simulation.read_learned())


def assert_alike(first: Ran, second: Ran) -> None:
    np.testing.assert_array_equal(first.heard, second.heard)
    np.testing.assert_array_equal(first.learned, second.learned)
    assert first.counts == second.counts


def who_fired(simulation: EngineSimulation, made: Any, n_steps: int = N_STEPS) -> set[int]:
    """Run, and tell which neurons fired, by their numbers."""
    number = {int(place): k for k, place in enumerate(neurons_of(simulation.model))}
    fired: set[int] = set()
    for step in range(n_steps):
        made.set_inputs(step)
        simulation.step()
        fired |= {number[place] for place in simulation._engine.fired.tolist()}
    return fired


FAULTS: list[Callable[[NeuralSimulation], None]] = [
    lambda simulation: simulation.silence(simulation.draw_neurons(0.2, 3)),
    lambda simulation: simulation.silence(simulation.draw_neurons(0.5, 3)),
    lambda simulation: simulation.drop_host_spikes(0.3, 4),
    lambda simulation: simulation.silence([0, 44, 45, 80, 120]),
    lambda simulation: simulation.restart(),
    lambda simulation: simulation.drop_host_spikes(0.0, 4),
    lambda simulation: simulation.rest(),
    lambda simulation: simulation.silence([]),
]


@pytest.mark.parametrize("way", ["compiled", "in turn", "queues"])
def test_engine_and_emulator_stay_alike_while_faults_come_and_go(small, way):
    made, ran = small(way), {}
    for backend in BACKENDS:
        with closing(backend(made.network)) as simulation:
            ran[backend] = [run(simulation, made)]
            for fault in FAULTS:
                fault(simulation)
                ran[backend].append(run(simulation, made, 25))
            if isinstance(simulation, EngineSimulation):
                runner = simulation._simulator._runner
                assert isinstance(runner, Exchange) == (way != "queues")
    for ours, theirs in zip(*ran.values(), strict=True):
        assert_alike(ours, theirs)
        assert np.ptp(ours.heard, axis=0).min() > 0.01
    learned = [part.learned for part in ran[EngineSimulation]]
    assert all((one != other).any() for one, other in pairwise(learned))


def test_a_silenced_neuron_never_fires_and_fires_again_once_healed(small):
    made = small("compiled")
    with closing(EngineSimulation(made.network)) as simulation:
        assert simulation.n_neurons == N_SMALL == simulation._engine.chip.n_compartments - N_SUMS
        before = who_fired(simulation, made)
        silent = set(sorted(before)[::2])
        simulation.silence(sorted(silent))
        np.testing.assert_array_equal(simulation.silent, sorted(silent))
        after = who_fired(simulation, made)
        simulation.silence([])
        healed = who_fired(simulation, made)
    assert len(silent) > 20
    assert not after & silent
    assert len(after) > 10
    assert len(healed & silent) > 0.5 * len(silent)


@pytest.mark.parametrize("backend", [*BACKENDS, FloatSimulation])
def test_with_all_neurons_silent_nothing_comes_out_but_all_is_updated(small, backend):
    made = small("compiled")
    with closing(backend(made.network)) as simulation:
        whole = run(simulation, made)
        simulation.restart()
        simulation.silence(np.arange(N_SMALL))
        silent = run(simulation, made)
    assert np.abs(whole.heard).max() > 0.01
    np.testing.assert_array_equal(silent.heard, 0.0)
    assert all(count.spikes == count.host_spikes for count in silent.counts)
    assert {count.neuron_updates for count in silent.counts} == {whole.counts[0].neuron_updates}
    assert sum(count.host_spikes for count in silent.counts) > 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_silent_neurons_stay_so_over_restarts_and_healed_ones_are_whole(small, backend):
    made = small("compiled")
    with closing(backend(made.network)) as simulation:
        whole = run(simulation, made)
        simulation.silence(simulation.draw_neurons(0.3, 5))
        run(simulation, made, 23)
        simulation.restart()
        hurt = run(simulation, made)
        simulation.restart()
        assert_alike(run(simulation, made), hurt)
        simulation.silence([])
        simulation.restart()
        assert_alike(run(simulation, made), whole)
    assert np.abs(hurt.heard - whole.heard).max() > 0.01


def by_hand() -> nengo.Network:
    """Make five neurons, three of which fire in the first step and then in every third one.

    The bias of the other two is too small. Four more never fire: three of them are reached by the
    first neuron, two by the third, one by the fourth.
    """
    weights = 0.005 * np.array(
        [[1.0, 0, 0, -1, 0.5], [1, 0, 1, 0, 0.5], [0, 0, 1, 0, 0.5], [1, 0, 0, 0, 0.5]]
    )
    resting = {"voltage": nengo.dists.Choice([0])}
    with nengo.Network(seed=5) as network:
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(tau_ref=0.002, initial_state=resting)
        firing = nengo.Ensemble(5, 1, gain=np.ones(5), bias=[50.0, 0.3, 50.0, 50.0, 0.2])
        never = nengo.Ensemble(4, 1, gain=np.ones(4), bias=np.full(4, -50.0))
        nengo.Connection(firing.neurons, never.neurons, transform=weights, synapse=0.005)
    return network


@pytest.mark.parametrize("backend", BACKENDS)
def test_spikes_and_events_worked_out_by_hand(backend):
    counts = []
    with closing(backend(by_hand())) as simulation:
        simulation.silence([2])
        for step in range(1, 15):
            simulation.step()
            counts.append(simulation.counts)
            if step == 4:
                simulation.silence([2, 3, 2])  # the same one twice is one
            if step == 8:
                simulation.silence([0])  # heals 2 and 3
            if step == 12:
                simulation.silence([])  # 0 was silent, 2 and 3 fire in the step after this one
    # Neuron 0 in steps 1, 4, 7, and, from rest, 13; neuron 3 in 1, 4, and from rest 9, 12;
    # neuron 2, silent from the beginning, from rest in 9, 12.
    assert [c.spikes for c in counts] == [2, 0, 0, 2, 0, 0, 1, 0, 2, 0, 0, 2, 1, 0]
    # A step later, what was fired before a neuron fell silent included.
    assert [c.synaptic_events for c in counts] == [0, 4, 0, 0, 4, 0, 0, 3, 0, 3, 0, 0, 3, 3]
    assert {c.neuron_updates for c in counts} == {9}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ([3, -1], "no neuron -1: this network's 121 neurons are numbered from 0 to 120"),
        ([121], "no neuron 121"),
        ([0.5], "integers, not as float64"),
        (np.ones(121, dtype=bool), r"np\.flatnonzero makes such a list"),
        ([[1, 2]], r"of shape \(1, 2\)"),
    ],
)
def test_what_are_no_neurons_is_refused_and_changes_nothing(small, backend, wrong, sentence):
    with closing(backend(small("compiled").network)) as simulation:
        simulation.silence([7])
        with pytest.raises(SpikearmError, match=sentence):
            simulation.silence(wrong)
        np.testing.assert_array_equal(simulation.silent, [7])


def test_a_recording_of_the_whole_network_refuses(small):
    with (
        closing(RecordedSimulation(small("compiled").network)) as simulation,
        pytest.raises(SpikearmError, match="RecordedSimulation cannot silence neurons"),
    ):
        silenceable_simulation(simulation)
