"""The adaptive network's activity and learning against closed forms."""

from contextlib import closing

import nengo
import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import binom

from spikearm.controller.adaptation.adaptive_network import TRACE_TAU, AdaptiveNetwork
from spikearm.controller.adaptation.scaling import OUTPUT_OF_PUSH, AdaptationConfig
from spikearm.controller.weights.membrane import LEAKY, TAU_REF
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.neural.nengo_simulation import NengoSimulation
from spikearm.neural.simulation import NeuralSimulation

DT = 0.001


def on_sphere(n_points: int, n: int, seed: int = 3) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(n_points, n))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def alone(network: AdaptiveNetwork) -> nengo.Network:
    """Build a network of nothing else."""
    made = nengo.Network(seed=network.seed)
    network.add_to(made)
    return made


def rates_at(network: AdaptiveNetwork, state: np.ndarray) -> list[np.ndarray]:
    """Work out each ensemble's rates by the closed form, from what Nengo built."""
    made = alone(network)
    with nengo.Simulator(made, progress_bar=False) as simulator:
        built = [simulator.data[ensemble] for ensemble in made.all_ensembles]
    rates = []
    for ensemble in built:
        current = ensemble.gain * (ensemble.encoders @ state) + ensemble.bias
        with np.errstate(divide="ignore", invalid="ignore"):
            period = TAU_REF + LEAKY.tau_rc * np.log(current / (current - 1.0))
        rates.append(np.where(current > 1.0, 1.0 / period, 0.0))
    return rates


@pytest.mark.parametrize("n_joints", [2, 7])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.6])
def test_at_every_point_of_the_sphere_the_wanted_share_of_neurons_is_active(n_joints, share):
    config = AdaptationConfig(neurons=800, ensembles=2, active_share=share)
    network = AdaptiveNetwork(n_joints, config, LEAKY.neuron_type("loihi"), seed=4)
    # Neurons scattered independently would be within these for all but one point in a million.
    low, high = binom.interval(1 - 1e-6, 1600, share)
    active = [
        sum(np.count_nonzero(rates > 0) for rates in rates_at(network, state))
        for state in on_sphere(8, 2 * n_joints + 1)
    ]
    assert all(low <= n <= high for n in active), (low, active, high)


def test_weights_begin_at_zero_and_change_by_the_delta_rule():
    config = AdaptationConfig(neurons=200, ensembles=2, learning_rate=3.0)
    network = AdaptiveNetwork(2, config, LEAKY.neuron_type("rate"), seed=5)
    n_steps, error = 300, np.array([0.7, -0.4])
    (state,) = on_sphere(1, 5)
    network.state.values[:], network.error.values[:] = state, error
    with closing(NengoSimulation(alone(network))) as simulation:
        assert all((weights == 0).all() for weights in simulation.read_learned())
        for _ in range(n_steps):
            simulation.step()
        learned = simulation.read_learned()
        assert simulation.counts.learning_updates == 2 * 200 * 2
    decay = np.exp(-DT / TRACE_TAU)
    for weights, rates in zip(learned, rates_at(network, state), strict=True):
        # The trace filters rates from the first step on, and a step learns from that before it.
        trace = lfilter([1 - decay], [1, -decay], np.ones(n_steps))
        summed = rates * trace[:-2].sum()
        expected = -network.pes_rate * DT / 200 * np.outer(error, summed)
        assert np.count_nonzero(expected) > 20
        np.testing.assert_allclose(weights, expected, rtol=0.02, atol=1e-12)


@pytest.mark.parametrize("ensembles", [1, 3])
@pytest.mark.parametrize(
    ("stage", "simulation"), [("rate", NengoSimulation), ("loihi", EngineSimulation)]
)
def test_a_constant_load_is_learned_exponentially_at_the_learning_rate(
    stage, simulation: type[NeuralSimulation], ensembles
):
    rate, load = 6.0, np.array([0.5, -0.3])  # 1/s; in units of the push
    config = AdaptationConfig(neurons=600 // ensembles, ensembles=ensembles, learning_rate=rate)
    network = AdaptiveNetwork(2, config, LEAKY.neuron_type(stage), seed=6)
    network.state.values[:] = on_sphere(1, 5, seed=8)
    n_steps, left = 500, []
    with closing(simulation(alone(network))) as running:
        for _ in range(60):  # until the neurons fire
            running.step()
        for _ in range(n_steps):
            still = load - network.torque.values / OUTPUT_OF_PUSH
            network.error.values[:] = -still
            running.step()
            left.append(still)
    times = DT * np.arange(n_steps)
    expected = np.repeat(np.exp(-rate * times)[:, None], 2, axis=1)
    # Filters let it be some steps late; the chip's rates and its rounding are not exact.
    np.testing.assert_allclose(left / load, expected, atol=0.15)
    assert (np.array(left[-1]) / load < 0.2).all()


def test_another_seed_is_another_network():
    first, second = (
        AdaptiveNetwork(
            2, AdaptationConfig(neurons=50, ensembles=2), LEAKY.neuron_type("rate"), seed
        )
        for seed in (1, 2)
    )
    (state,) = on_sphere(1, 5)
    assert not np.allclose(rates_at(first, state)[0], rates_at(second, state)[0])
    assert not np.allclose(rates_at(first, state)[0], rates_at(first, state)[1])
    np.testing.assert_array_equal(rates_at(first, state)[0], rates_at(first, state)[0])
