"""The network's anatomy, and what its neurons do against closed forms."""

from contextlib import closing
from dataclasses import replace
from typing import Any

import nengo
import numpy as np
import pytest
from scipy.signal import lfilter

from spikearm.arm_models import load_arm
from spikearm.controller.classical.home_inertia import HomeInertia
from spikearm.controller.spiking.spiking_network import (
    Filters,
    SpikingNetwork,
    build_network,
)
from spikearm.controller.weights.membrane import LEAKY, TAU_REF, NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.trained import shipped
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.host_io import HostInput, HostOutput
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

INPUTS = {"posture", "velocities", "command"}
LAYERS = ["features", "code", "products", "friction"]
FILTERS = Filters(layer_tau=0.004, torque_tau=0.013)
SETTLED = 400  # steps; after a hundred time constants of the layers' filter nothing changes
SIMULATIONS: dict[NeuralStage, type[NeuralSimulation]] = {
    "rate": NengoSimulation, "spiking": NengoSimulation, "loihi": EngineSimulation,
}  # fmt: skip


@pytest.fixture(scope="module")
def smooth(weights) -> NetworkWeights:
    """Give the weights of an arm without dry friction: the same, less the neurons against it."""
    return replace(
        weights,
        friction_velocity=np.zeros((0, 3)),
        friction_command=np.zeros((0, 6)),
        friction_bias=np.zeros(0),
        readout={stage: readout[:, :51] for stage, readout in weights.readout.items()},
    )


@pytest.fixture(scope="module")
def made(weights) -> SpikingNetwork:
    return build_network(weights, "spiking", FILTERS)


def draw_inputs(seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.9, 0.9, 15)


def run(
    made: SpikingNetwork, simulation: type[NeuralSimulation], inputs: np.ndarray, n_steps: int
) -> np.ndarray:
    """Give what comes out in every step, shape (n_steps, n_outputs)."""
    made.nodes.inputs[:] = inputs
    seen = []
    with closing(simulation(made.network)) as running:
        for _ in range(n_steps):
            running.step()
            seen.append(made.nodes.outputs.values.copy())
    return np.array(seen)


def owner(end: Any) -> Any:
    """Give the node or ensemble that one end of a connection belongs to."""
    return end.ensemble if isinstance(end, nengo.ensemble.Neurons) else end


def reachable(made: SpikingNetwork, start: nengo.Node, through_ensembles: bool) -> set[str]:
    edges = [(owner(c.pre_obj), owner(c.post_obj)) for c in made.network.all_connections]
    found, frontier = set(), [start]
    while frontier:
        here = frontier.pop()
        after = {post for pre, post in edges if pre is here} - found
        if not through_ensembles:
            after = {post for post in after if not isinstance(post, nengo.Ensemble)}
        found |= after
        frontier.extend(after)
    return {one.label for one in found}


def computing(network: nengo.Network) -> list[str]:
    """Name the nodes that do more than give the host's array or take it."""
    return [
        node.label
        for node in network.all_nodes
        if not (type(node.output) is HostInput and node.size_in == 0)
        and not (type(node.output) is HostOutput and node.size_out == 0)
    ]


