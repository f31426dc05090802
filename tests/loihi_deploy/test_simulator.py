"""The compiled simulator as a drop-in: what a caller of nengo-loihi's may rely on."""

import inspect
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, NamedTuple

import nengo
import numpy as np
import pytest
from nengo.dists import Choice, Uniform
from nengo.exceptions import SimulationError, SimulatorClosed, ValidationError

from spikearm import loihi_deploy
from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.engine.engine import Engine
from spikearm.loihi_deploy.nengo_loihi_compat import EmulatorInterface, nengo_loihi
from spikearm.loihi_deploy.simulator import Simulator
from spikearm.neural.host_io import HostOutput

pytestmark = pytest.mark.filterwarnings(
    "ignore:Model is precomputable:UserWarning",
    "ignore:Lost . extra bits:UserWarning",
    "ignore:Trace increment exceeds:UserWarning",
)

THEIRS = nengo_loihi.Simulator
N_STEPS = 60
RESTING = nengo.LIF(tau_ref=0.001, initial_state={"voltage": Choice([0])})
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


class Made(NamedTuple):
    network: nengo.Network
    probes: dict[str, nengo.Probe]


def chain(noise_seed: int | None = 1) -> Made:
    """Pass noise on from a host ensemble to two on the chip, and learn on the way back."""
    with nengo.Network(seed=3) as network:
        nengo_loihi.add_params(network)
        network.config[nengo.Ensemble].neuron_type = RESTING
        network.config[nengo.Ensemble].max_rates = Uniform(120, 220)
        process = nengo.processes.WhiteNoise(Uniform(-20, 20), scale=False, seed=noise_seed)
        noise = nengo.Node(process, size_out=2)
        wanted = nengo.Node(lambda t: 0.7 * np.sin(40 * t))
        error = nengo.Node(size_in=1, label="error")
        on_host = nengo.Ensemble(20, 2, label="on host")
        network.config[on_host].on_chip = False
        a = nengo.Ensemble(30, 2, label="a")
        b = nengo.Ensemble(25, 1, label="b")
        nengo.Connection(noise, on_host, synapse=0.01)
        nengo.Connection(on_host, a)
        nengo.Connection(a, b, function=lambda x: x[0] * x[1] + 0.3)
        learned = nengo.Connection(
            b, error, function=lambda x: 0 * x, learning_rule_type=nengo.PES(1e-3)
        )
        nengo.Connection(wanted, error, transform=-1, synapse=None)
        nengo.Connection(error, learned.learning_rule)
        probes = {
            "b": nengo.Probe(b, synapse=0.01),
            "spikes": nengo.Probe(a.neurons),
            "voltage": nengo.Probe(b.neurons, "voltage"),
            "error": nengo.Probe(error, synapse=0.02),
            "on host": nengo.Probe(on_host, synapse=0.01),
        }
    return Made(network, probes)


def image(pop_type: int, channels_last: bool) -> Made:
    """Filter a picture that lies on the chip twice, in populations of shared weights."""
    shape = nengo.transforms.ChannelShape(
        (6, 6, 4) if channels_last else (4, 6, 6), channels_last=channels_last
    )
    kernels = np.random.default_rng(2).normal(size=(3, 3, 4, 8))
    transform = nengo.Convolution(
        8, shape, kernel_size=(3, 3), channels_last=channels_last, init=kernels
    )
    relu = nengo.SpikingRectifiedLinear(initial_state={"voltage": Choice([0])})
    same = {"dimensions": 1, "gain": Choice([1.0]), "neuron_type": relu}
    with nengo.Network(seed=6) as network:
        nengo_loihi.add_params(network)
        lights = np.random.default_rng(3).uniform(0, 150, size=shape.size)
        picture = nengo.Ensemble(shape.size, bias=lights, **same)
        filtered = nengo.Ensemble(transform.output_shape.size, bias=Choice([0.0]), **same)
        network.config[filtered].block_shape = nengo_loihi.BlockShape(
            (2, 2, 8) if channels_last else (8, 2, 2), transform
        )
        connection = nengo.Connection(
            picture.neurons, filtered.neurons, transform=transform, synapse=0.005
        )
        network.config[connection].pop_type = pop_type
        probes = {
            "picture": nengo.Probe(picture.neurons),
            "filtered": nengo.Probe(filtered.neurons),
            "voltage": nengo.Probe(filtered.neurons[::7], "voltage"),
        }
    return Made(network, probes)


