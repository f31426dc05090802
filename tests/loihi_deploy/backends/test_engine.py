"""The engine as what a controller's network runs on, against nengo-loihi's emulator."""

from contextlib import closing
from dataclasses import fields
from typing import NamedTuple

import nengo
import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.loop.trajectory import TIMED, Trajectory
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.loihi_deploy.backends.emulator import EmulatorSimulation
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.engine.exchange.exchange import Exchange
from spikearm.loihi_deploy.engine.host import blas
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.neural.counts import StepCounts
from spikearm.neural.host_io import HostInput, HostOutput
from spikearm.neural.simulation import NeuralSimulation

N_STEPS = 120
LOOP_TIME = 0.15  # s
BACKENDS = (EmulatorSimulation, EngineSimulation)


class Made(NamedTuple):
    network: nengo.Network
    received: list[np.ndarray]


def learning(n_parts: int = 1) -> Made:
    """Pass two numbers on over two populations, and learn a third from the second one."""
    received: list[np.ndarray] = []
    with nengo.Network(seed=7) as network:
        nengo_loihi.add_params(network)
        resting = {"voltage": nengo.dists.Choice([0])}
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(tau_ref=0.002, initial_state=resting)
        network.config[nengo.Ensemble].max_rates = nengo.dists.Uniform(60, 150)
        given = nengo.Node(lambda t: [0.8 * np.sin(35 * t), -0.5], label="given")
        out = nengo.Node(lambda t, x: received.append(x.copy()), size_in=4, label="out")
        a = nengo.Ensemble(45, 2, label="a")
        b = nengo.Ensemble(36, 2, label="b")
        network.config[b].block_shape = nengo_loihi.BlockShape((36 // n_parts,), (36,))
        guess = nengo.Node(size_in=1, label="guess")
        error = nengo.Node(size_in=1, label="error")
        nengo.Connection(given, a, synapse=None)
        nengo.Connection(a, b, synapse=0.005)
        nengo.Connection(b, out[:2], synapse=0.01)
        nengo.Connection(b.neurons, out[3], transform=np.full((1, 36), 2e-3), synapse=0.01)
        learned = nengo.Connection(
            a, guess, function=lambda x: 0.2, learning_rule_type=nengo.PES(5e-3), synapse=0.01
        )
        nengo.Connection(guess, out[2], synapse=None)
        nengo.Connection(guess, error, synapse=None)
        nengo.Connection(given[0], error, transform=-1, synapse=None)
        nengo.Connection(error, learned.learning_rule)
    return Made(network, received)


def blocks_per_output(simulation: EngineSimulation) -> set[int]:
    """Tell how many blocks each output is put together from."""
    model = simulation._simulator.model
    return {len(model.objs[probe]["out"].target) for probe in model.chip2host_receivers}


class Ran(NamedTuple):
    received: np.ndarray
    counts: list[StepCounts]


def run(simulation: NeuralSimulation, made: Made, n_steps: int = N_STEPS) -> Ran:
    made.received.clear()  # of what Nengo's builder and a restart gave
    counts = []
    for _ in range(n_steps):
        simulation.step()
        counts.append(simulation.counts)
    return Ran(np.array(made.received), counts)


def assert_alike(first: Ran, second: Ran) -> None:
    np.testing.assert_array_equal(first.received, second.received)
    assert first.counts == second.counts


@pytest.mark.parametrize("n_parts", [1, 3])
def test_it_is_the_emulator_step_by_step_in_outputs_and_counts(n_parts):
    made, ran = learning(n_parts), {}
    for backend in BACKENDS:
        with closing(backend(made.network)) as simulation:
            ran[backend] = run(simulation, made)
            if isinstance(simulation, EngineSimulation):
                assert isinstance(simulation._simulator._runner, Exchange)
                assert {1, n_parts} == blocks_per_output(simulation)
    assert_alike(ran[EngineSimulation], ran[EmulatorSimulation])
    outputs, counts = ran[EngineSimulation]
    assert (np.abs(outputs).max(axis=0) > 0.1).all()
    assert np.ptp(outputs[:, 2]) > 0.1  # it learned
    for name in ("spikes", "synaptic_events", "host_spikes", "learning_updates"):
        assert len({getattr(count, name) for count in counts}) > 1, name
    assert {count.neuron_updates for count in counts} == {counts[0].neuron_updates}


@pytest.mark.parametrize("n_parts", [1, 3])
def test_after_a_restart_everything_happens_again_exactly(n_parts):
    made = learning(n_parts)
    with closing(EngineSimulation(made.network)) as simulation:
        first = run(simulation, made)
        for _ in range(2):
            simulation.restart()
            assert simulation.counts == StepCounts()
            assert_alike(run(simulation, made), first)
    assert np.ptp(first.received[:, 2]) > 0.1  # it learned, from the beginning each time


def test_a_restart_in_mid_run_leaves_nothing_under_way():
    made = learning()
    with closing(EngineSimulation(made.network)) as simulation:
        first = run(simulation, made)
        for n_steps in (1, 2, 3, 37):  # learning is in every fourth step, arrivals one late
            simulation.restart()
            part = run(simulation, made, n_steps)
            assert part.counts == first.counts[:n_steps]
            assert len(part.received) == n_steps


def test_before_the_first_step_nothing_is_counted():
    for backend in BACKENDS:
        with closing(backend(learning().network)) as simulation:
            assert simulation.counts == StepCounts()


def test_the_counts_of_all_steps_are_those_of_the_engine_since_its_start():
    made = learning()
    with closing(EngineSimulation(made.network)) as simulation:
        ran = run(simulation, made)
        total = simulation._simulator.engine.counts
    for field in StepCounts._fields:
        summed = sum(getattr(count, field) for count in ran.counts)
        assert getattr(total, field) == summed > 0, field


def test_the_footprint_is_the_emulators_and_does_not_depend_on_activity():
    made, footprints = learning(), []
    for backend in BACKENDS:
        with closing(backend(made.network)) as simulation:
            footprints.append(simulation.footprint)
            run(simulation, made)
            footprints.append(simulation.footprint)
    assert footprints == [footprints[0]] * 4
    # Neurons of a and b; ten pairs that decode each of a's two numbers for b; a pair for each of
    # b's two numbers on their way out, and one for the number that is learned.
    assert footprints[0].compartments == 45 + 36 + 2 * 20 + 2 * 2 + 2


def test_closed_it_no_longer_runs():
    simulation = EngineSimulation(learning().network)
    simulation.close()
    with pytest.raises(nengo.exceptions.SimulatorClosed):
        simulation.step()


class Listening(NamedTuple):
    network: nengo.Network
    given: HostInput
    heard: HostOutput


def listening(
    n_neurons: int, parts: nengo_loihi.BlockShape | None, shown: bool, in_python: bool
) -> Listening:
    """Hear a population's neurons: all, every third, weighted sums, and what they encode.

    Args:
        n_neurons: Neurons of the population.
        parts: How it is split; as nengo-loihi does it when left out.
        shown: Whether neurons are heard one by one, too.
        in_python: Whether the host has a node that Python has to run.
    """
    third = len(range(5, n_neurons, 3))
    n_single = (n_neurons + third) * shown
    given, heard = HostInput(2), HostOutput(n_single + 6)
    draw = np.random.default_rng(8).uniform
    with nengo.Network(seed=9) as network:
        nengo_loihi.add_params(network)
        resting = {"voltage": nengo.dists.Choice([0])}
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(tau_ref=0.002, initial_state=resting)
        network.config[nengo.Ensemble].max_rates = nengo.dists.Uniform(60, 150)
        shows = nengo.Node(given, label="shows")
        hears = nengo.Node(heard, size_in=len(heard.values), label="hears")
        a = nengo.Ensemble(n_neurons, 2, label="a")
        if parts:
            network.config[a].block_shape = parts
        if in_python:
            nengo.Node(lambda t: t, label="in Python")
        nengo.Connection(shows, a, synapse=None)
        if shown:
            nengo.Connection(a.neurons, hears[:n_neurons], synapse=0.01)
            nengo.Connection(a.neurons[5::3], hears[n_neurons:n_single], synapse=0.003)
        one, three = draw(-1e-2, 1e-2, (1, n_neurons)), draw(-1e-2, 1e-2, (3, n_neurons))
        nengo.Connection(a.neurons, hears[n_single], transform=one, synapse=0.005)
        nengo.Connection(a.neurons, hears[n_single + 1 : -2], transform=three, synapse=0.005)
        nengo.Connection(a, hears[-2:], synapse=0.01)
    return Listening(network, given, heard)


def listen(simulation: NeuralSimulation, made: Listening) -> Ran:
    received, counts = [], []
    for step in range(N_STEPS):
        made.given.values[:] = 0.8 * np.sin(0.035 * step), -0.5
        simulation.step()
        received.append(made.heard.values.copy())
        counts.append(simulation.counts)
    return Ran(np.array(received), counts)


def listen_to_the_emulator(made: Listening) -> Ran:
    with closing(EmulatorSimulation(made.network)) as emulation:
        return listen(emulation, made)


def assert_heard(ran: Ran, n_neurons: int) -> None:
    """Assert that most neurons fire, and that it shows which neuron an output is of."""
    fired = ran.received.max(axis=0) > 1.0
    assert 0.5 < fired[:n_neurons].mean() < 1.0
    heard = ran.received[:, :n_neurons][:, fired[:n_neurons]]
    # Some of a thousand fire once or twice, and in the same steps.
    assert len(np.unique(heard, axis=1).T) > 0.75 * heard.shape[1]
    assert (np.abs(ran.received[:, -6:]).max(axis=0) > 0.05).all()


ONE, UNEVEN = nengo_loihi.BlockShape((42,), (42,)), nengo_loihi.BlockShape((16,), (42,))


@pytest.mark.parametrize("in_python", [False, True])
@pytest.mark.parametrize(
    ("n_neurons", "parts", "n_blocks"),
    [(42, ONE, 1), (42, UNEVEN, 3), (1150, None, 2)],
    ids=["one block", "uneven parts", "too many for a core"],
)
def test_outputs_of_neurons_are_the_emulators_through_shared_memory(
    n_neurons, parts, n_blocks, in_python
):
    made = listening(n_neurons, parts, shown=True, in_python=in_python)
    with closing(EngineSimulation(made.network)) as simulation:
        runner = simulation._simulator._runner
        assert isinstance(runner, Exchange)
        assert bool(runner._together) == (blas.FOUND and not in_python)
        assert blocks_per_output(simulation) == {1, n_blocks}  # what is encoded leaves from one
        ours = listen(simulation, made)
        simulation.restart()
        assert_alike(listen(simulation, made), ours)
    assert_alike(ours, listen_to_the_emulator(made))
    assert_heard(ours, n_neurons)


# Rows of a plane: blocks take squares of it, so that neurons leave in another order.
SQUARES = nengo_loihi.BlockShape((3, 4), (6, 7))


@pytest.mark.parametrize("shown", [False, True], ids=["sums", "neurons"])
def test_neurons_that_leave_in_another_order_go_through_queues_but_their_sums_do_not(shown):
    made = listening(42, SQUARES, shown, in_python=False)
    with closing(EngineSimulation(made.network)) as simulation:
        assert isinstance(simulation._simulator._runner, Exchange) == (not shown)
        model = simulation._simulator.model
        outputs = [model.objs[probe]["out"] for probe in model.chip2host_receivers]
        assert [one.reindexing is not None for one in outputs].count(True) == 2 * shown
        assert blocks_per_output(simulation) == {1, 4}
        ours = listen(simulation, made)
    assert_alike(ours, listen_to_the_emulator(made))
    if shown:
        assert_heard(ours, 42)
    assert (np.abs(ours.received[:, -6:]).max(axis=0) > 0.05).all()


@pytest.fixture(scope="module")
def loops(trained) -> dict[type, list[Trajectory]]:
    """Begin a reach of gen3 twice on each backend."""
    arm = load_arm("gen3")
    task = plan_task(arm.model, CentreOut(radius=0.05), seed=0)
    logs: dict[type, list[Trajectory]] = {backend: [] for backend in BACKENDS}
    for backend in BACKENDS:
        with SpikingController(trained.weights, backend, "loihi") as controller:
            for target in task.targets[1:3]:
                state = arm.reset()
                controller.start(state)
                motion = MinimumJerk(state.hand, target, 1.0)
                logs[backend].append(follow(arm, controller, motion, LOOP_TIME))
    return logs


@pytest.mark.parametrize("reach", [0, 1])
def test_a_closed_loop_is_the_emulators_to_the_last_bit(loops, reach):
    ours, theirs = (loops[backend][reach] for backend in (EngineSimulation, EmulatorSimulation))
    assert np.ptp(ours.q, axis=0).max() > 0.003
    assert (np.ptp(ours.torque, axis=0) > 0).all()
    assert len(set(ours.spikes)) > 10
    assert (ours.host_spikes > 0).all()
    for field in fields(Trajectory):
        if field.name not in TIMED:
            np.testing.assert_array_equal(
                getattr(ours, field.name), getattr(theirs, field.name), err_msg=field.name
            )


def test_another_reach_is_another_closed_loop(loops):
    first, second = loops[EngineSimulation]
    assert (first.spikes != second.spikes).mean() > 0.5
    assert np.abs(first.q - second.q).max() > 1e-4
