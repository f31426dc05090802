"""The network's anatomy, and what its decoders yield on points they were not solved from."""

from typing import Any, NamedTuple

import nengo
import numpy as np
import pytest
from nengo.builder.ensemble import get_activities

from arm_models import load_arm
from controller.control_terms import ControlTerms, sample_terms
from controller.gains import Gains
from controller.port import Port
from controller.spiking_network import (
    OUTPUT_HEADROOM,
    PRODUCT_RADIUS,
    SpikingConfig,
    SpikingNetwork,
    build_network,
)
from controller.workspace import Workspace

N_LATENT = 4
CONFIG = SpikingConfig(
    n_latent=N_LATENT, state_neurons=400, velocity_neurons=300, product_neurons=1200,
    max_rate_low=120.0, max_rate_high=210.0, command_linear=2.5, command_angular=7.0,
    n_samples=500, regularization=0.01,
)  # fmt: skip
WORKSPACE = Workspace(radius=0.15, speed_limit=1.3)
# A third above what this many random neurons leave (0.08, 0.30, 0.03, 0.09): the solver's
# noise model and the points outside the samples. The velocity torque is quadratic in seven
# speeds, the hardest of the four and the smallest torque; a linear map of them leaves 0.85.
STATIC_ERROR, VELOCITY_ERROR, TASK_ERROR, CODE_ERROR = 0.11, 0.40, 0.04, 0.12
INPUTS = {"positions", "velocities", "command"}


class Built(NamedTuple):
    terms: ControlTerms
    held_out: ControlTerms
    made: SpikingNetwork
    simulator: nengo.Simulator


def draw_terms(n_samples: int, seed: int) -> ControlTerms:
    rng = np.random.default_rng(seed)
    model = load_arm("gen3").model
    return sample_terms(model, WORKSPACE, Gains(), CONFIG.command_scale, n_samples, N_LATENT, rng)


def build(terms: ControlTerms, neurons: Any = "rate", seed: int = 6) -> SpikingNetwork:
    return build_network(terms, CONFIG, WORKSPACE.speed_limit, neurons, seed)


@pytest.fixture(scope="module")
def built():
    terms = draw_terms(CONFIG.n_samples, seed=41)
    made = build(terms)
    with nengo.Simulator(made.network, progress_bar=False) as simulator:
        yield Built(terms, draw_terms(150, seed=42), made, simulator)


def ensemble(made: SpikingNetwork, label: str) -> nengo.Ensemble:
    return next(e for e in made.network.all_ensembles if e.label == label)


def node(made: SpikingNetwork, label: str) -> nengo.Node:
    return next(n for n in made.network.all_nodes if n.label == label)


def output_connection(made: SpikingNetwork, label: str) -> nengo.Connection:
    torque = node(made, "torque")
    return next(
        c
        for c in made.network.all_connections
        if c.pre_obj is ensemble(made, label) and c.post_obj is torque
    )


def owner(end: Any) -> Any:
    """Give the node or ensemble that one end of a connection belongs to."""
    return end.ensemble if isinstance(end, nengo.ensemble.Neurons) else end


def reachable(made: SpikingNetwork, start: nengo.Node, through_ensembles: bool) -> set:
    edges = [(owner(c.pre_obj), owner(c.post_obj)) for c in made.network.all_connections]
    found, frontier = set(), [start]
    while frontier:
        here = frontier.pop()
        after = {post for pre, post in edges if pre is here} - found
        if not through_ensembles:
            after = {post for post in after if not isinstance(post, nengo.Ensemble)}
        found |= after
        frontier.extend(after)
    return found


def decoded(built: Built, label: str, points: np.ndarray) -> np.ndarray:
    """Decode a share from the neurons' rates at these points, shape (n_points, n_joints)."""
    population = ensemble(built.made, label)
    rates = get_activities(built.simulator.data[population], population, points)
    weights = built.simulator.data[output_connection(built.made, label)].weights
    return rates @ weights.T


def relative_error(actual: np.ndarray, target: np.ndarray) -> float:
    """Give the root mean square error over the root mean square of the target about its mean."""
    return float(np.linalg.norm(actual - target) / np.linalg.norm(target - target.mean(axis=0)))


def test_the_only_nodes_are_the_inputs_and_the_torque(built):
    network = built.made.network
    assert sorted(n.label for n in network.all_nodes) == sorted(INPUTS | {"torque"})
    assert sorted(e.label for e in network.all_ensembles) == ["products", "state", "velocity"]
    assert network.all_probes == []


@pytest.mark.parametrize("label", sorted(INPUTS))
def test_an_input_node_gives_the_array_of_the_port_and_computes_nothing(built, label):
    made = built.made
    given = getattr(made.port, label).values
    here = node(made, label)
    assert here.size_in == 0
    for time in (0.001, 0.37):
        assert here.output(time) is given
    assert here.size_out == len(given) == (6 if label == "command" else 7)