def large() -> Made:
    """An ensemble larger than a core, and one that is cut into three."""
    with nengo.Network(seed=8) as network:
        nengo_loihi.add_params(network)
        network.config[nengo.Ensemble].neuron_type = RESTING
        a = nengo.Ensemble(1100, 2)
        b = nengo.Ensemble(60, 1)
        network.config[b].block_shape = nengo_loihi.BlockShape((25,), (60,))
        nengo.Connection(nengo.Node([0.7, -0.3]), a, synapse=None)
        nengo.Connection(a, b, function=lambda x: x[0] - x[1])
        probes = {
            "a": nengo.Probe(a),
            "spikes": nengo.Probe(a.neurons[::3]),
            "b": nengo.Probe(b, synapse=0.01),
            "voltage": nengo.Probe(b.neurons, "voltage"),
        }
    return Made(network, probes)


def look(sim: Any, made: Made) -> dict[str, np.ndarray]:
    return {name: np.array(sim.data[probe]) for name, probe in made.probes.items()}


def run(simulator: type, made: Made, n_steps: int = N_STEPS, **options: Any) -> dict:
    with simulator(made.network, target="sim", **options) as sim:
        sim.run_steps(n_steps)
        return look(sim, made)


def assert_equal(actual: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert actual.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(actual[name], values, err_msg=name)


def differ(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> set[str]:
    return {name for name in one if not np.array_equal(one[name], other[name])}


def learning_weights(sim: Any) -> np.ndarray:
    synapses = [one for block in sim.model.blocks for one in block.synapses if one.learning]
    return np.array([weights for one in synapses for weights in one.weights])


@pytest.mark.parametrize(("pop_type", "channels_last"), [(16, True), (32, True), (32, False)])
def test_convolutions_and_their_population_axons_are_exact(pop_type, channels_last):
    made = image(pop_type, channels_last)
    theirs = run(THEIRS, made)
    assert_equal(run(Simulator, made), theirs)
    assert theirs["filtered"].any() and theirs["picture"].any()
    with Simulator(made.network) as sim:
        synapses = [one for block in sim.model.blocks for one in block.synapses]
        assert all(one.pop_type == pop_type and one.atom_bits() > 0 for one in synapses)
        assert all(one.axon_to_weight_map is not None for one in synapses)
        assert len(sim.model.blocks) == 5


def test_populations_split_over_cores_are_exact():
    made = large()
    theirs = run(THEIRS, made)
    assert_equal(run(Simulator, made), theirs)
    assert theirs["spikes"].any() and theirs["b"].any()
    with Simulator(made.network) as sim:
        sizes = [block.n_neurons for block in sim.model.blocks]
        assert sum(sizes) >= 1100 + 60 and max(sizes) < 1100
        assert sizes.count(25) == 2 and sizes.count(10) == 1


def test_learning_changes_the_weights_that_the_model_shows_as_the_emulator_does():
    made, shown = chain(), []
    for simulator in (THEIRS, Simulator):
        with simulator(made.network, target="sim") as sim:
            before = learning_weights(sim).copy()
            sim.run_steps(N_STEPS)
            shown.append(learning_weights(sim).copy())
        assert not before.any()
    assert shown[0].any()
    np.testing.assert_array_equal(shown[1], shown[0])


def test_another_seed_rounds_the_weights_otherwise():
    made, shown = chain(), []
    for seed in (1, 1, 2):
        with Simulator(made.network, seed=seed) as sim:
            sim.run_steps(N_STEPS)
            shown.append(learning_weights(sim).copy())
    np.testing.assert_array_equal(shown[0], shown[1])
    assert (shown[0] != shown[2]).any()


def test_run_in_pieces_is_run_at_once():
    made = chain()
    expected = run(Simulator, made)
    with Simulator(made.network) as sim:
        for n_steps in (1, 0, 17, 2, 40):
            sim.run_steps(n_steps)
        assert_equal(look(sim, made), expected)
        assert (sim.n_steps, sim.time) == (N_STEPS, pytest.approx(N_STEPS * sim.dt))


@pytest.mark.parametrize("noise_seed", [1, None])
def test_reset_repeats_everything_exactly(noise_seed):
    made = chain(noise_seed)
    with Simulator(made.network) as sim:
        data = sim.data
        sim.run_steps(N_STEPS)
        first, weights = look(sim, made), learning_weights(sim).copy()
        for _ in range(2):
            sim.reset()
            assert sim.n_steps == 0 and sim.time == 0
            assert all(len(sim.data[probe]) == 0 for probe in made.probes.values())
            assert not learning_weights(sim).any()
            sim.run_steps(N_STEPS)
            assert_equal(look(sim, made), first)
            np.testing.assert_array_equal(learning_weights(sim), weights)
        assert sim.data is data
    assert first["spikes"].any() and weights.any()


def test_reset_with_another_seed_draws_otherwise_and_with_the_first_one_again():
    made = chain(noise_seed=None)
    with Simulator(made.network, seed=5) as sim:
        outcomes = []
        for seed in (5, 6, 5):
            sim.reset(seed)
            sim.run_steps(N_STEPS)
            outcomes.append(look(sim, made))
    assert_equal(outcomes[2], outcomes[0])
    assert differ(outcomes[0], outcomes[1]) >= {"on host", "spikes"}


def test_cleared_probes_go_on_where_they_were():
    made = chain()
    whole, parts = run(Simulator, made), []
    for simulator in (Simulator, THEIRS):
        with simulator(made.network, target="sim") as sim:
            sim.run_steps(25)
            sim.clear_probes()
            assert all(len(sim.data[probe]) == 0 for probe in made.probes.values())
            sim.run_steps(N_STEPS - 25)
            parts.append(look(sim, made))
    assert_equal(parts[0], parts[1])
    assert_equal(parts[0], {name: values[25:] for name, values in whole.items()})


def test_data_is_there_after_closing_but_nothing_runs():
    made = chain()
    with Simulator(made.network) as sim:
        sim.run_steps(10)
        before = look(sim, made)
    assert sim.closed and all(one.closed for one in sim.sims.values())
    assert_equal(look(sim, made), before)
    assert len(before["b"]) == 10
    for act in (sim.step, sim.reset, lambda: sim.run(0.01)):
        with pytest.raises(SimulatorClosed):
            act()


def test_data_holds_what_the_emulator_s_holds():
    made = chain()
    with THEIRS(made.network, target="sim") as theirs, Simulator(made.network) as ours:
        theirs.run_steps(5)
        ours.run_steps(5)
        assert len(ours.data) == len(theirs.data)
        assert Counter(type(one) for one in ours.data) == Counter(type(one) for one in theirs.data)
        assert set(made.network.all_objects) & (set(theirs.data) ^ set(ours.data)) == set()
        for ensemble in made.network.all_ensembles:
            np.testing.assert_array_equal(
                ours.data[ensemble].scaled_encoders, theirs.data[ensemble].scaled_encoders
            )
        np.testing.assert_array_equal(ours.trange(), theirs.trange())


def fired_in(emulator: Any) -> np.ndarray:
    """List compartments, then input neurons, that fired in the emulator's last step."""
    parts, first = [np.flatnonzero(emulator.compartment.spiked)], len(emulator.compartment.spiked)
    for one in emulator.inputs:
        parts.append(first + np.asarray(one.spikes.get(emulator.t, []), dtype=int))
        first += one.n_neurons
    return np.concatenate(parts)


def test_it_tells_who_fired_on_chip_and_host():
    made, from_host = chain(), 0
    with (
        Simulator(made.network, precompute=False) as ours,
        THEIRS(made.network, target="sim", precompute=False) as theirs,
    ):
        for _ in range(N_STEPS):
            ours.step()
            theirs.step()
            np.testing.assert_array_equal(ours.fired, fired_in(theirs.sims["emulator"]))
            from_host += int((ours.fired >= ours.engine.chip.n_compartments).sum())
        assert ours.engine.counts.spikes > from_host > N_STEPS


def test_it_does_not_tell_who_fired_where_queues_carry_spikes(small):
    with (
        Simulator(small("queues").network, precompute=False) as simulator,
        pytest.raises(SpikearmError, match="in queues"),
    ):
        _ = simulator.fired


def test_simulators_in_threads_give_what_they_give_alone():
    made = [chain(), large(), chain(), image(32, True)]
    alone = [run(Simulator, one, 40) for one in made]
    simulators = [Simulator(one.network) for one in made]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sim: sim.run_steps(40), simulators))
    for sim, one, expected in zip(simulators, made, alone, strict=True):
        assert_equal(look(sim, one), expected)
        sim.close()


