"""The emulation against nengo-loihi's own simulator, and its counts against what it did."""

from collections.abc import Callable
from contextlib import closing
from time import perf_counter
from types import SimpleNamespace
from typing import Any, NamedTuple

import nengo
import numpy as np
import pytest

from spikearm.arm_models import ArmState, SpikearmError, load_arm
from spikearm.controller.loop.closed_loop import follow
from spikearm.controller.references.minimum_jerk import MinimumJerk
from spikearm.controller.spiking.spiking_controller import SpikingController
from spikearm.experiments.studies.benchmark import metrics
from spikearm.experiments.tasks.centre_out import CentreOut, plan_task
from spikearm.loihi_deploy.backends.emulator import STEP_TIMERS, EmulatorSimulation
from spikearm.loihi_deploy.backends.footprint import STATE_BYTES
from spikearm.loihi_deploy.nengo_loihi_compat import StepRunner, nengo_loihi

pytestmark = pytest.mark.filterwarnings("ignore:Model is precomputable:UserWarning")

N_STEPS = 80
WEIGHT_BITS, AXON_HEADER_BITS, MEMORY_UNIT_BITS = 8, 10, 64
REACH_RMSE = 0.004  # m


class Product(NamedTuple):
    network: nengo.Network
    probes: dict[str, nengo.Probe]
    received: list[np.ndarray]


def product(seed: int | None = 9) -> Product:
    """Multiply two numbers in ``a``, pass the product on to ``b`` and out."""
    received: list[np.ndarray] = []
    with nengo.Network(seed=seed) as network:
        resting = {"voltage": nengo.dists.Choice([0])}
        network.config[nengo.Ensemble].neuron_type = nengo.LIF(tau_ref=0.001, initial_state=resting)
        network.config[nengo.Ensemble].max_rates = nengo.dists.Uniform(120, 220)
        factors = nengo.Node(lambda t: [0.8 * np.sin(30 * t), -0.6], label="factors")
        out = nengo.Node(lambda t, x: received.append(x.copy()), size_in=1, label="out")
        a = nengo.Ensemble(40, 2, label="a")
        b = nengo.Ensemble(30, 1, label="b")
        nengo.Connection(factors, a, synapse=None)
        nengo.Connection(a, b, function=lambda x: x[0] * x[1], synapse=0.005)
        nengo.Connection(b, out, synapse=0.01)
        probes = {
            "decoded": nengo.Probe(b, synapse=0.02),
            "spikes of a": nengo.Probe(a.neurons, "output"),
            "spikes of b": nengo.Probe(b.neurons, "output"),
            "voltage of a": nengo.Probe(a.neurons, "voltage"),
            "input": nengo.Probe(factors),
        }
    return Product(network, probes, received)


def learned_product() -> Product:
    """Let ``a`` learn the product, too, from what it says at first: the sum."""
    made = product()
    with made.network:
        factors, a = made.network.nodes[0], made.network.ensembles[0]
        error = nengo.Node(size_in=1, label="error")
        learned = nengo.Connection(
            a, error, function=np.sum, learning_rule_type=nengo.PES(1e-3), synapse=0.01
        )
        nengo.Connection(factors, error, function=lambda x: -x[0] * x[1], synapse=None)
        nengo.Connection(error, learned.learning_rule)
    return made


class Step(NamedTuple):
    """What nengo-loihi's emulator did in one step.

    Attributes:
        compartments: Compartments that fired.
        arrived: Spikes that arrived from the host, thus those of the step before.
        delivered: Nonzero weights that spikes of the step before were multiplied with.
        learned: Weights that the learning rule was applied to.
    """

    compartments: int
    arrived: int
    delivered: int
    learned: int


def overheard(function: Callable, calls: list[tuple[tuple, Any]]) -> Callable:
    """Let a function's calls be noted: their arguments and their results."""

    def call(*arguments: Any, **options: Any) -> Any:
        result = function(*arguments, **options)
        calls.append((arguments, result))
        return result

    return call