def test_the_torque_node_takes_the_array_as_it_is():
    port = Port(n_joints=5, n_shares=3)
    array, drawn = port.torque.values, np.random.default_rng(8).normal(size=15)
    port.torque(0.37, drawn)
    assert port.torque.values is array
    np.testing.assert_array_equal(array, drawn)


def test_the_network_s_torque_node_is_the_port_s(built):
    here = node(built.made, "torque")
    drawn = np.random.default_rng(9).normal(size=21)
    assert here.size_in == 21
    assert here.output(0.37, drawn) is None
    np.testing.assert_array_equal(built.made.port.torque.values, drawn)


def test_every_path_from_an_input_to_the_torque_passes_through_an_ensemble(built):
    made = built.made
    for label in INPUTS:
        assert node(made, "torque") in reachable(made, node(made, label), through_ensembles=True)
        assert reachable(made, node(made, label), through_ensembles=False) == set()


def test_connections_from_inputs_apply_no_function(built):
    made = built.made
    inputs = [c for c in made.network.all_connections if isinstance(c.pre_obj, nengo.Node)]
    assert {c.pre_obj.label for c in inputs} == INPUTS
    for connection in inputs:
        assert connection.function is None
        assert connection.synapse is None
        if connection.pre_obj.label != "command":
            x = np.random.default_rng(3).normal(size=connection.size_mid)
            transform = connection.transform
            assert isinstance(transform, nengo.transforms.NoTransform) or np.array_equal(
                transform.init @ x if np.ndim(transform.init) else transform.init * x, x
            )


def test_the_command_drives_each_neuron_along_its_encoder(built):
    # A command comes in past the ensemble's encoders; the current must be what a point in
    # the represented space would give: gain (e . x) / radius + bias.
    terms = built.terms
    made = build(terms)
    products = ensemble(made, "products")
    with made.network:
        probe = nengo.Probe(products.neurons, "input")
    with nengo.Simulator(made.network, progress_bar=False) as simulator:
        made.port.positions.values[:] = 0.3
        made.port.command.values[:] = -0.5
        simulator.run_steps(20)
        before = simulator.data[probe][-1]
        step = np.array([0.4, -0.2, 0.3, 0.7, -0.6, 0.1])
        made.port.command.values[:] += step
        simulator.run_steps(40)
        built_products = simulator.data[products]
        # By now the code no longer changes, so what the current gained is the command's.
        gained = simulator.data[probe][-1] - before
    e = built_products.encoders[:, N_LATENT:]
    expected = built_products.gain * (e @ step) / PRODUCT_RADIUS
    assert np.abs(expected).max() > 1.0
    np.testing.assert_allclose(gained, expected, atol=0.03 * np.abs(expected).max())


def test_positions_fill_the_network_s_range_up_to_a_tenth(built):
    scaling, positions = built.made.scaling, built.terms.positions
    scaled = (positions - scaling.center) / scaling.half_range
    np.testing.assert_allclose(scaled.max(axis=0), 1 / 1.1)
    np.testing.assert_allclose(scaled.min(axis=0), -1 / 1.1)
    assert scaling.speed == 1.3


def test_a_share_of_one_is_the_largest_sampled_torque_with_headroom(built):
    terms, torque = built.terms, built.made.scaling.torque
    assert torque.shape == (3, 7)
    static = np.abs(terms.static * terms.inertia).max(axis=0)
    velocity = np.abs(terms.velocity * terms.inertia).max(axis=0)
    np.testing.assert_allclose(torque[:2], OUTPUT_HEADROOM * np.array([static, velocity]))
    # The task's largest torque is over commands drawn within the cube: at most all of them
    # at their limits at once.
    maps = terms.latent.constant + np.tensordot(
        terms.latent.samples, terms.latent.components, axes=1
    )
    bound = np.abs(maps).sum(axis=2).max(axis=0) * terms.inertia
    assert (torque[2] < OUTPUT_HEADROOM * bound).all()
    assert (torque[2] > 0.3 * bound).all()


