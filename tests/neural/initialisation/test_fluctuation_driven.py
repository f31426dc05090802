"""Weights from the fluctuations that they cause, against simulated membranes."""

import numpy as np
import pytest
from scipy.signal import lfilter

from spikearm.arm_models import SpikearmError
from spikearm.neural.initialisation.afferent import Afferent, variance_shares
from spikearm.neural.initialisation.balanced_exponential import BalancedExponential
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.free_membrane import (
    fluctuation,
    free_membrane,
    poisson_spikes,
)
from spikearm.neural.initialisation.kaiming import Kaiming
from spikearm.neural.initialisation.lif import Lif

N_OUT, TIME, WARM_UP = 150, 6.0, 0.3  # neurons, s, s
CONFIGURATIONS = {  # fan-in, rate [Hz], target, neurons
    "usual": (128, 10.0, FluctuationDriven(), Lif()),
    "small": (64, 25.0, FluctuationDriven(0.5), Lif(timestep=0.001)),
    "large": (900, 4.0, FluctuationDriven(1 / 3), Lif(0.03, 0.005, 0.001)),
    "offset": (300, 12.0, FluctuationDriven(0.35, 0.3), Lif(0.01, 0.02, 0.001, 2.0)),
    "threshold": (200, 8.0, FluctuationDriven(0.8), Lif(0.02, 0.008, 0.002, 0.4)),
}


def membrane_of(spikes, weights, lif):
    potential = free_membrane(spikes @ weights, lif)
    return potential[int(WARM_UP / lif.timestep) :]


def poisson(rate, n, lif, rng):
    return poisson_spikes(rate, (int(TIME / lif.timestep), n), lif.timestep, rng)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_free_membrane_fluctuates_and_lies_as_wanted(name):
    fan_in, rate, rule, lif = CONFIGURATIONS[name]
    rng = np.random.default_rng(5)
    afferent = Afferent((fan_in, N_OUT), rate=rate)
    (weights,) = rule.draw([afferent], lif, rng)
    potential = membrane_of(poisson(rate, fan_in, lif, rng), weights, lif)
    assert fluctuation(potential) == pytest.approx(rule.sigma_u * lif.threshold, rel=0.06)
    means = potential.mean(axis=0)
    error = 3 * means.std() / np.sqrt(N_OUT)
    assert means.mean() == pytest.approx(rule.mu_u * lif.threshold, abs=error)


def test_the_spread_of_the_neurons_means_is_no_fluctuation():
    still = np.tile(np.arange(5.0), (20, 1))
    assert fluctuation(still) == 0.0
    assert fluctuation(np.array([[0.0, 0.0], [2.0, 4.0]])) == pytest.approx(np.sqrt((1 + 4) / 2))


def test_the_free_membrane_is_two_filters_in_a_row():
    lif = Lif(0.013, 0.007, 0.002)
    inputs = np.random.default_rng(0).normal(size=(30, 4))
    a, b = np.exp(-2 / 13), np.exp(-2 / 7)
    current = lfilter([0, 1], [1, -b], inputs, axis=0)
    potential = lfilter([0, 1 - a], [1, -a], current, axis=0)
    assert free_membrane(inputs, lif) == pytest.approx(potential, abs=1e-12)


@pytest.mark.parametrize("alpha", [0.9, 0.5])
def test_recurrent_connections_have_their_share_of_the_variance(alpha):
    lif, rng = Lif(), np.random.default_rng(2)
    afferents = [Afferent((120, N_OUT)), Afferent((N_OUT, N_OUT), recurrent=True)]
    weights = FluctuationDriven(0.7, alpha=alpha).draw(afferents, lif, rng)
    potentials = [membrane_of(poisson(10.0, len(one), lif, rng), one, lif) for one in weights]
    variances = [fluctuation(one) ** 2 for one in potentials]
    assert variances[0] / sum(variances) == pytest.approx(alpha, abs=0.03)
    assert fluctuation(np.sum(potentials, axis=0)) == pytest.approx(0.7, rel=0.06)


