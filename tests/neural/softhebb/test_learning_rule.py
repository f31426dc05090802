"""SoftHebb's learning rule in Nengo, against the formula step by step and against the layer."""

import nengo
import numpy as np
import pytest
from nengo.exceptions import BuildError

from spikearm.neural.softhebb.learning_rule import SoftHebbRule
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.softmax_neurons import softmax_ensemble
from spikearm.neural.softhebb.state import SoftHebbState
from spikearm.neural.softhebb.unit_norm import unit_norm

DT, BETA, ETA, ETA_B = 0.002, 7.0, 40.0, 15.0
N_INPUTS, N_CAUSES, N_STEPS = 5, 3, 60


@pytest.fixture
def inputs():
    return unit_norm(np.random.default_rng(3).uniform(size=(N_STEPS, N_INPUTS)))


@pytest.fixture
def weights():
    return np.random.default_rng(4).normal(size=(N_CAUSES, N_INPUTS))


def run(inputs, weights, rule=None, repeats=1):
    """Run the rule in Nengo; return weights, log priors and outputs of every step."""
    with nengo.Network(seed=0) as network:
        source = nengo.Node(lambda t: inputs[round(t / DT) - 1], size_out=N_INPUTS)
        given = nengo.Ensemble(
            N_INPUTS, 1, neuron_type=nengo.RectifiedLinear(), gain=np.ones(N_INPUTS),
            bias=np.zeros(N_INPUTS),
        )  # fmt: skip
        nengo.Connection(source, given.neurons, synapse=None)
        causes = softmax_ensemble(N_CAUSES, BETA)
        connection = nengo.Connection(
            given.neurons, causes.neurons, transform=weights, synapse=None,
            learning_rule_type=rule or SoftHebbRule(ETA, ETA_B),
        )  # fmt: skip
        probes = [
            nengo.Probe(connection, "weights"),
            nengo.Probe(connection.learning_rule, "log_priors"),
            nengo.Probe(causes.neurons),
        ]
    with nengo.Simulator(network, dt=DT, progress_bar=False) as simulator:
        for _ in range(repeats):
            simulator.reset()
            simulator.run_steps(N_STEPS, progress_bar=False)
        return [simulator.data[probe].copy() for probe in probes]


def test_every_step_is_the_formula(inputs, weights):
    learned, priors, outputs = run(inputs, weights)
    b = np.full(N_CAUSES, -np.log(N_CAUSES))
    w = weights.copy()
    for x, w_there, b_there, y_there in zip(inputs, learned, priors, outputs, strict=True):
        np.testing.assert_allclose(w_there, w, rtol=0, atol=1e-12)
        u = np.array([sum(w[k, i] * x[i] for i in range(N_INPUTS)) for k in range(N_CAUSES)])
        y = np.exp(BETA * u + b) / np.exp(BETA * u + b).sum()
        np.testing.assert_allclose(y_there, y, rtol=0, atol=1e-12)
        for k in range(N_CAUSES):
            w[k] = w[k] + ETA * DT * y[k] * (x - u[k] * w[k])
        b = b + ETA_B * DT * np.exp(-b) * (y - np.exp(b))
        np.testing.assert_allclose(b_there, b, rtol=0, atol=1e-12)
    assert np.abs(w - weights).max() > 0.3
    assert np.abs(b + np.log(N_CAUSES)).max() > 0.3


def test_the_layer_learns_the_same(inputs, weights):
    learned, priors, _ = run(inputs, weights)
    layer = SoftHebb(N_CAUSES, BETA, learning_rate=ETA * DT, bias_rate=ETA_B * DT)
    state = SoftHebbState(weights, np.full(N_CAUSES, -np.log(N_CAUSES)))
    for x in inputs[:-1]:
        state = layer.update(state, x)
    np.testing.assert_allclose(learned[-1], state.weights, rtol=0, atol=1e-11)
    np.testing.assert_allclose(priors[-2], state.log_priors, rtol=0, atol=1e-11)


def test_a_reset_forgets_what_was_learned(inputs, weights):
    once, twice = run(inputs, weights), run(inputs, weights, repeats=2)
    for first, second in zip(once, twice, strict=True):
        np.testing.assert_array_equal(first, second)


def test_without_a_bias_rate_priors_stay_equal(inputs, weights):
    _, priors, _ = run(inputs, weights, SoftHebbRule(ETA))
    np.testing.assert_array_equal(priors, -np.log(N_CAUSES))


def test_spikes_are_learned_from_too():
    # Two groups of spiking neurons are driven by turns: each cause learns one of them.
    tau = 0.02
    rule = SoftHebbRule(learning_rate=0.02, pre_synapse=tau)
    start = np.random.default_rng(0).uniform(0.2, 0.5, (2, 8))
    with nengo.Network(seed=1) as network:
        drive = nengo.Node(lambda t: np.repeat([t % 0.2 < 0.1, t % 0.2 >= 0.1], 4))
        given = nengo.Ensemble(8, 1, intercepts=nengo.dists.Choice([0.1]))
        nengo.Connection(drive, given.neurons, synapse=None)
        causes = softmax_ensemble(2, beta=0.1)
        connection = nengo.Connection(
            given.neurons, causes.neurons, transform=start, synapse=tau, learning_rule_type=rule
        )
        learned = nengo.Probe(connection, "weights", sample_every=0.1)
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run(2.0, progress_bar=False)
        weights = simulator.data[learned][-1]
    shares = np.sort(weights[:, :4].sum(axis=1) / weights.sum(axis=1))
    assert shares[0] < 0.15
    assert shares[1] > 0.85


@pytest.mark.parametrize("fault", ["from an ensemble", "to some neurons"])
def test_a_connection_that_cannot_learn_gets_a_sentence(fault):
    with nengo.Network(seed=0) as network:
        given, causes = nengo.Ensemble(3, 3), softmax_ensemble(3, BETA)
        pre, post, solver = {
            "from an ensemble": (given, given, nengo.solvers.LstsqL2(weights=True)),
            "to some neurons": (given.neurons, causes.neurons[[0, 2, 1]], nengo.solvers.LstsqL2()),
        }[fault]
        nengo.Connection(
            pre, post, transform=np.ones((3, 3)), solver=solver, learning_rule_type=SoftHebbRule()
        )
    with pytest.raises(BuildError, match="softmax_ensemble"):
        nengo.Simulator(network, progress_bar=False)