class Failing(NamedTuple):
    network: nengo.Network
    probes: dict[str, nengo.Probe]
    broken: list[bool]


@pytest.fixture
def failing() -> Failing:
    """A network whose node on the host fails in step 8, as long as it is broken."""
    broken = [True]

    def output(t: float) -> float:
        if broken[0] and t > 0.0075:
            raise ZeroDivisionError("by the node")
        return 0.5

    with nengo.Network(seed=2) as network:
        a = nengo.Ensemble(20, 1, neuron_type=RESTING)
        nengo.Connection(nengo.Node(output), a, synapse=None)
        probes = {"a": nengo.Probe(a), "spikes": nengo.Probe(a.neurons)}
    return Failing(network, probes, broken)


@pytest.mark.parametrize("precompute", [True, False])
def test_after_a_step_that_failed_it_says_so_and_gives_no_stale_data(failing, precompute):
    with Simulator(failing.network, precompute=precompute) as sim:
        sim.run_steps(5)
        with pytest.raises(ZeroDivisionError, match="by the node"):
            sim.run_steps(5)
        for act in (sim.step, lambda: sim.run_steps(3), lambda: sim.data[failing.probes["a"]]):
            with pytest.raises(SimulationError, match=r"by the node.*reset"):
                act()
    with pytest.raises(SimulationError, match="by the node"):
        _ = sim.data[failing.probes["spikes"]]


