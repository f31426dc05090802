"""The network's algebra: which pairs are seen, how fast neurons fire, what is decoded."""

from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import nengo
import numpy as np
import pytest

from spikearm.controller.classical.dry_friction import DryFriction
from spikearm.controller.spiking.spiking_network import Filters, build_network
from spikearm.controller.training.compression import Compression
from spikearm.controller.training.products import (
    CHIP_STEP,
    COMMAND_SPREAD,
    MAX_RATES,
    RIDGE,
    assemble,
    draw_commands,
    solve_readout,
    steady_rates,
)
from spikearm.controller.training.samples import Samples
from spikearm.controller.weights.membrane import LEAKY, TAU_REF, NeuralStage
from spikearm.controller.weights.network_weights import NetworkWeights
from spikearm.controller.weights.scaling import Scaling
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.loihi_deploy.nengo_loihi_compat import nengo_loihi
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

loihi_rates = nengo_loihi.neurons.loihi_rates
N_FEATURES, N_CODE, N_LATENT, N_PRODUCTS, N_FRICTION = 30, 24, 3, 180, 120
SCALING = Scaling(
    np.array([0.1, -0.3, 0.5]), np.repeat([0.0, 0.6, 0.0, 0.0, 0.0], 3),
    np.repeat([1.3, 0.7, 2.0, 4.0, 9.0], 3), np.array([9.0, 4.0, 1.5]),
)  # fmt: skip
NO_LAG = Filters(layer_tau=0.0, torque_tau=0.0)
DT = 0.001  # s

ROUGH = DryFriction(
    np.array([1.7, 0.0, 0.6]), np.linspace(-0.05, 0.06, 18).reshape(3, 6)
)  # in two of three joints
SMOOTH = replace(ROUGH, torque=np.zeros(3))


@pytest.fixture(scope="module")
def compression() -> Compression:
    """Draw a deep network whose neurons fire, and whose code is about [-1, 1] around 0.2."""
    rng = np.random.default_rng(21)
    second = rng.normal(scale=0.008, size=(N_CODE, N_FEATURES))
    return Compression(
        first=rng.normal(scale=0.7, size=(N_FEATURES, 9)),
        first_bias=rng.uniform(1.0, 2.6, N_FEATURES),
        second=second,
        second_bias=rng.uniform(1.2, 2.4, N_CODE),
        latent=rng.normal(scale=0.004, size=(N_LATENT, N_CODE)),
        latent_bias=np.array([0.2, -0.1, 0.15]),
        maps=rng.normal(size=(18, N_LATENT)), maps_bias=rng.normal(size=18),
        drift_first=np.zeros((3, N_FEATURES)), drift_second=np.zeros((3, N_CODE)),
        drift_bias=np.zeros(3),
    )  # fmt: skip


@pytest.fixture(scope="module")
def assembled(compression) -> NetworkWeights:
    return assemble(compression, SCALING, LEAKY, N_PRODUCTS, np.random.default_rng(22), ROUGH)


def draw_states(n: int, seed: int = 4) -> tuple[Samples, np.ndarray]:
    """Draw states, of a law that is left open, and commands, all within the network's range."""
    rng = np.random.default_rng(seed)
    positions = SCALING.middle + rng.uniform(-1.2, 1.2, (n, 3))
    velocities = rng.uniform(-1.6, 1.6, (n, 3))
    commands = rng.uniform(-0.8, 0.8, (n, 6)) * SCALING.half_range[9:]
    return lawless(positions, velocities), commands


def lawless(positions: np.ndarray, velocities: np.ndarray) -> Samples:
    n = len(positions)
    return Samples(positions, velocities, np.zeros((n, 3, 6)), np.zeros((n, 3)))


def scaled(samples: Samples, commands: np.ndarray) -> np.ndarray:
    """Work out the network's inputs, shape (n, 15)."""
    angle = samples.positions - SCALING.middle
    values = np.hstack([np.sin(angle), np.cos(angle), samples.velocities, commands])
    inputs = (values - SCALING.center) / SCALING.half_range
    assert np.abs(inputs).max() < 1.0
    return inputs