def lif_rate(current: np.ndarray) -> np.ndarray:
    """Give the closed form of a leaky integrate-and-fire neuron's rate [Hz]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        period = TAU_REF + LEAKY.tau_rc * np.log(current / (current - 1.0))
    return np.where(current > 1.0, 1.0 / period, 0.0)


def activities(weights: NetworkWeights, inputs: np.ndarray) -> np.ndarray:
    """Work the layers out one after the other, neuron by neuron as the attributes say."""
    posture, velocities, command = inputs[:6], inputs[6:9], inputs[9:]
    current = weights.posture @ posture + weights.velocity @ velocities + weights.feature_bias
    features = lif_rate(current)
    code = lif_rate(weights.hidden @ features + weights.code_bias)
    z = weights.latent @ code
    products = weights.factors @ z + weights.command @ command + weights.product_bias
    speed = weights.friction_velocity @ velocities + weights.friction_command @ command
    friction = lif_rate(speed + weights.friction_bias)
    return np.concatenate([features, code, lif_rate(products), friction])


def test_the_only_nodes_are_the_inputs_and_the_outputs_and_none_computes(made):
    network = made.network
    assert sorted(n.label for n in network.all_nodes) == sorted(INPUTS | {"outputs"})
    assert sorted(e.label for e in network.all_ensembles) == sorted(LAYERS)
    assert network.all_probes == []
    assert computing(network) == []


@pytest.mark.parametrize(
    "output", [lambda t, x: x * 1.5, lambda t, x: None, None, nengo.processes.WhiteNoise()]
)
def test_a_node_that_computes_would_be_found(weights, output):
    network = build_network(weights, "spiking").network
    with network:
        nengo.Node(output, size_in=None if isinstance(output, nengo.Process) else 2, label="cheat")
    assert computing(network) == ["cheat"]


@pytest.mark.parametrize(("label", "size"), [("posture", 6), ("velocities", 3), ("command", 6)])
def test_an_input_node_gives_the_array_of_the_port(made, label, size):
    here = next(n for n in made.network.all_nodes if n.label == label)
    assert here.output is getattr(made.nodes, label)
    assert here.size_out == size
    for time in (0.001, 0.37):
        assert here.output(time) is getattr(made.nodes, label).values


@pytest.mark.parametrize(("readout", "size"), [(True, 3), (False, 60)])
def test_the_output_node_is_the_ports(weights, readout, size):
    made = build_network(weights, "spiking", readout=readout)
    here = next(n for n in made.network.all_nodes if n.label == "outputs")
    assert here.output is made.nodes.outputs
    assert here.size_in == len(made.nodes.outputs.values) == size


@pytest.mark.parametrize("label", sorted(INPUTS))
def test_every_path_from_an_input_to_the_outputs_passes_through_an_ensemble(made, label):
    start = next(n for n in made.network.all_nodes if n.label == label)
    assert "outputs" in reachable(made, start, through_ensembles=True)
    assert reachable(made, start, through_ensembles=False) == set()


def edges_of(made: SpikingNetwork) -> set[tuple[str, str]]:
    return {(owner(c.pre_obj).label, owner(c.post_obj).label) for c in made.network.all_connections}


SMOOTH_EDGES = {
    ("posture", "features"), ("velocities", "features"), ("command", "products"),
    ("features", "code"), ("code", "products"),
    ("features", "outputs"), ("code", "outputs"), ("products", "outputs"),
}  # fmt: skip


def test_the_command_reaches_the_products_and_the_friction_neurons_alone(made):
    assert {post for pre, post in edges_of(made) if pre == "command"} == {"products", "friction"}


def test_the_state_passes_both_layers_but_for_velocities_to_the_friction_neurons(made):
    assert edges_of(made) == SMOOTH_EDGES | {
        ("velocities", "friction"), ("command", "friction"), ("friction", "outputs")
    }  # fmt: skip


def test_without_friction_neurons_there_are_three_ensembles_only(smooth):
    made = build_network(smooth, "spiking")
    assert [e.label for e in made.network.all_ensembles] == LAYERS[:3]
    assert edges_of(made) == SMOOTH_EDGES


@pytest.mark.parametrize("stage", ["spiking", "loihi"])
def test_without_friction_neurons_the_others_do_what_they_did(weights, smooth, stage):
    inputs = draw_inputs()
    with_them, without = (
        run(build_network(one, stage, FILTERS, readout=False), SIMULATIONS[stage], inputs, 90)
        for one in (weights, smooth)
    )
    assert without.shape == (90, 51)
    assert np.ptp(without[:, 25:], axis=0).max() > 20.0
    np.testing.assert_array_equal(without, with_them[:, :51])
    torque = run(build_network(smooth, stage, FILTERS), SIMULATIONS[stage], inputs, 90)
    expected = without @ weights.readout[stage][:, :51].T
    np.testing.assert_allclose(torque, expected, atol=1e-9)
    against_friction = with_them[:, 51:] @ weights.readout[stage][:, 51:].T
    assert np.abs(against_friction).max() > 0.1


def test_no_connection_applies_a_function(made):
    for connection in made.network.all_connections:
        assert connection.function is None, connection
        assert isinstance(
            connection.transform, nengo.transforms.Dense | nengo.transforms.NoTransform
        )


def test_connections_are_filtered_between_layers_and_at_the_outputs(made):
    taus = {
        (owner(c.pre_obj).label, owner(c.post_obj).label): c.synapse and c.synapse.tau
        for c in made.network.all_connections
    }
    assert {tau for (pre, _), tau in taus.items() if pre in INPUTS} == {None}
    assert {tau for (_, post), tau in taus.items() if post == "outputs"} == {0.013}
    assert {taus["features", "code"], taus["code", "products"]} == {0.004}


@pytest.mark.parametrize(
    ("stage", "kind"), [("rate", nengo.LIFRate), ("spiking", nengo.LIF), ("loihi", nengo.LIF)]
)
def test_the_neurons_are_of_the_kind_of_the_stage(weights, stage, kind):
    made = build_network(weights, stage)
    assert {type(e.neuron_type) for e in made.network.all_ensembles} == {kind}
    assert {e.neuron_type.tau_ref for e in made.network.all_ensembles} == {TAU_REF}
    sizes = {e.label: e.n_neurons for e in made.network.all_ensembles}
    assert sizes == {"features": 14, "code": 11, "products": 26, "friction": 9}


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_settled_rate_neurons_have_the_rates_of_the_closed_form_layer_by_layer(weights, seed):
    inputs = draw_inputs(seed)
    made = build_network(weights, "rate", FILTERS, readout=False)
    expected = activities(weights, inputs)
    for layer in (expected[:14], expected[14:25], expected[25:51], expected[51:]):
        assert np.mean(layer > 5.0) > 0.4
        assert np.ptp(layer) > 20.0
    assert (expected == 0.0).any()
    np.testing.assert_allclose(run(made, NengoSimulation, inputs, SETTLED)[-1], expected, atol=1e-6)


def test_spiking_neurons_fire_at_the_rates_of_the_closed_form_on_average(weights):
    inputs = draw_inputs()
    made = build_network(weights, "spiking", FILTERS, readout=False)
    seen = run(made, NengoSimulation, inputs, 1500)[500:].mean(axis=0)
    expected = activities(weights, inputs)
    # A spike more or less in the second that was counted; behind a layer, the spikes' ripple
    # matters most to neurons that are close to their threshold.
    for driven_by_inputs in (slice(14), slice(51, 60)):
        np.testing.assert_allclose(seen[driven_by_inputs], expected[driven_by_inputs], atol=1.5)
    np.testing.assert_allclose(seen[14:51], expected[14:51], atol=25.0)
    assert np.abs(seen[14:51] - expected[14:51]).mean() < 5.0


def test_without_a_readout_every_neurons_filtered_spikes_come_out_in_order(weights):
    made = build_network(weights, "spiking", FILTERS, readout=False)
    layers = {e.label: e for e in made.network.all_ensembles}
    with made.network:
        probes = [nengo.Probe(layers[name].neurons) for name in LAYERS]
    made.nodes.inputs[:] = draw_inputs()
    seen = []
    with nengo.Simulator(made.network, progress_bar=False) as simulator:
        for _ in range(150):
            simulator.step()
            seen.append(made.nodes.outputs.values.copy())
        spikes = np.hstack([simulator.data[probe] for probe in probes])
    assert np.count_nonzero(spikes.any(axis=0)) > 25
    keep = np.exp(-0.001 / FILTERS.torque_tau)
    filtered = lfilter([0.0, 1.0 - keep], [1.0, -keep], spikes, axis=0)
    np.testing.assert_allclose(np.array(seen), filtered, atol=1e-9)


@pytest.mark.parametrize("stage", ["rate", "spiking", "loihi"])
def test_the_torque_is_the_readout_of_the_stage_times_the_activities(weights, stage):
    inputs = draw_inputs()
    torque, activity = (
        run(build_network(weights, stage, FILTERS, readout=readout), SIMULATIONS[stage], inputs, 90)
        for readout in (True, False)
    )
    expected = activity @ weights.readout[stage].T
    assert np.ptp(torque, axis=0).min() > 0.05
    np.testing.assert_allclose(torque, expected, atol=1e-9)
    for other in set(SIMULATIONS) - {stage}:
        assert np.abs(torque - activity @ weights.readout[other].T).max() > 0.1


def test_a_stage_without_a_readout_can_be_recorded_but_decodes_nothing(weights):
    bare = NetworkWeights.from_arrays(
        {name: a for name, a in weights.arrays().items() if not name.startswith("readout")}
    )
    assert len(build_network(bare, "loihi", readout=False).nodes.outputs.values) == 60
    with pytest.raises(KeyError, match="loihi"):
        build_network(bare, "loihi")


def test_all_numbers_come_from_the_weights_and_the_seed_only_names_the_network(weights):
    seen = []
    for seed in (3, 3, 4):
        made = build_network(weights, "spiking", FILTERS, seed)
        assert made.network.seed == seed
        seen.append(run(made, NengoSimulation, draw_inputs(), 60))
    assert np.abs(seen[0]).max() > 0.1
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[0], seen[2])


def follow_sine(
    made: SpikingNetwork,
    simulation: type[NeuralSimulation],
    rest: np.ndarray,
    amplitude: float,
    frequency: float,
    n_steps: int,
) -> np.ndarray:
    """Give the lags [s] with which outputs follow a sine of the command's first number."""
    phase = 2.0 * np.pi * frequency * 0.001 * np.arange(-SETTLED, n_steps)
    seen = []
    with closing(simulation(made.network)) as running:
        for value in np.sin(phase):
            made.nodes.inputs[:] = rest
            made.nodes.command.values[0] += amplitude * value
            running.step()
            seen.append(made.nodes.outputs.values.copy())
    now = phase[SETTLED:]
    basis = np.column_stack([np.sin(now), np.cos(now), np.ones(n_steps)])
    sine, cosine, _ = np.linalg.lstsq(basis, np.array(seen[SETTLED:]), rcond=None)[0]
    return np.arctan(-cosine / sine) / (2.0 * np.pi * frequency)