def watch(network: nengo.Network) -> list[Step]:
    """Run nengo-loihi itself and look into its emulator in every step."""
    steps, taken, updates = [], [], []
    with nengo_loihi.Simulator(network, target="sim", precompute=False) as simulator:
        emulator = simulator.sims["emulator"]
        emulator.synapses._weight_update = overheard(emulator.synapses._weight_update, updates)
        for one in emulator.inputs:
            one.spike_idxs = overheard(one.spike_idxs, taken)
        for _ in range(N_STEPS):
            taken.clear()
            updates.clear()
            simulator.step()
            delivered = 0
            for synapse, spikes in emulator.synapses.spikes_in.items():
                for spike in spikes:
                    weights, _ = synapse.axon_weights_indices(spike.axon_idx, atom=spike.atom)
                    delivered += int((weights != 0).sum())
            fired = int(emulator.compartment.spiked.sum())
            arrived = sum(len(spikes) for _, spikes in taken)
            learned = sum(change.size for (_, change), _ in updates)
            steps.append(Step(fired, arrived, delivered, learned))
    return steps


def run(emulation: EmulatorSimulation, n_steps: int = N_STEPS) -> list:
    counts = []
    for _ in range(n_steps):
        emulation.step()
        counts.append(emulation.counts)
    return counts