@pytest.mark.parametrize("precompute", [True, False])
def test_a_reset_makes_it_run_again_after_a_step_that_failed(failing, precompute):
    with Simulator(failing.network, precompute=precompute) as sim:
        with pytest.raises(ZeroDivisionError):
            sim.run_steps(10)
        failing.broken[0] = False
        sim.reset()
        sim.run_steps(20)
        again = look(sim, failing)
    assert_equal(again, run(THEIRS, failing, 20, precompute=precompute))
    assert again["spikes"].any()


@pytest.fixture
def strict(monkeypatch) -> Iterator[None]:
    for interface in (EmulatorInterface, Engine):
        monkeypatch.setattr(interface, "strict", True)
    yield


def hot() -> nengo.Network:
    """Learn from a neuron that fires in every step: more spikes than a trace can take up."""
    with nengo.Network(seed=4) as network:
        hot = nengo.Ensemble(
            10,
            1,
            gain=np.ones(10),
            bias=np.full(10, 2000.0),
            neuron_type=nengo.SpikingRectifiedLinear(initial_state={"voltage": Choice([0])}),
        )
        out = nengo.Node(size_in=1)
        learned = nengo.Connection(hot, out, transform=[[100]], learning_rule_type=nengo.PES(0.9))
        error = nengo.Node(lambda t, x: 3 if t < 0.02 else -3, size_in=1)  # more than it takes
        nengo.Connection(out, error)
        nengo.Connection(error, learned.learning_rule, synapse=None)
    return network


def messages_of(simulator: type, network: nengo.Network, runs: tuple[int, ...]) -> list[set[str]]:
    messages = []
    with simulator(network, target="sim") as sim:
        for n_steps in runs:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                sim.run_steps(n_steps)
            messages.append({str(one.message) for one in caught})
    return messages


def test_lost_and_clipped_spikes_weights_and_errors_are_said_in_the_same_runs():
    runs = (1, 2, 1, 3, 6, 30)
    theirs = messages_of(THEIRS, hot(), runs)
    assert messages_of(Simulator, hot(), runs) == theirs
    said = set.union(*theirs)
    assert theirs[0] < said and "Synaptic trace spikes lost" in said
    for message in ("Clipping", "PES error greater", "PES error less"):
        assert any(message in one for one in said)


@pytest.mark.filterwarnings("ignore:Clipping:UserWarning", "ignore:Received PES:UserWarning")
def test_strict_it_stops_where_the_emulator_stops(strict):
    stopped = []
    for simulator in (THEIRS, Simulator):
        with simulator(hot(), target="sim") as sim:
            with pytest.raises(SimulationError) as caught:
                sim.run_steps(30)
            stopped.append((sim.sims["emulator"].t, str(caught.value)))
            if simulator is Simulator:
                with pytest.raises(SimulationError, match="stopped"):
                    sim.step()
    assert stopped[0] == stopped[1]


def test_it_takes_the_arguments_of_nengo_loihi_in_their_order():
    ours, theirs = (inspect.signature(one).parameters for one in (Simulator, THEIRS))
    assert {k: (p.kind, p.default) for k, p in ours.items()} == {
        k: (p.kind, p.default) for k, p in theirs.items()
    }
    assert list(ours) == list(theirs)
    with Simulator(chain().network, 0.0005, 7) as sim:
        assert (sim.dt, sim.seed, sim.target) == (0.0005, 7, "sim")