@pytest.mark.parametrize(("stage", "taus"), [("spiking", (0.013,)), ("loihi", (0.004, 0.013))])
def test_the_lag_of_the_filters_is_the_mean_time_of_their_impulse_response(stage, taus):
    response = np.eye(600, 1)
    for tau in taus:
        response = nengo.Lowpass(tau).filt(response, dt=0.001, y0=0.0)
    steps = len(taus) + np.arange(600)  # what a filter is given shows a step later
    expected = 0.001 * steps @ response.ravel() / response.sum()
    assert FILTERS.command_lag(stage) == pytest.approx(expected, rel=1e-6)


def test_the_torque_of_settled_rates_lags_as_its_filter_does(weights):
    made = build_network(weights, "rate", FILTERS)
    lags = follow_sine(made, NengoSimulation, draw_inputs(), 0.01, 2.0, 500)
    assert lags == pytest.approx([FILTERS.command_lag("rate")] * 3, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["spiking", "loihi"])
def test_spiking_neurons_make_up_for_less_than_4_ms_of_the_lag(stage):
    weights, arm = shipped("gen3").weights, load_arm("gen3")
    made = build_network(weights, stage)
    rest = made.nodes.inputs.copy()
    weights.scaling.write(rest, arm.chain.home, np.zeros(7), np.zeros(6))
    lags = follow_sine(made, SIMULATIONS[stage], rest, 0.6, 1.0, 3000)
    task_map = HomeInertia.of_arm(arm.model).task_map[:, 0]
    strongest = int(np.argmax(np.abs(task_map / weights.scaling.torque)))
    assert 0.5e-3 < Filters().command_lag(stage) - lags[strongest] < 4e-3
