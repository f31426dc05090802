"""Refined readouts, against exact targets and NumPy's least squares."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.controller.training.activity import Activity
from spikearm.controller.training.readout import STRENGTHS, Refinement, refine

N_NEURONS, N_JOINTS = 9, 3
SCALE = np.array([12.0, 5.0, 0.8])
METRIC = np.random.default_rng(50).normal(size=(N_JOINTS, N_JOINTS))
TRUE = np.random.default_rng(51).normal(scale=4e-3, size=(N_JOINTS, N_NEURONS))
PRIOR = TRUE + np.random.default_rng(52).normal(scale=2e-3, size=(N_JOINTS, N_NEURONS))


def batches(n: int, n_rows: int, seed: int, noise: float = 0.0) -> list[Activity]:
    """Draw activity, the last two neurons silent, and the torque that belongs to it."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(n):
        neurons = np.clip(rng.normal(50.0, 40.0, (n_rows, N_NEURONS)), 0.0, None)
        neurons[:, 7:] = 0.0
        torque = SCALE * (neurons @ TRUE.T + noise * rng.normal(size=(n_rows, N_JOINTS)))
        drawn.append(Activity(neurons, torque))
    return drawn


@pytest.fixture(scope="module")
def exact() -> Refinement:
    return refine(PRIOR, batches(21, 120, seed=3), SCALE, METRIC)


def test_an_exact_target_is_found_from_plenty_of_data(exact):
    wrong_before = np.abs(PRIOR - TRUE)[:, :7]
    assert wrong_before.mean() > 1e-3
    # Of the prior's errors the weakest pull leaves its square over the variance of the rates.
    neurons = np.concatenate([one.neurons for one in batches(21, 120, seed=3)])
    left = (min(STRENGTHS) * neurons.max()) ** 2 / neurons[:, :7].var(axis=0).min()
    assert 2e-5 < left < 5e-4
    gap = np.abs(exact.readout - TRUE)[:, :7].max() / wrong_before.max()
    assert left / 4 < gap < 2 * left
    assert exact.strength == min(STRENGTHS)
    assert 0.0 < exact.error < 2 * left * exact.error_before


def test_where_the_data_say_nothing_the_prior_stays(exact):
    np.testing.assert_array_equal(exact.readout[:, 7:], PRIOR[:, 7:])
    assert np.abs(exact.readout[:, :7] - PRIOR[:, :7]).min() > 1e-6


def test_a_readout_that_is_right_already_is_left_alone():
    refined = refine(TRUE, batches(11, 60, seed=4), SCALE, METRIC)
    np.testing.assert_allclose(refined.readout, TRUE, atol=1e-9)
    assert refined.error_before == pytest.approx(0.0, abs=1e-9)


def augmented(prior: np.ndarray, seen: list[Activity], strength: float, peak: float) -> np.ndarray:
    """Solve the same ridge regression with NumPy's least squares and rows for the pull."""
    neurons = np.concatenate([one.neurons for one in seen])
    wrong = np.concatenate([one.torque for one in seen]) / SCALE - neurons @ prior.T
    pull = strength * peak * np.sqrt(len(neurons)) * np.eye(N_NEURONS)
    rows = np.vstack([neurons, pull])
    return prior + np.linalg.lstsq(rows, np.vstack([wrong, np.zeros((N_NEURONS, 3))]))[0].T


def test_every_tenth_batch_chooses_the_strength_and_is_learned_from_afterwards():
    seen = batches(12, 12, seed=5, noise=0.2)
    held = [seen[0], seen[10]]
    taught = [one for i, one in enumerate(seen) if i not in (0, 10)]
    peak = max(one.neurons.max() for one in seen)

    def error(readout: np.ndarray) -> float:
        effects = [(one.torque - SCALE * (one.neurons @ readout.T)) @ METRIC.T for one in held]
        return float(np.sqrt(np.mean(np.square(np.vstack(effects)).sum(axis=1))))

    errors = {strength: error(augmented(PRIOR, taught, strength, peak)) for strength in STRENGTHS}
    refined = refine(PRIOR, seen, SCALE, METRIC)
    assert len({round(e, 6) for e in errors.values()}) == len(STRENGTHS)
    assert refined.strength == min(errors, key=errors.__getitem__)
    assert refined.error == pytest.approx(min(errors.values()), rel=1e-4)
    assert refined.error_before == pytest.approx(error(PRIOR), rel=1e-4)
    expected = augmented(PRIOR, seen, refined.strength, peak)
    np.testing.assert_allclose(refined.readout, expected, atol=2e-7)
    assert np.abs(expected - augmented(PRIOR, taught, refined.strength, peak)).max() > 1e-6


def test_noisy_data_are_believed_less_than_exact_ones(exact):
    noisy = refine(PRIOR, batches(12, 4, seed=6, noise=3.0), SCALE, METRIC)
    assert noisy.strength > exact.strength


def test_activity_in_single_precision_is_enough(exact):
    single = [
        Activity(one.neurons.astype(np.float32), one.torque.astype(np.float32))
        for one in batches(21, 120, seed=3)
    ]
    refined = refine(PRIOR, single, SCALE, METRIC)
    np.testing.assert_allclose(refined.readout, exact.readout, atol=1e-5)


def test_batches_without_rows_are_passed_over_and_choose_nothing():
    seen = batches(12, 12, seed=5, noise=0.2)
    empty = Activity(np.zeros((0, N_NEURONS), dtype=np.float32), np.zeros((0, N_JOINTS)))
    # The first batch and the eleventh would have chosen.
    gaps = [empty, *seen[:4], empty, *seen[4:9], empty, *seen[9:], empty]
    expected, refined = (refine(PRIOR, recorded, SCALE, METRIC) for recorded in (seen, gaps))
    np.testing.assert_array_equal(refined.readout, expected.readout)
    assert (refined.strength, refined.error) == (expected.strength, expected.error)


def test_a_correction_that_helps_nowhere_is_not_made():
    # Rows that are learned from are wrong by far more than those held out.
    seen = batches(12, 12, seed=5)
    held = (0, 10)
    misleading = [
        one if i in held else Activity(one.neurons, one.torque + 5.0) for i, one in enumerate(seen)
    ]
    refined = refine(TRUE, misleading, SCALE, METRIC)
    np.testing.assert_array_equal(refined.readout, TRUE)
    assert refined.error == refined.error_before
    assert refined.strength == np.inf


@pytest.mark.parametrize("n_recorded", [0, 1])
def test_without_states_in_range_nothing_is_learned_and_it_says_so(n_recorded):
    empty = Activity(np.zeros((0, N_NEURONS), dtype=np.float32), np.zeros((0, N_JOINTS)))
    recorded = [empty, *batches(n_recorded, 12, seed=5), empty]
    with pytest.raises(SpikearmError, match="more recordings"):
        refine(PRIOR, recorded, SCALE, METRIC)
