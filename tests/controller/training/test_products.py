"""The network's algebra: which pairs are seen, how fast neurons fire, what is decoded."""

import nengo
import numpy as np
import pytest

from arm_models import load_arm
from controller.network_weights import NetworkWeights, NeuralStage
from controller.port import Scaling
from controller.simulation import NeuralSimulation
from controller.spiking_network import TAU_RC, TAU_REF, build_network
from controller.training.compression import Compression
from controller.training.products import (
    CHIP_STEP,
    MAX_RATES,
    assemble,
    solve_readout,
    steady_rates,
)
from controller.training.samples import Samples
from loihi_deploy.engine_simulation import EngineSimulation
from loihi_deploy.nengo_loihi_compat import nengo_loihi

loihi_rates = nengo_loihi.neurons.loihi_rates
N_FEATURES, N_CODE, N_LATENT, N_PRODUCTS = 30, 24, 3, 180
SCALING = Scaling(
    np.array([0.1, -0.3, 0.5]), np.zeros(15), np.repeat([1.3, 0.7, 2.0, 4.0, 9.0], 3),
    np.array([9.0, 4.0, 1.5]),
)  # fmt: skip


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
    return assemble(compression, SCALING, N_PRODUCTS, np.random.default_rng(22))


def draw_inputs(n: int, seed: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.8, 0.8, (n, 15))


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
    made = assemble(compression, SCALING, 131, np.random.default_rng(2))
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
    largest = 1 / (TAU_REF + TAU_RC * np.log1p(1 / (corner + assembled.product_bias - offset - 1)))
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
    assert assembled.readout == {}


def test_one_seed_assembles_the_same_products_and_two_seeds_differ(compression, assembled):
    again, other = (
        assemble(compression, SCALING, N_PRODUCTS, np.random.default_rng(s)) for s in (22, 23)
    )
    np.testing.assert_array_equal(again.factors, assembled.factors)
    np.testing.assert_array_equal(again.product_bias, assembled.product_bias)
    assert np.abs(other.product_bias - assembled.product_bias).max() > 0.1


def settled(
    weights: NetworkWeights, simulation: type[NeuralSimulation] | None, stage: NeuralStage,
    inputs: np.ndarray, n_steps: int, averaged: int,
) -> np.ndarray:  # fmt: skip
    """Give what neurons do in the end, on average over the last steps [Hz]."""
    made = build_network(weights, stage, readout=False)
    made.port.inputs[:] = inputs
    total = np.zeros(sum(weights.layers))
    if simulation is None:
        with nengo.Simulator(made.network, progress_bar=False) as simulator:
            simulator.run_steps(n_steps)
            return made.port.outputs.values.copy()
    running = simulation(made.network)
    for step in range(n_steps):
        running.step()
        total += made.port.outputs.values * (step >= n_steps - averaged)
    running.close()
    return total / averaged


def test_steady_rates_are_nengos_own_of_rate_neurons(assembled):
    inputs = draw_inputs(3)
    expected = steady_rates(assembled, inputs, "rate")
    assert expected.shape == (3, N_FEATURES + N_CODE + N_PRODUCTS)
    assert (np.ptp(expected, axis=0) > 1.0).mean() > 0.5
    assert (expected == 0).mean() > 0.1
    for row, wanted in zip(inputs, expected, strict=True):
        np.testing.assert_allclose(settled(assembled, None, "rate", row, 300, 1), wanted, atol=1e-6)


def test_spiking_neurons_have_the_steady_rates_of_rate_neurons(assembled):
    inputs = draw_inputs(5)
    np.testing.assert_array_equal(
        steady_rates(assembled, inputs, "spiking"), steady_rates(assembled, inputs, "rate")
    )


def test_on_the_chip_periods_are_whole_steps_rounded_up(assembled):
    inputs = draw_inputs(40)
    smooth, whole = (steady_rates(assembled, inputs, stage) for stage in ("rate", "loihi"))
    periods = 1.0 / (CHIP_STEP * whole[whole > 0])
    np.testing.assert_allclose(periods, np.round(periods), atol=1e-9)
    # The first layer gets the same current in both; the others hear of the first's rates.
    first = slice(0, N_FEATURES)
    firing = whole[:, first] > 0
    assert 0.3 < firing.mean() < 1.0
    np.testing.assert_array_equal(firing, smooth[:, first] > 0)
    rounded = 1.0 / whole[:, first][firing] - 1.0 / smooth[:, first][firing]
    assert (rounded >= -1e-12).all()
    assert (rounded < CHIP_STEP).all()
    assert 0.2 < rounded.mean() / CHIP_STEP < 0.8