def test_shares_are_split_among_connections_of_a_kind():
    forward, back = Afferent((3, 2)), Afferent((2, 2), recurrent=True)
    assert variance_shares([forward], 0.7) == [1.0]
    assert variance_shares([back, back], 0.7) == [0.5, 0.5]
    assert variance_shares([forward, back, forward], 0.7) == pytest.approx([0.35, 0.3, 0.35])


def test_two_connections_share_the_mean_though_their_rates_differ():
    lif, rng = Lif(), np.random.default_rng(3)
    rates, rule = (5.0, 20.0), FluctuationDriven(0.6, 0.4)
    afferents = [Afferent((200, N_OUT), rate=rate) for rate in rates]
    weights = rule.draw(afferents, lif, rng)
    potentials = [
        membrane_of(poisson(rate, 200, lif, rng), one, lif)
        for rate, one in zip(rates, weights, strict=True)
    ]
    potential = np.sum(potentials, axis=0)
    assert fluctuation(potential) == pytest.approx(0.6, rel=0.06)
    error = 3 * potential.mean(axis=0).std() / np.sqrt(N_OUT)
    assert potential.mean() == pytest.approx(0.4, abs=error)


def test_a_convolution_counts_the_fan_in_of_its_kernel():
    rng, lif = np.random.default_rng(4), Lif()
    kernel_shape, rate = (5, 3, 8, 40), 15.0
    (kernel,) = FluctuationDriven(0.9, nu=rate).draw([Afferent(kernel_shape)], lif, rng)
    assert kernel.shape == kernel_shape
    images = poisson_spikes(rate, (3000, 9, 8, 8), lif.timestep, rng)
    windows = np.lib.stride_tricks.sliding_window_view(images, (5, 3), axis=(1, 2))
    inputs = np.einsum("tyxcij,ijco->tyxo", windows[:, ::2, ::2], kernel, optimize=True)
    assert fluctuation(free_membrane(inputs, lif)[150:]) == pytest.approx(0.9, rel=0.06)


def test_a_sparse_layer_counts_the_weights_that_it_has():
    rng, lif, n_in = np.random.default_rng(6), Lif(), 800
    mask = np.zeros((n_in, N_OUT), bool)
    for neuron, column in enumerate(mask.T):
        column[rng.permutation(n_in)[: 20 + neuron % 2 * 60]] = True
    (weights,) = FluctuationDriven().draw([Afferent(mask.shape, mask=mask)], lif, rng)
    assert (weights[~mask] == 0).all()
    assert (weights[mask] != 0).all()
    potential = membrane_of(poisson(10.0, n_in, lif, rng), weights, lif)
    for some in (slice(0, None, 2), slice(1, None, 2)):  # 20 inputs, and 80
        assert fluctuation(potential[:, some]) == pytest.approx(1.0, rel=0.06)


def test_a_target_below_the_fluctuations_of_the_mean_weight_is_refused():
    with pytest.raises(SpikearmError, match=r"sigma_u 0\.05 is not possible with mu_u 0\.9"):
        FluctuationDriven(0.05, 0.9).draw([Afferent((50, 10))], Lif(), np.random.default_rng(0))


def test_the_refusal_names_the_smallest_target_that_is_possible():
    rule, afferents = FluctuationDriven(0.05, 0.9), [Afferent((50, 10)), Afferent((30, 10))]
    with pytest.raises(SpikearmError, match="takes") as refused:
        rule.statistics(afferents, Lif())
    least = float(str(refused.value).split("takes ")[1].split(". Give")[0])
    FluctuationDriven(1.01 * least, 0.9).statistics(afferents, Lif())
    with pytest.raises(SpikearmError):
        FluctuationDriven(0.99 * least, 0.9).statistics(afferents, Lif())


