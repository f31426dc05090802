"""SoftHebb against its formulas written out, Bayes' theorem, and what its rule rests at."""

import inspect
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import vonmises_fisher

from spikearm.arm_models import SpikearmError
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.state import SoftHebbState
from spikearm.neural.softhebb.unit_norm import unit_norm

LAYER = SoftHebb(4, beta=3.0, learning_rate=0.07, bias_rate=0.02, norm_power=0.5)
COMPETITIONS = ("soft", "hard", "anti-hebbian")


def random_state(rng, n_neurons=4, n_inputs=6):
    return SoftHebbState(rng.normal(size=(n_neurons, n_inputs)), rng.normal(size=n_neurons))


def written_out(layer, state, x, share):
    """Update one input by loops over neurons and inputs, as the formulas are written."""
    weights, log_priors = state.weights.copy(), state.log_priors.copy()
    u = [sum(w_i * x_i for w_i, x_i in zip(w, x, strict=True)) for w in weights]
    odds = [math.exp(layer.beta * u_k + b_k) for u_k, b_k in zip(u, log_priors, strict=True)]
    winner = odds.index(max(odds))
    for k in range(len(weights)):
        y = odds[k] / sum(odds) if layer.competition != "hard" else float(k == winner)
        sign = -1.0 if layer.competition == "anti-hebbian" and k != winner else 1.0
        norm = math.sqrt(sum(w_i**2 for w_i in state.weights[k]))
        eta = share * layer.learning_rate * abs(norm - 1.0) ** layer.norm_power
        for i in range(len(x)):
            weights[k, i] += eta * sign * y * (x[i] - u[k] * state.weights[k, i])
        b = state.log_priors[k]
        log_priors[k] += share * layer.bias_rate * math.exp(-b) * (y - math.exp(b))
    return SoftHebbState(weights, log_priors)