def test_each_product_neuron_sees_one_pair_and_every_pair_is_seen_alike(assembled):
    factors, command = assembled.factors, assembled.command
    assert (factors.shape, command.shape) == ((N_PRODUCTS, N_LATENT), (N_PRODUCTS, 6))
    np.testing.assert_array_equal(np.count_nonzero(factors, axis=1), 1)
    np.testing.assert_array_equal(np.count_nonzero(command, axis=1), 1)
    pairs = list(zip(factors.nonzero()[1].tolist(), command.nonzero()[1].tolist(), strict=True))
    assert pairs == sorted(pairs)  # those of a pair lie side by side
    counted = {pair: pairs.count(pair) for pair in set(pairs)}
    assert set(counted) == {(k, j) for k in range(N_LATENT) for j in range(6)}
    assert set(counted.values()) == {N_PRODUCTS // (6 * N_LATENT)}


def test_a_number_of_products_that_pairs_do_not_divide_is_spread_evenly(compression):
    made = assemble(compression, SCALING, LEAKY, 131, np.random.default_rng(2), SMOOTH)
    pairs = 6 * made.factors.nonzero()[1] + made.command.nonzero()[1]
    assert set(np.bincount(pairs).tolist()) == {7, 8}


def test_each_pair_is_seen_on_diagonals_from_all_four_quadrants(assembled):
    code = assembled.factors[assembled.factors != 0]
    command = assembled.command[assembled.command != 0]
    np.testing.assert_allclose(np.abs(code), np.abs(command))
    pairs = 6 * assembled.factors.nonzero()[1] + assembled.command.nonzero()[1]
    quadrants = np.sign(code) + 3 * np.sign(command)
    seen = [len(set(quadrants[pairs == pair].tolist())) for pair in range(18)]
    assert np.mean(seen) > 3.5


def test_at_the_corner_of_its_diagonal_a_product_neuron_has_its_largest_rate(assembled):
    # Code and command of 1 in a neuron's own directions; what the code lacks is in the bias.
    corner = np.abs(assembled.factors).sum(axis=1) + np.abs(assembled.command).sum(axis=1)
    offset = assembled.factors @ np.array([0.2, -0.1, 0.15])
    above = corner + assembled.product_bias - offset - 1
    largest = 1 / (TAU_REF + LEAKY.tau_rc * np.log1p(1 / above))
    assert largest.min() >= MAX_RATES[0]
    assert largest.max() <= MAX_RATES[1]
    assert np.std(largest) > 15.0


def test_layers_and_scaling_are_taken_over(assembled, compression):
    np.testing.assert_array_equal(
        np.hstack([assembled.posture, assembled.velocity]), compression.first
    )
    assert assembled.posture.shape == (N_FEATURES, 6)
    np.testing.assert_array_equal(assembled.hidden, compression.second)
    np.testing.assert_array_equal(assembled.code_bias, compression.second_bias)
    assert assembled.scaling is SCALING
    assert assembled.layers == (N_FEATURES, N_CODE, N_PRODUCTS, N_FRICTION)
    assert assembled.readout == {}


def test_one_seed_assembles_the_same_products_and_two_seeds_differ(compression, assembled):
    again, other = (
        assemble(compression, SCALING, LEAKY, N_PRODUCTS, np.random.default_rng(s), ROUGH)
        for s in (22, 23)
    )
    np.testing.assert_array_equal(again.factors, assembled.factors)
    np.testing.assert_array_equal(again.product_bias, assembled.product_bias)
    np.testing.assert_array_equal(again.friction_bias, assembled.friction_bias)
    assert np.abs(other.product_bias - assembled.product_bias).max() > 0.1
    assert np.abs(other.friction_bias - assembled.friction_bias).max() > 0.1


def test_an_arm_without_friction_has_no_neurons_against_it_and_the_same_others(
    compression, assembled
):
    made = assemble(compression, SCALING, LEAKY, N_PRODUCTS, np.random.default_rng(22), SMOOTH)
    assert made.layers == (N_FEATURES, N_CODE, N_PRODUCTS, 0)
    theirs, ours = made.arrays(), assembled.arrays()
    against = {"friction_velocity", "friction_command", "friction_bias"}
    assert against < set(ours) == set(theirs)
    assert [theirs[name].shape for name in sorted(against)] == [(0,), (0, 6), (0, 3)]
    for name in set(ours) - against:
        np.testing.assert_array_equal(theirs[name], ours[name], err_msg=name)


def settled(
    weights: NetworkWeights, simulation: type[NeuralSimulation] | None, stage: NeuralStage,
    inputs: np.ndarray, n_steps: int, averaged: int,
) -> np.ndarray:  # fmt: skip
    """Give what neurons do in the end, on average over the last steps [Hz]."""
    made = build_network(weights, stage, readout=False)
    made.nodes.inputs[:] = inputs
    total = np.zeros(sum(weights.layers))
    if simulation is None:
        with nengo.Simulator(made.network, progress_bar=False) as simulator:
            simulator.run_steps(n_steps)
            return made.nodes.outputs.values.copy()
    running = simulation(made.network)
    for step in range(n_steps):
        running.step()
        total += made.nodes.outputs.values * (step >= n_steps - averaged)
    running.close()
    return total / averaged


def test_steady_rates_are_nengos_own_of_rate_neurons(assembled):
    states = draw_states(3)
    expected = steady_rates(assembled, *states, "rate", NO_LAG)
    assert expected.shape == (3, N_FEATURES + N_CODE + N_PRODUCTS + N_FRICTION)
    assert (np.ptp(expected, axis=0) > 1.0).mean() > 0.5
    assert (expected == 0).mean() > 0.1
    for row, wanted in zip(scaled(*states), expected, strict=True):
        np.testing.assert_allclose(settled(assembled, None, "rate", row, 300, 1), wanted, atol=1e-6)


def test_commands_and_velocities_beyond_the_networks_range_are_cut(assembled):
    samples, commands = draw_states(3)
    fast = replace(samples, velocities=samples.velocities * np.array([1.0, 0.6, 3.0]))
    beyond = commands * np.array([3.0, 1.0, 0.5, 1.0, 4.0, 1.0])
    shares = np.hstack([fast.velocities, beyond]) / SCALING.half_range[6:]
    for given in (shares[:, :3], shares[:, 3:]):
        assert 0.1 < np.mean(np.abs(given) > 1.2) < 0.9
    inputs = scaled(samples, commands)
    inputs[:, 6:] = np.clip(shares, -1.0, 1.0)
    expected = steady_rates(assembled, fast, beyond, "rate", NO_LAG)
    for row, wanted in zip(inputs, expected, strict=True):
        np.testing.assert_allclose(settled(assembled, None, "rate", row, 300, 1), wanted, atol=1e-6)


def moved(
    weights: NetworkWeights, samples: Samples, commands: np.ndarray, filters: Filters
) -> np.ndarray:
    """Give what rate neurons do when joints come evenly to each of the states [Hz]."""
    made = build_network(weights, "rate", filters, readout=False)
    seen = []
    with closing(NengoSimulation(made.network)) as simulation:
        for q, dq, command in zip(samples.positions, samples.velocities, commands, strict=True):
            for time in DT * np.arange(-160, 1):
                weights.scaling.write(made.nodes.inputs, q + time * dq, dq, command)
                simulation.step()
            seen.append(made.nodes.outputs.values.copy())
    return np.array(seen)


@pytest.mark.parametrize(
    "filters",
    [Filters(), Filters(layer_tau=0.012, torque_tau=0.004), Filters(0.003, 0.021)],
    ids=["usual", "slow layers", "slow torque"],
)
def test_in_motion_every_layer_lags_as_nengos_filters_do(assembled, filters):
    states = draw_states(12, seed=5)
    seen = moved(assembled, *states, filters)
    lagging, prompt = (steady_rates(assembled, *states, "rate", f) for f in (filters, NO_LAG))
    *bounds, end = np.cumsum([0, *assembled.layers]).tolist()
    for first, last in pairwise(bounds):
        wrong, wrong_without = (
            np.abs(seen - rates)[:, first:last].mean() for rates in (lagging, prompt)
        )
        assert wrong_without > 0.1  # Hz
        # What is left: half a step of each filter, and that rates do not rise quite evenly.
        assert wrong < 0.25 * wrong_without
    # Friction neurons hear nothing of the positions: where speeds are even, they do not lag.
    against_friction = slice(bounds[-1], end)
    assert seen[:, against_friction].std() > 30.0
    np.testing.assert_allclose(seen[:, against_friction], prompt[:, against_friction], atol=0.2)
    np.testing.assert_array_equal(lagging[:, against_friction], prompt[:, against_friction])


def test_where_nothing_moves_nothing_lags(assembled):
    samples, commands = draw_states(6)
    still = lawless(samples.positions, np.zeros((6, 3)))
    np.testing.assert_array_equal(
        steady_rates(assembled, still, commands, "loihi"),
        steady_rates(assembled, still, commands, "loihi", NO_LAG),
    )
    lag = steady_rates(assembled, samples, commands, "rate") - steady_rates(
        assembled, samples, commands, "rate", NO_LAG
    )
    assert np.abs(lag).max() > 1.0


def test_spiking_neurons_have_the_steady_rates_of_rate_neurons(assembled):
    states = draw_states(5)
    np.testing.assert_array_equal(
        steady_rates(assembled, *states, "spiking"), steady_rates(assembled, *states, "rate")
    )


def test_on_the_chip_periods_are_whole_steps_rounded_up(assembled):
    states = draw_states(40)
    smooth, whole = (steady_rates(assembled, *states, stage) for stage in ("rate", "loihi"))
    periods = 1.0 / (CHIP_STEP * whole[whole > 0])
    np.testing.assert_allclose(periods, np.round(periods), atol=1e-9)
    # These get the same current in both; the others hear of the first's rates.
    first = np.r_[:N_FEATURES, -N_FRICTION:0]
    firing = whole[:, first] > 0
    assert 0.3 < firing.mean() < 1.0
    np.testing.assert_array_equal(firing, smooth[:, first] > 0)
    rounded = 1.0 / whole[:, first][firing] - 1.0 / smooth[:, first][firing]
    assert (rounded >= -1e-12).all()
    assert (rounded < CHIP_STEP).all()
    assert 0.2 < rounded.mean() / CHIP_STEP < 0.8


def test_rates_on_the_chip_are_nengo_loihis_but_for_its_coarse_membrane_constant(assembled):
    states = draw_states(40)
    weights = np.hstack([assembled.posture, assembled.velocity])
    current = scaled(*states)[:, :9] @ weights.T + assembled.feature_bias
    neurons, n = nengo.LIF(tau_rc=LEAKY.tau_rc, tau_ref=TAU_REF), N_FEATURES
    theirs = loihi_rates(neurons, current, np.ones(n), np.zeros(n), CHIP_STEP)
    ours = steady_rates(assembled, *states, "loihi", NO_LAG)[:, :n]
    both = (ours > 0) & (theirs > 0)
    assert both.sum() > 500
    steps = np.abs(1.0 / ours[both] - 1.0 / theirs[both]) / CHIP_STEP
    # It rounds the membrane's decay to a 4096th, which tips periods that are nearly whole.
    assert np.mean(steps < 1e-6) > 0.8
    assert steps.max() < 4.0


def test_what_the_engines_neurons_do_is_closer_to_whole_steps_than_to_smooth_rates(assembled):
    states = draw_states(1)
    seen = settled(assembled, EngineSimulation, "loihi", scaled(*states)[0], 700, 500)[:N_FEATURES]
    whole, smooth = (
        steady_rates(assembled, *states, stage, NO_LAG)[0, :N_FEATURES]
        for stage in ("loihi", "rate")
    )
    off_whole, off_smooth = (np.abs(seen - rates).mean() for rates in (whole, smooth))
    assert off_whole < off_smooth
    # Inputs come in as spikes, whose ripple lets periods hop between two numbers of steps.
    assert off_whole < 0.1 * whole.mean()


def test_drawn_commands_are_within_range_most_of_them_small_and_some_large():
    commands = draw_commands(SCALING, 20_000, np.random.default_rng(11))
    assert commands.shape == (20_000, 6)
    shares = commands / SCALING.half_range[9:]
    assert np.abs(shares).max() <= 1.0 + 1e-12
    assert (np.abs(shares).max(axis=0) > 0.99).all()
    np.testing.assert_allclose(shares.mean(axis=0), 0.0, atol=0.01)
    # Of u n, with u uniform up to 1.5 and n normal, the mean square is 1.5^2 / 3.
    deviation = COMMAND_SPREAD * np.sqrt(0.75)
    np.testing.assert_allclose(shares.std(axis=0), deviation, rtol=0.03)
    for axis in np.abs(shares).T:  # of a normal distribution, 2/3 are within and 0.3 % beyond three
        assert np.mean(axis < deviation) > 0.72
        assert 0.008 < np.mean(axis > 3 * deviation) < 0.03
    # A command is small or large in all its directions.
    together = np.corrcoef(np.abs(shares).T)[np.triu_indices(6, 1)]
    assert together.min() > 0.15


def test_one_seed_draws_the_same_commands_and_two_seeds_differ():
    first, again, other = (
        draw_commands(SCALING, 9, np.random.default_rng(seed)) for seed in (41, 41, 42)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


@pytest.mark.parametrize("stage", ["rate", "loihi"])
def test_a_readout_recovers_products_of_code_and_command(stage):
    # A toy whose law is linear in the sine of one joint: T = A_0 + sin(q_1) A_1.
    rng = np.random.default_rng(31)
    weights = toy(rng)
    law = rng.normal(size=(2, 3, 6))
    taught, new = toy_samples(law, 700, rng), toy_samples(law, 150, rng)
    readout = solve_readout(weights, taught, draw_commands(SCALING, 700, rng), stage)
    assert readout.shape == (3, sum(weights.layers))
    command = rng.uniform(-0.5, 0.5, (150, 6)) * SCALING.half_range[9:]
    actual = steady_rates(weights, new, command, stage) @ readout.T * SCALING.torque
    linear = np.einsum("ij,sj->si", law[0], command) + new.drift
    products = np.einsum("s,ij,sj->si", np.sin(new.positions[:, 0]), law[1], command)
    assert products.std() > 0.3 * linear.std()
    error = actual - linear - products
    assert 1e-4 < error.std() / products.std() < 0.35
    # Not only the linear part was decoded: its errors are far from the products left out.
    slope = float(((actual - linear) * products).sum() / np.square(products).sum())
    assert slope == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("stage", ["rate", "loihi"])
def test_a_readout_is_numpys_least_squares_with_rows_that_pull_to_zero(stage):
    rng = np.random.default_rng(33)
    weights = toy(rng)
    samples = toy_samples(rng.normal(size=(2, 3, 6)), 400, rng)
    commands = draw_commands(SCALING, 400, rng)
    activity = steady_rates(weights, samples, commands, stage)
    torque = np.array([T @ w for T, w in zip(samples.task_map, commands, strict=True)])
    pull = RIDGE * activity.max() * np.sqrt(400) * np.eye(activity.shape[1])
    rows = np.vstack([activity, pull])
    targets = np.vstack([(torque + samples.drift) / SCALING.torque, np.zeros((len(pull), 3))])
    best = np.linalg.lstsq(rows, targets)[0].T
    readout = solve_readout(weights, samples, commands, stage)
    # Moments are summed in single precision, whose rounding differs between processors: it shows in
    # weights more than in what they do, and there in single samples more than in all of them.
    wrong = activity @ (readout - best).T
    assert np.sqrt(np.mean(np.square(wrong))) < 2e-3
    assert (activity @ best.T).std() > 0.3
    least, reached = (np.square(targets - rows @ one.T).sum() for one in (best, readout))
    whole = np.square(targets).sum()
    assert least <= reached < least + 1e-5 * whole  # 2e-4 with half of the pull, or twice
    assert least > 5e-4 * whole


def toy(rng: np.random.Generator) -> NetworkWeights:
    """Make a network whose code is the sine of the first joint, by least squares."""
    first = np.zeros((40, 9))
    first[:, 0] = rng.choice([-1.0, 1.0], 40) * rng.uniform(0.8, 1.6, 40)
    first_bias = rng.uniform(0.4, 2.2, 40)
    second, second_bias = rng.normal(scale=0.006, size=(30, 40)), rng.uniform(0.9, 2.0, 30)
    angle = np.linspace(-1.2, 1.2, 90)[:, None] * np.eye(3)[0]
    still = lawless(SCALING.middle + angle, np.zeros((90, 3)))
    draft = Compression(
        first, first_bias, second, second_bias, np.zeros((1, 30)), np.zeros(1),
        np.zeros((18, 1)), np.zeros(18), np.zeros((3, 40)), np.zeros((3, 30)), np.zeros(3),
    )  # fmt: skip
    bare = assemble(draft, SCALING, LEAKY, 6, rng, SMOOTH)
    code = steady_rates(bare, still, np.zeros((90, 6)), "rate")[:, 40:70]
    design = np.hstack([code, np.ones((90, 1))])
    gram = design.T @ design + 90 * np.diag([4.0] * 30 + [1e-9])
    latent = np.linalg.solve(gram, design.T @ np.sin(angle[:, :1])).T
    return assemble(
        Compression(**(vars(draft) | {"latent": latent[:, :30], "latent_bias": latent[:, 30]})),
        SCALING, LEAKY, 240, rng, SMOOTH,
    )  # fmt: skip


def toy_samples(law: np.ndarray, n: int, rng: np.random.Generator) -> Samples:
    positions = SCALING.middle + rng.uniform(-0.9, 0.9, (n, 3))
    positions[:, 0] = rng.uniform(-0.9, 0.9, n)
    task_map = law[0] + np.sin(positions[:, 0])[:, None, None] * law[1]
    drift = np.tile([1.5, -0.8, 0.4], (n, 1))
    return Samples(positions, rng.normal(scale=0.5, size=(n, 3)), task_map, drift)