def test_each_product_neuron_sees_one_pair_and_every_pair_is_seen_alike(built):
    products = ensemble(built.made, "products")
    encoders = np.asarray(products.encoders)
    np.testing.assert_allclose(built.simulator.data[products].encoders, encoders)
    np.testing.assert_allclose(np.linalg.norm(encoders, axis=1), 1.0)
    np.testing.assert_array_equal(np.count_nonzero(encoders[:, :N_LATENT], axis=1), 1)
    np.testing.assert_array_equal(np.count_nonzero(encoders[:, N_LATENT:], axis=1), 1)
    pairs = [tuple(np.flatnonzero(e)) for e in encoders]
    counted = {pair: pairs.count(pair) for pair in set(pairs)}
    assert set(counted) == {(k, N_LATENT + j) for k in range(N_LATENT) for j in range(6)}
    assert set(counted.values()) == {1200 // (6 * N_LATENT)}


def test_each_pair_is_seen_from_all_four_quadrants(built):
    encoders = np.asarray(ensemble(built.made, "products").encoders)
    for k in range(N_LATENT):
        for j in range(N_LATENT, N_LATENT + 6):
            seen = encoders[(encoders[:, k] != 0) & (encoders[:, j] != 0)][:, [k, j]]
            assert len({tuple(np.sign(e)) for e in seen}) == 4


def test_the_static_torque_is_decoded_at_new_positions(built):
    scaling, new = built.made.scaling, built.held_out
    points = (new.positions - scaling.center) / scaling.half_range
    target = new.static * new.inertia / scaling.torque[0]
    assert relative_error(decoded(built, "state", points), target) < STATIC_ERROR


def test_the_velocity_torque_is_decoded_at_new_velocities(built):
    scaling, new = built.made.scaling, built.held_out
    target = new.velocity * new.inertia / scaling.torque[1]
    actual = decoded(built, "velocity", new.velocities / scaling.speed)
    assert relative_error(actual, target) < VELOCITY_ERROR


def test_the_task_torque_is_decoded_at_new_pairs_of_code_and_command(built):
    rng = np.random.default_rng(77)
    terms = built.terms
    code = terms.latent.samples[rng.integers(0, len(terms.positions), 300)]
    command = np.clip(rng.normal(scale=0.35, size=(300, 6)), -1, 1)
    target = terms.latent.torque(code, command) * terms.inertia / built.made.scaling.torque[2]
    actual = decoded(built, "products", np.hstack([code, command]))
    assert relative_error(actual, target) < TASK_ERROR


def test_the_products_are_decoded_and_not_only_the_part_that_is_linear(built):
    # With the code's share of the law taken out, what is left is the products alone.
    rng = np.random.default_rng(78)
    latent, inertia = built.terms.latent, built.terms.inertia
    code = latent.samples[rng.integers(0, len(built.terms.positions), 300)]
    command = np.clip(rng.normal(scale=0.35, size=(300, 6)), -1, 1)
    scale = inertia / built.made.scaling.torque[2]
    linear = (command @ latent.constant.T) * scale
    products = latent.torque(code, command) * scale - linear
    actual = decoded(built, "products", np.hstack([code, command])) - linear
    assert np.corrcoef(actual.ravel(), products.ravel())[0, 1] > 0.8
    slope = float(actual.ravel() @ products.ravel() / (products.ravel() @ products.ravel()))
    assert 0.8 < slope < 1.2


def test_the_code_is_decoded_at_new_positions(built):
    # The code of a new position: its task map on the components that the code was made of.
    scaling, terms, new = built.made.scaling, built.terms, built.held_out
    full = draw_maps(new)
    basis = terms.latent.components.reshape(N_LATENT, -1)
    target = np.linalg.lstsq(basis.T, (full - terms.latent.constant.ravel()).T)[0].T
    state = ensemble(built.made, "state")
    connection = next(
        c
        for c in built.made.network.all_connections
        if c.pre_obj is state and c.post_obj is ensemble(built.made, "products")
    )
    points = (new.positions - scaling.center) / scaling.half_range
    rates = get_activities(built.simulator.data[state], state, points)
    actual = rates @ built.simulator.data[connection].weights.T
    assert relative_error(actual[:, :N_LATENT], target) < CODE_ERROR
    np.testing.assert_array_equal(actual[:, N_LATENT:], 0.0)


def draw_maps(terms: ControlTerms) -> np.ndarray:
    """Compute the scaled task maps at the samples, shape (n_samples, n_joints * 6)."""
    model = load_arm("gen3").model
    maps = []
    for q in terms.positions:
        here = model.dynamics(q)
        J, M = here.jacobian, here.mass_matrix
        task_map = J.T @ np.linalg.inv(J @ np.linalg.inv(M) @ J.T)
        maps.append((task_map * CONFIG.command_scale / terms.inertia[:, None]).ravel())
    return np.array(maps)


@pytest.mark.parametrize(("neurons", "kind"), [("rate", nengo.LIFRate), ("spiking", nengo.LIF)])
def test_the_neurons_are_of_the_kind_asked_for(built, neurons, kind):
    made = build(built.terms, neurons)
    assert {type(e.neuron_type) for e in made.network.all_ensembles} == {kind}
    assert {e.neuron_type.tau_ref for e in made.network.all_ensembles} == {0.001}


def test_populations_have_the_sizes_and_rates_of_the_config(built):
    made, data = built.made, built.simulator.data
    sizes = {e.label: e.n_neurons for e in made.network.all_ensembles}
    assert sizes == {"state": 400, "velocity": 300, "products": 1200}
    for population in made.network.all_ensembles:
        rates = data[population].max_rates
        assert 120.0 <= rates.min() < 130.0
        assert 200.0 < rates.max() <= 210.0


def test_one_seed_gives_the_same_network_and_two_seeds_differ(built):
    weights = []
    for seed in (6, 6, 7):
        made = build(built.terms, seed=seed)
        with nengo.Simulator(made.network, progress_bar=False) as simulator:
            weights.append(simulator.data[output_connection(made, "state")].weights)
    np.testing.assert_array_equal(weights[0], weights[1])
    assert np.abs(weights[0] - weights[2]).max() > 1e-4