def test_rates_on_the_chip_are_nengo_loihis_but_for_its_coarse_membrane_constant(assembled):
    inputs = draw_inputs(40)
    weights = np.hstack([assembled.posture, assembled.velocity])
    current = inputs[:, :9] @ weights.T + assembled.feature_bias
    neurons, n = nengo.LIF(tau_rc=TAU_RC, tau_ref=TAU_REF), N_FEATURES
    theirs = loihi_rates(neurons, current, np.ones(n), np.zeros(n), CHIP_STEP)
    ours = steady_rates(assembled, inputs, "loihi")[:, :n]
    both = (ours > 0) & (theirs > 0)
    assert both.sum() > 500
    steps = np.abs(1.0 / ours[both] - 1.0 / theirs[both]) / CHIP_STEP
    # It rounds the membrane's decay to a 4096th, which tips periods that are nearly whole.
    assert np.mean(steps < 1e-6) > 0.8
    assert steps.max() < 4.0


def test_what_the_engines_neurons_do_is_closer_to_whole_steps_than_to_smooth_rates(assembled):
    inputs = draw_inputs(1)[0]
    seen = settled(assembled, EngineSimulation, "loihi", inputs, 700, 500)[:N_FEATURES]
    whole, smooth = (
        steady_rates(assembled, inputs[None], stage)[0, :N_FEATURES] for stage in ("loihi", "rate")
    )
    off_whole, off_smooth = (np.abs(seen - rates).mean() for rates in (whole, smooth))
    assert off_whole < off_smooth
    # Inputs come in as spikes, whose ripple lets periods hop between two numbers of steps.
    assert off_whole < 0.1 * whole.mean()


@pytest.mark.parametrize("stage", ["rate", "loihi"])
def test_a_readout_recovers_products_of_code_and_command(stage):
    # A toy whose law is linear in the sine of one joint: T = A_0 + sin(q_1) A_1.
    rng = np.random.default_rng(31)
    weights = toy(rng)
    law = rng.normal(size=(2, 3, 6))
    taught, new = toy_samples(law, 700, rng), toy_samples(law, 150, rng)
    model = load_arm("planar3").model
    readout = solve_readout(model, weights, taught, stage, np.random.default_rng(32))
    assert readout.shape == (3, sum(weights.layers))
    command = rng.uniform(-0.5, 0.5, (150, 6)) * SCALING.half_range[9:]
    inputs = np.empty((150, 15))
    SCALING.write(inputs, new.positions, new.velocities, command)
    actual = steady_rates(weights, inputs, stage) @ readout.T * SCALING.torque
    linear = np.einsum("ij,sj->si", law[0], command) + new.drift
    products = np.einsum("s,ij,sj->si", np.sin(new.positions[:, 0]), law[1], command)
    assert products.std() > 0.3 * linear.std()
    error = actual - linear - products
    assert 1e-4 < error.std() / products.std() < 0.35
    # Not only the linear part was decoded: its errors are far from the products left out.
    slope = float(((actual - linear) * products).sum() / np.square(products).sum())
    assert slope == pytest.approx(1.0, abs=0.15)


def toy(rng: np.random.Generator) -> NetworkWeights:
    """Make a network whose code is the sine of the first joint, by least squares."""
    first = np.zeros((40, 9))
    first[:, 0] = rng.choice([-1.0, 1.0], 40) * rng.uniform(0.8, 1.6, 40)
    first_bias = rng.uniform(0.4, 2.2, 40)
    second, second_bias = rng.normal(scale=0.006, size=(30, 40)), rng.uniform(0.9, 2.0, 30)
    state = np.linspace(-1, 1, 90)[:, None] * np.eye(9)[0]
    draft = Compression(
        first, first_bias, second, second_bias, np.zeros((1, 30)), np.zeros(1),
        np.zeros((18, 1)), np.zeros(18), np.zeros((3, 40)), np.zeros((3, 30)), np.zeros(3),
    )  # fmt: skip
    bare = assemble(draft, SCALING, 6, rng)
    code = steady_rates(bare, np.hstack([state, np.zeros((90, 6))]), "rate")[:, 40:70]
    design = np.hstack([code, np.ones((90, 1))])
    gram = design.T @ design + 90 * np.diag([4.0] * 30 + [1e-9])
    latent = np.linalg.solve(gram, design.T @ state[:, :1]).T
    return assemble(
        Compression(**(vars(draft) | {"latent": latent[:, :30], "latent_bias": latent[:, 30]})),
        SCALING, 240, rng,
    )  # fmt: skip


def toy_samples(law: np.ndarray, n: int, rng: np.random.Generator) -> Samples:
    positions = SCALING.middle + rng.uniform(-0.9, 0.9, (n, 3))
    positions[:, 0] = rng.uniform(-0.9, 0.9, n)
    task_map = law[0] + np.sin(positions[:, 0])[:, None, None] * law[1]
    drift = np.tile([1.5, -0.8, 0.4], (n, 1))
    return Samples(positions, rng.normal(scale=0.5, size=(n, 3)), task_map, drift)
