"""The distribution of Nengo's: a network of Nengo's fluctuates as wanted."""

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.initialisation.nengo_weights import FluctuationDrivenWeights

pytestmark = pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")  # gain 1, bias 0

RATE, SIGMA, N_IN, N_OUT = 20.0, 0.2, 300, 60


def membranes(weights, min_voltage, transform=None):
    """Simulate membranes that a threshold far above does not reach, shape (n_steps, N_OUT)."""
    rng = np.random.default_rng(1)
    with nengo.Network(seed=1) as network:
        inputs = nengo.Node(lambda t: (rng.random(N_IN) < RATE * 0.001) / 0.001)
        layer = nengo.Ensemble(
            N_OUT, 1, bias=np.zeros(N_OUT), gain=np.ones(N_OUT),
            neuron_type=nengo.LIF(tau_rc=weights.tau_rc, min_voltage=min_voltage),
        )  # fmt: skip
        nengo.Connection(
            inputs, layer.neurons, synapse=weights.tau_syn,
            transform=transform or nengo.Dense((N_OUT, N_IN), init=weights),
        )  # fmt: skip
        probe = nengo.Probe(layer.neurons, "voltage")
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run(6.0)
    return simulator.data[probe][300:]


def spread(potential):
    return np.sqrt(potential.var(axis=0).mean())


def test_weights_have_the_closed_forms_standard_deviation():
    weights = FluctuationDrivenWeights(N_IN, RATE, SIGMA, tau_rc=0.02, tau_syn=0.01, dt=1e-5)
    drawn = weights.sample(400, N_IN, np.random.default_rng(0))
    assert drawn.shape == (400, N_IN)
    assert drawn.std() == pytest.approx(SIGMA * np.sqrt(2 * 0.03 / (N_IN * RATE)), rel=0.01)


@pytest.mark.parametrize("tau_syn", [0.005, 0.02])
def test_a_membrane_of_nengos_fluctuates_as_wanted(tau_syn):
    weights = FluctuationDrivenWeights(N_IN, RATE, SIGMA, tau_syn=tau_syn)
    assert spread(membranes(weights, -3 * SIGMA)) == pytest.approx(SIGMA, rel=0.06)


def test_nengos_usual_minimum_cuts_the_negative_half():
    assert spread(membranes(FluctuationDrivenWeights(N_IN, RATE, SIGMA), 0.0)) < 0.75 * SIGMA


def test_a_mean_is_reached_too():
    weights = FluctuationDrivenWeights(N_IN, RATE, SIGMA, mu_u=0.25)
    potential = membranes(weights, -3 * SIGMA)
    error = 3 * potential.mean(axis=0).std() / np.sqrt(N_OUT)
    assert potential.mean() == pytest.approx(0.25, abs=error)


def test_a_convolution_takes_them_with_its_kernels_fan_in():
    weights = FluctuationDrivenWeights(fan_in=3 * 3 * 4, nu=RATE)
    transform = nengo.Convolution(50, (8, 8, 4), kernel_size=(3, 3), init=weights)
    kernel = transform.sample(np.random.RandomState(0))
    assert kernel.shape == (3, 3, 4, 50)
    dense = weights.sample(1000, 36, np.random.RandomState(1))
    assert kernel.std() == pytest.approx(dense.std(), rel=0.05)


def test_seeds_of_a_network_seed_them():
    def drawn(seed):
        with nengo.Network(seed=seed) as network:
            a, b = (nengo.Ensemble(20, 1) for _ in range(2))
            connection = nengo.Connection(
                a.neurons, b.neurons,
                transform=nengo.Dense((20, 20), init=FluctuationDrivenWeights(20, 100.0)),
            )  # fmt: skip
        with nengo.Simulator(network, progress_bar=False) as simulator:
            return simulator.data[connection].weights

    assert (drawn(3) == drawn(3)).all()
    assert not np.isclose(drawn(3), drawn(4)).any()


def test_an_unreachable_target_is_refused():
    with pytest.raises(SpikearmError, match="not possible"):
        FluctuationDrivenWeights(10, 20.0, 0.01, mu_u=0.9).sample(3)