@pytest.mark.parametrize("share", [1.0, 0.3])
@pytest.mark.parametrize("competition", COMPETITIONS)
def test_an_update_is_the_formula(competition, share):
    rng = np.random.default_rng(11)
    layer = replace(LAYER, competition=competition)
    for _ in range(20):
        state, x = random_state(rng), rng.normal(size=6)
        there, expected = layer.update(state, x, share), written_out(layer, state, x, share)
        np.testing.assert_allclose(there.weights, expected.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(there.log_priors, expected.log_priors, rtol=0, atol=1e-12)
        assert np.abs(there.weights - state.weights).max() > 1e-3


@pytest.mark.parametrize("competition", COMPETITIONS)
def test_a_batch_adds_up_the_changes_of_its_inputs(competition):
    rng = np.random.default_rng(12)
    layer, state = replace(LAYER, competition=competition), random_state(rng)
    inputs = rng.normal(size=(5, 6))
    together = layer.update(state, inputs)
    alone = [layer.update(state, x) for x in inputs]
    for name in ("weights", "log_priors"):
        before = getattr(state, name)
        change = sum(getattr(one, name) - before for one in alone)
        np.testing.assert_allclose(getattr(together, name), before + change, rtol=0, atol=1e-12)


def test_the_posterior_is_bayes_theorem_for_von_mises_fisher_causes():
    rng = np.random.default_rng(13)
    centres, kappa, priors = unit_norm(rng.normal(size=(3, 5))), 6.0, np.array([0.5, 0.3, 0.2])
    inputs = unit_norm(rng.normal(size=(40, 5)))
    likelihood = np.array([vonmises_fisher(one, kappa).pdf(inputs) for one in centres]).T
    expected = likelihood * priors / (likelihood * priors).sum(axis=1, keepdims=True)
    there = SoftHebb(3, beta=kappa).posterior(SoftHebbState(centres, np.log(priors)), inputs)
    np.testing.assert_allclose(there, expected, rtol=1e-9)
    assert expected.max(axis=1).min() < 0.6


def test_a_hard_winner_takes_all():
    rng = np.random.default_rng(14)
    state, inputs = random_state(rng), rng.normal(size=(30, 6))
    soft, hard = LAYER.posterior(state, inputs), replace(LAYER, competition="hard")
    winners = hard.posterior(state, inputs)
    assert set(winners.ravel()) == {0.0, 1.0}
    np.testing.assert_array_equal(winners.sum(axis=1), 1.0)
    np.testing.assert_array_equal(winners.argmax(axis=1), soft.argmax(axis=1))
    moved = np.abs(hard.update(state, inputs[0]).weights - state.weights).max(axis=1) > 0
    np.testing.assert_array_equal(moved, winners[0] == 1.0)


def test_losers_unlearn_if_the_competition_is_anti_hebbian():
    # Weights of unit length, so that the change along an input has the sign of the drive.
    rng = np.random.default_rng(15)
    layer = replace(LAYER, competition="anti-hebbian", norm_power=0.0)
    state = SoftHebbState(unit_norm(rng.normal(size=(4, 6))), np.full(4, -np.log(4)))
    x = unit_norm(rng.normal(size=6))
    nearer = (layer.update(state, x).weights - state.weights) @ x > 0
    won = np.arange(4) == (state.weights @ x).argmax()
    np.testing.assert_array_equal(nearer, won)


@pytest.mark.parametrize("norm", [0.3, 5.0])
@pytest.mark.parametrize("competition", ["soft", "hard"])
def test_weights_come_to_unit_length_by_the_rule_alone(norm, competition):
    rng = np.random.default_rng(16)
    layer = SoftHebb(
        3, beta=4.0, learning_rate=0.05, initial_norm=norm, nonnegative=True,
        competition=competition,
    )  # fmt: skip
    inputs = unit_norm(np.eye(5)[rng.integers(3, size=1500)] + 0.2 * rng.uniform(size=(1500, 5)))
    start = layer.initial_state(5, rng)
    np.testing.assert_allclose(start.norms, norm)
    learned = layer.learn(start, inputs, rng, epochs=2, batch=2, decay=True)
    if competition == "soft":
        np.testing.assert_allclose(learned.norms, 1.0, atol=0.02)
    winners = np.unique(layer.posterior(learned, inputs).argmax(axis=1))
    np.testing.assert_allclose(learned.norms[winners], 1.0, atol=0.02)


def test_a_rate_that_depends_on_the_norm_is_zero_at_unit_length():
    rng = np.random.default_rng(17)
    weights = np.array([1.0, 1.5, 3.0, 0.5])[:, None] * unit_norm(rng.normal(size=(4, 6)))
    state, x = SoftHebbState(weights, np.zeros(4)), unit_norm(rng.normal(size=6))
    constant = replace(LAYER, norm_power=0.0).update(state, x).weights - weights
    dependent = replace(LAYER, norm_power=2.0).update(state, x).weights - weights
    np.testing.assert_allclose(
        dependent, np.array([0.0, 0.25, 4.0, 0.25])[:, None] * constant, atol=1e-12
    )


def test_priors_become_the_frequencies_of_causes():
    rng = np.random.default_rng(18)
    centres = np.eye(3)
    inputs = centres[rng.choice(3, size=4000, p=[0.6, 0.3, 0.1])]
    layer = SoftHebb(3, beta=20.0, learning_rate=1e-9, bias_rate=0.01)
    state = SoftHebbState(centres, np.log(np.full(3, 1 / 3)))
    learned = layer.learn(state, inputs, rng, epochs=2, decay=True)
    np.testing.assert_allclose(np.exp(learned.log_priors), inputs.mean(axis=0), atol=0.02)


def test_causes_generate_their_own_inputs_and_what_is_between_them():
    state = random_state(np.random.default_rng(19))
    own = LAYER.generate(state, np.eye(4))
    np.testing.assert_allclose(own, unit_norm(state.weights))
    between = LAYER.generate(state, np.array([0.5, 0.5, 0.0, 0.0]))
    assert np.linalg.norm(between) == pytest.approx(1.0)
    cosines = own[:2] @ between
    assert (cosines > own[0] @ own[1]).all()


def test_nothing_in_its_signatures_could_take_labels():
    methods = inspect.getmembers(SoftHebb, inspect.isfunction)
    names = {name for _, one in methods for name in inspect.signature(one).parameters}
    assert {"state", "inputs", "rng"} <= names
    assert names.isdisjoint({"y", "label", "labels", "target", "targets", "error"})


def test_a_seed_learns_the_same_and_another_seed_something_else():
    inputs = unit_norm(np.random.default_rng(0).normal(size=(100, 6)))

    def learned(seed):
        rng = np.random.default_rng(seed)
        return LAYER.learn(LAYER.initial_state(6, rng), inputs, rng).weights

    np.testing.assert_array_equal(learned(1), learned(1))
    assert not np.allclose(learned(1), learned(2))


def test_states_are_read_only_copies():
    weights = np.ones((2, 3))
    state = SoftHebbState(weights, np.zeros(2))
    weights[0, 0] = 7.0
    assert state.weights[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        state.weights[0, 0] = 2.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"beta": 0.0}, "beta 0"),
        ({"n_neurons": 0}, "n_neurons 0"),
        ({"learning_rate": -0.1}, "learning_rate -0.1"),
        ({"bias_rate": -1.0}, "bias_rate -1"),
        ({"competition": "mild"}, "soft, hard, anti-hebbian"),
    ],
)
def test_bad_options_get_a_sentence(options, words):
    with pytest.raises(SpikearmError, match=words):
        replace(LAYER, **options)


@pytest.mark.parametrize(
    ("options", "words"), [({"epochs": 0}, "0 epochs"), ({"batch": 0}, "0 inputs in a batch")]
)
def test_learning_from_nothing_gets_a_sentence(options, words):
    rng = np.random.default_rng(1)
    with pytest.raises(SpikearmError, match=words):
        LAYER.learn(random_state(rng), np.zeros((3, 6)), rng, **options)


def test_inputs_that_do_not_fit_get_a_sentence():
    state = random_state(np.random.default_rng(1))
    with pytest.raises(SpikearmError, match="6 inputs of each neuron"):
        LAYER.posterior(state, np.zeros((3, 5)))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_weights_that_grow_without_bound_get_a_sentence():
    rng = np.random.default_rng(2)
    layer = replace(LAYER, learning_rate=50.0, norm_power=0.0)
    with pytest.raises(SpikearmError, match="learning_rate 50"):
        layer.learn(layer.initial_state(6, rng), unit_norm(rng.normal(size=(400, 6))), rng)