def bits_per_axon(n_weights: int) -> int:
    """Work out the memory of up to 64 eight-bit weights, in whole units."""
    bits = n_weights * WEIGHT_BITS + AXON_HEADER_BITS
    return -(-bits // MEMORY_UNIT_BITS) * MEMORY_UNIT_BITS


def test_every_step_is_nengo_loihi_s_own_probe_by_probe():
    made = product()
    with nengo_loihi.Simulator(made.network, target="sim", precompute=False) as simulator:
        simulator.run_steps(N_STEPS)
        expected = {name: np.array(simulator.data[p]) for name, p in made.probes.items()}
        output = np.array(made.received[-N_STEPS:])  # Nengo calls it before the first step, too
    with closing(EmulatorSimulation(made.network)) as emulation:
        run(emulation)
        actual = {name: np.array(emulation._simulator.data[p]) for name, p in made.probes.items()}
    for name, values in expected.items():
        assert values.std() > 0, name
        np.testing.assert_array_equal(actual[name], values, err_msg=name)
    assert np.abs(output).max() > 0.01
    np.testing.assert_array_equal(made.received[-N_STEPS:], output)


def test_the_counts_are_what_nengo_loihi_s_emulator_did():
    made = product()
    steps = watch(made.network)
    with closing(EmulatorSimulation(made.network)) as emulation:
        counts = run(emulation)
    assert sum(s.compartments for s in steps) > 50
    assert sum(s.arrived for s in steps) > 50
    assert sum(s.delivered for s in steps) > 1000
    assert [c.spikes for c in counts] == [s.compartments + s.arrived for s in steps]
    assert [c.host_spikes for c in counts] == [s.arrived for s in steps]
    assert [c.synaptic_events for c in counts] == [s.delivered for s in steps]
    assert [c.learning_updates for c in counts] == [s.learned for s in steps] == [0] * N_STEPS


def test_learning_updates_are_those_of_nengo_loihi_s_emulator_and_as_many_as_there_are_weights():
    made = learned_product()
    steps = watch(made.network)
    with closing(EmulatorSimulation(made.network)) as emulation:
        counts = run(emulation)
    assert [c.learning_updates for c in counts] == [s.learned for s in steps]
    # In every fourth step: 40 neurons, one number, a pair of neurons that decodes it.
    assert [c.learning_updates for c in counts] == [0, 0, 0, 40 * 2] * (N_STEPS // 4)


def test_neuron_updates_are_all_compartments_and_input_neurons():
    with closing(EmulatorSimulation(product().network)) as emulation:
        counts = run(emulation, 3)
    # 40 + 30 neurons; ten pairs of decode neurons for one number between them; one pair
    # each for the number that goes out and the one that is probed; one pair on the host for
    # each of the two that come in.
    assert {c.neuron_updates for c in counts} == {40 + 30 + 20 + 4 + 4}


def by_hand() -> nengo.Network:
    """Five neurons driven by bias alone onto four that no input can make fire.

    With a refractory period of 2 ms, the chip's neurons rest for three steps with the spike's
    own, so that a bias far above threshold makes one spike in three steps.
    """
    weights = 0.005 * np.array(
        [
            [1.0, 0.0, 0.0, -1.0, 0.5],
            [1.0, 0.0, 1.0, 0.0, 0.5],
            [0.0, 0.0, 1.0, 0.0, 0.5],
            [1.0, 0.0, 0.0, 0.0, 0.5],
        ]
    )
    neuron_type = nengo.LIF(tau_ref=0.002, initial_state={"voltage": nengo.dists.Choice([0])})
    with nengo.Network(seed=5) as network:
        network.config[nengo.Ensemble].neuron_type = neuron_type
        firing = nengo.Ensemble(5, 1, gain=np.ones(5), bias=[50.0, 0.3, 50.0, 50.0, 0.2])
        silent = nengo.Ensemble(4, 1, gain=np.ones(4), bias=np.full(4, -50.0))
        nengo.Connection(firing.neurons, silent.neurons, transform=weights, synapse=0.005)
    return network


def test_spikes_and_events_of_a_network_worked_out_by_hand():
    with closing(EmulatorSimulation(by_hand())) as emulation:
        counts = run(emulation, 10)
        footprint = emulation.footprint
    # Neurons 0, 2 and 3 fire in steps 1, 4, 7 and 10; their columns hold 3, 2 and 1 weights.
    assert [c.spikes for c in counts] == [3, 0, 0] * 3 + [3]
    assert [c.synaptic_events for c in counts] == [0, 6, 0] * 3 + [0]  # a step later
    assert {(c.neuron_updates, c.host_spikes, c.learning_updates) for c in counts} == {(9, 0, 0)}
    assert footprint.dense == 20
    assert footprint.connection_sparsity == pytest.approx(10 / 20)
    assert (footprint.compartments, footprint.cores, footprint.effective_macs) == (9, 2, 0)
    assert footprint.synapse_memory_bits == 4 * bits_per_axon(4)  # neuron 1 reaches nothing


def test_the_footprint_is_that_of_the_blocks_worked_out_by_hand():
    with closing(EmulatorSimulation(product().network)) as emulation:
        footprint = emulation.footprint
        blocks = emulation._simulator.model.blocks
    # Two pairs of input axons onto 40 neurons, 40 axons onto 20 decode neurons, their pair of
    # axons onto 30 neurons, and two times 30 axons onto a pair: to the node, to the probe.
    bits = 4 * bits_per_axon(40) + 40 * bits_per_axon(20) + 2 * bits_per_axon(30)
    bits += 2 * 30 * bits_per_axon(2)
    compartments = 40 + 30 + 20 + 4
    assert footprint.synapse_memory_bits == bits
    assert footprint.compartments == compartments
    assert footprint.cores == 5 == len(blocks)  # a block to a core
    assert footprint.footprint_bytes == bits // 8 + STATE_BYTES * compartments
    assert footprint.dense == 4 * 40 + 40 * 20 + 2 * 30 + 2 * 30 * 2


@pytest.mark.parametrize(("n_neurons", "cores"), [(1000, 1), (1500, 2)])
def test_an_ensemble_larger_than_a_core_takes_two(n_neurons, cores):
    neuron_type = nengo.LIF(initial_state={"voltage": nengo.dists.Choice([0])})
    with nengo.Network(seed=5) as network:
        a = nengo.Ensemble(n_neurons, 1, neuron_type=neuron_type)
        nengo.Connection(nengo.Node([0.4]), a, synapse=None)
    with closing(EmulatorSimulation(network)) as emulation:
        footprint = emulation.footprint
    assert footprint.compartments == n_neurons
    assert footprint.cores == cores


def test_the_footprint_does_not_depend_on_activity():
    with closing(EmulatorSimulation(product().network)) as emulation:
        before = emulation.footprint
        run(emulation)
        assert emulation.footprint == before


def test_after_a_restart_everything_happens_again_exactly():
    made = product()
    outputs, counts = [], []
    with closing(EmulatorSimulation(made.network)) as emulation:
        for _ in range(3):
            made.received.clear()
            counts.append(run(emulation))
            outputs.append(np.array(made.received))
            emulation.restart()
    assert np.abs(outputs[0]).max() > 0.01
    np.testing.assert_array_equal(outputs[0], outputs[1])
    np.testing.assert_array_equal(outputs[0], outputs[2])
    assert counts[0] == counts[1] == counts[2]


def test_after_a_restart_nothing_has_been_counted():
    with closing(EmulatorSimulation(product().network)) as emulation:
        fresh = emulation.counts
        run(emulation)
        emulation.restart()
        assert emulation.counts == fresh


def test_a_network_without_a_seed_is_refused_because_it_could_not_restart():
    with pytest.raises(SpikearmError, match="give it a seed"):
        EmulatorSimulation(product(seed=None).network)


def test_two_seeds_differ():
    totals = []
    for seed in (9, 10):
        with closing(EmulatorSimulation(product(seed).network)) as emulation:
            totals.append([c.spikes for c in run(emulation)])
    assert totals[0] != totals[1]


def test_a_closed_emulation_no_longer_runs():
    emulation = EmulatorSimulation(product().network)
    emulation.close()
    with pytest.raises(nengo.exceptions.SimulatorClosed):
        emulation.step()


def test_nengo_loihis_timers_tell_of_the_last_step_alone():
    with closing(EmulatorSimulation(product().network)) as emulation:
        assert emulation.timers == {}
        found = []
        for _ in range(6):
            began = perf_counter()
            emulation.step()
            found.append((emulation.timers, perf_counter() - began))
    assert all(set(timers) == {"run"} for timers, _ in found)
    assert all(0 < timers["run"] < whole for timers, whole in found)
    assert len({timers["run"] for timers, _ in found}) > 1


def test_on_a_board_nengo_loihi_times_the_begin_the_exchange_and_the_end_of_a_run():
    order: list[str] = []
    timers = nengo_loihi.simulator.Timers()
    board = SimpleNamespace(
        run_steps=lambda steps, blocking: order.append(f"begin {steps}"),
        wait_for_completion=lambda: order.append("wait"),
    )
    host = SimpleNamespace(step=lambda: order.append("host"))
    runner = SimpleNamespace(
        timers=timers, loihi=board, host=host,
        _host2chip=lambda chip: order.append("to chip"),
        _chip2host=lambda chip: order.append("from chip"),
    )  # fmt: skip
    StepRunner.loihi_bidirectional_with_host(runner, 1)
    assert order == ["begin 1", "host", "to chip", "from chip", "wait"]
    assert tuple(timers) == STEP_TIMERS


@pytest.fixture(scope="module")
def reaching(trained) -> Any:
    """Begin the same reach twice with one spiking controller on the emulator."""
    arm = load_arm("gen3")
    task = plan_task(arm.model, CentreOut(radius=0.05), seed=0)
    logs = []
    controller = SpikingController(trained.weights, EmulatorSimulation, "loihi")
    with closing(controller):
        for _ in range(2):
            state: ArmState = arm.reset()
            controller.start(state)
            logs.append(follow(arm, controller, MinimumJerk(state.hand, task.targets[1], 1), 0.2))
        return logs, controller.simulation.footprint


def test_a_reach_on_the_emulator_repeats_exactly(reaching):
    (first, again), _ = reaching
    np.testing.assert_array_equal(first.q, again.q)
    np.testing.assert_array_equal(first.torque, again.torque)
    np.testing.assert_array_equal(first.synaptic_events, again.synaptic_events)
    assert np.std(first.torque, axis=0).min() > 0


def test_a_reach_on_the_emulator_follows_its_path(reaching):
    (log, _), _ = reaching
    assert np.isfinite(log.torque).all()
    # A network a tenth of the usual size, in the chip's coarse numbers, for 0.2 s.
    assert 1e-6 < metrics.position_rmse(log) < REACH_RMSE


def test_a_reach_on_the_emulator_is_counted(reaching):
    (log, _), footprint = reaching
    inputs = 2 * (14 + 7 + 6)  # a pair of neurons on the host for each number that comes in
    assert (log.neuron_updates == footprint.compartments + inputs).all()
    assert (log.spikes > 0).all()
    assert (log.synaptic_events > log.spikes).mean() > 0.9
    assert footprint.cores >= 3