@pytest.mark.parametrize("sigma_u", [1.0, 0.5])
@pytest.mark.parametrize("recurrent", [False, True])
def test_dales_law_keeps_signs_balance_and_fluctuations(sigma_u, recurrent):
    lif, rng, n_out = Lif(0.02, 0.01, 0.001), np.random.default_rng(8), 200
    afferents = [Afferent((200, n_out)), Afferent((60, n_out), inhibitory=True, tau_synapse=0.02)]
    if recurrent:
        afferents.append(Afferent((150, n_out), recurrent=True))
    weights = BalancedExponential(sigma_u, nu=12.0, alpha=0.8).draw(afferents, lif, rng)
    synapses = [lif, Lif(0.02, 0.02, 0.001), lif]
    potentials = [
        membrane_of(poisson(12.0, len(one), lif, rng), one, synapse)
        for one, synapse in zip(weights, synapses, strict=False)
    ]
    assert (weights[0] > 0).all()
    assert (weights[1] < 0).all()
    assert fluctuation(np.sum(potentials, axis=0)) == pytest.approx(sigma_u, rel=0.06)
    excitation = sum(one.mean() for one in potentials if one.mean() > 0)
    assert potentials[1].mean() == pytest.approx(-excitation, rel=0.05)
    if recurrent:
        forward, back = (fluctuation(potentials[one]) ** 2 for one in (0, 2))
        assert forward / (forward + back) == pytest.approx(0.8, abs=0.03)


def test_dales_law_gives_the_papers_exponential_rates():
    lif, n_e, n_i, nu = Lif(), 70, 30, 9.0
    afferents = [Afferent((n_e, 1)), Afferent((n_i, 1), inhibitory=True)]
    excitatory, inhibitory = BalancedExponential(0.6, nu).means(afferents, lif)
    one = Afferent((1, 1)).drive(lif, 1.0)
    ratio = n_i / n_e  # lambda_I = D lambda_E; both have the same synapse
    expected = np.sqrt(2 * nu * one.square[0] * (ratio**2 * n_e + n_i)) / (0.6 * ratio)
    assert 1 / excitatory[0] == pytest.approx(expected)
    assert 1 / inhibitory[0] == pytest.approx(ratio * expected)


def test_dales_law_needs_both_signs():
    with pytest.raises(SpikearmError, match="balance"):
        BalancedExponential().draw([Afferent((5, 3))], Lif(), np.random.default_rng(0))


def test_kaimings_weights_know_the_fan_in_alone():
    rng = np.random.default_rng(9)
    (weights,) = Kaiming().draw([Afferent((3, 5, 20, 400), rate=80.0)], Lif(threshold=9.0), rng)
    assert weights.std() == pytest.approx(np.sqrt(2 / 300), rel=0.01)


RULES = (FluctuationDriven(), BalancedExponential(), Kaiming())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_a_seed_gives_the_same_weights_and_another_seed_others(rule):
    afferents = [Afferent((8, 5)), Afferent((4, 5), inhibitory=True)]
    first, again, other = (
        np.concatenate(rule.draw(afferents, Lif(), np.random.default_rng(seed)))
        for seed in (0, 0, 1)
    )
    assert (first == again).all()
    assert not np.isclose(first, other).any()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize("shapes", [(), ((4, 5), (4, 6))])
def test_connections_of_several_layers_are_refused(rule, shapes):
    with pytest.raises(SpikearmError):
        rule.draw([Afferent(shape) for shape in shapes], Lif(), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: Afferent((4,)), "connect nothing"),
        (lambda: Afferent((0, 3)), "connect nothing"),
        (lambda: Afferent((4, 3), mask=np.ones((3, 4))), "fits no weights"),
        (lambda: Afferent((2, 2), mask=np.array([[1, 0], [1, 0]])), "without any input"),
        (lambda: Afferent((4, 3), rate=0.0), "rate"),
        (lambda: FluctuationDriven(sigma_u=0.0), "sigma_u"),
        (lambda: FluctuationDriven(mu_u=np.nan), "mu_u"),
        (lambda: FluctuationDriven(nu=-1.0), "nu"),
        (lambda: FluctuationDriven(alpha=1.0), "alpha"),
        (lambda: BalancedExponential(alpha=0.0), "alpha"),
        (lambda: Kaiming(gain=0.0), "gain"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(SpikearmError, match=sentence):
        wrong()


def test_a_mask_cannot_be_changed_behind_a_connections_back():
    mask = np.ones((3, 2), bool)
    afferent = Afferent((3, 2), mask=mask)
    mask[0] = False
    assert afferent.fan_in.tolist() == [3, 3]
    assert afferent.mask is not None
    with pytest.raises(ValueError, match="read-only"):
        afferent.mask[0, 0] = False
