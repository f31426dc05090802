"""Winners: exactly k of them, and over time everybody's turn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikearm.arm_models import SpikearmError
from spikearm.neural.sparsity.winners import KWinners, select_winners


@given(levels=st.lists(st.integers(-3, 3), min_size=1, max_size=30), data=st.data())
@settings(max_examples=150, deadline=None)
def test_exactly_k_win_and_of_equal_ones_the_first(levels, data):
    n_winners = data.draw(st.integers(1, len(levels)))
    activations = np.array(levels, float)
    winners = select_winners(activations, n_winners)
    ranked = sorted(range(len(levels)), key=lambda neuron: (-levels[neuron], neuron))
    assert winners.indices.tolist() == sorted(ranked[:n_winners])
    np.testing.assert_array_equal(winners.activations, activations[winners.indices])


def test_equal_activations_have_no_more_winners_than_others():
    assert select_winners(np.full(50, 0.25), 7).indices.tolist() == list(range(7))


def test_boosting_selects_and_does_not_change_what_is_passed_on():
    winners = select_winners(np.array([3.0, 2.0, 1.0]), 1, np.array([0.5, 1.0, 1.0]))
    assert winners.indices.tolist() == [1]
    assert winners.activations.tolist() == [2.0]


def test_activations_of_32_bits_stay_so():
    activations = np.random.default_rng(0).normal(size=20).astype(np.float32)
    assert select_winners(activations, 3, KWinners(20, 3).boost).activations.dtype == np.float32


def test_the_duty_cycle_is_the_share_of_samples_won():
    layer = KWinners(3, 1, period=10)
    layer.record(np.array([4, 0, 0]), 4)
    np.testing.assert_allclose(layer.duty_cycles, [0.4, 0.0, 0.0])
    layer.record(np.array([0, 5, 0]), 5)
    np.testing.assert_allclose(layer.duty_cycles, [0.2, 0.5, 0.0])
    layer.record(np.array([5, 10, 5]), 20)  # more than a period
    np.testing.assert_allclose(layer.duty_cycles, [0.25, 0.5, 0.25])


def test_the_boost_is_the_formula_and_decays_by_the_epoch():
    layer = KWinners(2, 1, boost_strength=1.5, boost_decay=0.9, period=10)
    layer.record(np.array([10, 0]), 10)
    np.testing.assert_allclose(layer.boost, [np.exp(-1.5), 1.0], rtol=1e-6)
    layer.end_epoch()
    np.testing.assert_allclose(layer.boost, [np.exp(-1.35), 1.0], rtol=1e-6)


@pytest.mark.parametrize(("strength", "n_that_win"), [(0.0, 1), (1.5, 10)])
def test_with_boosting_neurons_that_are_never_the_first_get_their_turn(strength, n_that_win):
    layer, ever = KWinners(10, 1, boost_strength=strength, period=100), set()
    activations = 1.0 + 0.01 * np.arange(10)
    for _ in range(1000):
        winners = layer.select(activations)
        layer.record(np.bincount(winners.indices, minlength=10), 1)
        ever |= set(winners.indices.tolist())
    assert len(ever) == n_that_win


@pytest.mark.parametrize("n_winners", [0, 5])
def test_more_winners_than_neurons_and_none_are_refused(n_winners):
    with pytest.raises(SpikearmError, match="winners are too"):
        select_winners(np.ones(4), n_winners)
    with pytest.raises(SpikearmError, match="winners are too"):
        KWinners(4, n_winners)


@pytest.mark.parametrize("activations", [[1.0, np.nan, 2.0], [np.nan] * 3])
def test_activations_that_are_not_numbers_are_an_error(activations):
    with pytest.raises(SpikearmError, match="not numbers"):
        select_winners(np.array(activations), 3)


@pytest.mark.parametrize(
    "activations", [np.ones((2, 3)), np.float64(1.0), ["1", "2"], [True, True]]
)
def test_activations_that_are_no_numbers_in_a_row_are_refused(activations):
    with pytest.raises(SpikearmError, match="one for each neuron"):
        select_winners(activations, 1)