def readout() -> tuple[nengo.Network, HostOutput]:
    """Read spikes off the chip by a dense matrix, into an array of the host."""
    received = HostOutput(7)
    with nengo.Network(seed=5) as network:
        network.config[nengo.Ensemble].neuron_type = RESTING
        a = nengo.Ensemble(90, 2)
        nengo.Connection(nengo.Node([0.6, -0.8]), a, synapse=None)
        out = nengo.Node(received, size_in=7)
        matrix = np.random.default_rng(4).normal(size=(7, 90))
        nengo.Connection(a.neurons, out, transform=matrix, synapse=0.01)
    return network, received


def test_spikes_read_by_a_matrix_are_summed_in_the_emulator_s_order():
    network, received = readout()
    values = []
    for simulator in (THEIRS, Simulator):
        with simulator(network, target="sim", precompute=False) as sim:
            (probe,) = sim.model.probes
            assert not probe.weights[0].flags.c_contiguous  # else the case does not occur
            if simulator is Simulator:
                assert sim._runner._together  # one call of machine code
            values.append([])
            for _ in range(N_STEPS):
                sim.run_steps(1)
                values[-1].append(received.values.copy())
    assert np.abs(values[0]).max() > 0.01
    np.testing.assert_array_equal(values[0], values[1])


def test_one_step_at_a_time_it_does_what_a_run_does_and_takes_no_time_for_its_timers():
    network, received = readout()
    expected = np.zeros(7)
    with Simulator(network, precompute=False) as once, Simulator(network, precompute=False) as ours:
        for _ in range(N_STEPS):
            once.run_steps(1)
            expected = received.values.copy()
            ours.advance()
            np.testing.assert_array_equal(received.values, expected)
        assert expected.any()
        assert (ours.n_steps, ours.time) == (once.n_steps, once.time)
        assert once.timers["run"] > 0.0
        assert "run" not in ours.timers


def test_one_step_at_a_time_it_stops_for_good_where_a_step_fails():
    def output(t: float) -> float:
        return 1.0 / max(0.0, 0.0055 - t)

    with nengo.Network(seed=2) as network:
        a = nengo.Ensemble(20, 1, neuron_type=RESTING)
        nengo.Connection(nengo.Node(output), a, synapse=None)
        nengo.Connection(a, nengo.Node(lambda t, x: None, size_in=1))
    with Simulator(network, precompute=False) as sim:
        assert not sim.engine.keeps  # else it would be a run of one step
        for _ in range(5):
            sim.advance()
        for _ in range(2):
            with pytest.raises((SimulationError, ZeroDivisionError), match="division by zero"):
                sim.advance()
        with pytest.raises(SimulationError, match=r"division by zero.*reset"):
            sim.run_steps(1)


def test_the_package_offers_it_and_nothing_by_a_wrong_name():
    assert loihi_deploy.Simulator is Simulator
    with pytest.raises(AttributeError, match="no attribute 'Simulated'"):
        loihi_deploy.Simulated  # noqa: B018


def test_it_is_a_backend_of_nengo():
    backends = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"]["nengo.backends"]
    assert EntryPoint("spikearm", backends["spikearm"], "nengo.backends").load() is Simulator


def test_another_target_is_refused_with_those_that_there_are():
    with pytest.raises(ValidationError, match=r"target: 'loihi' .* sim, simreal"):
        Simulator(chain().network, target="loihi")


def test_a_sampled_probe_on_the_chip_is_refused_by_name():
    made = large()
    with made.network:
        nengo.Probe(made.network.ensembles[0], sample_every=0.01, label="now and then")
    with pytest.raises(SpikearmError, match=r"now and then.*sample_every=0\.01.*every n-th"):
        Simulator(made.network)


def test_a_probe_of_what_the_chip_does_not_show_is_refused_by_name():
    with nengo.Network() as network:
        rested = nengo.Ensemble(5, 1, neuron_type=RESTING, label="rested")
        nengo.Probe(rested.neurons, "refractory_time")
    with pytest.raises(SpikearmError, match=r"'refractory_time' of .*rested.*Probe one of current"):
        Simulator(network)


def test_learning_on_shared_weights_is_refused_by_name():
    with Simulator(image(32, True).network) as sim:
        model = sim.model
    synapse = next(one for block in model.blocks for one in block.synapses)
    synapse.learning = True
    with pytest.raises(SpikearmError, match=r"conv2d_weights.*dense"):
        Engine(model)
