"""Fluctuations of free membranes, beside their targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spikearm.neural.initialisation.afferent import Afferent
from spikearm.neural.initialisation.balanced_exponential import BalancedExponential
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.free_membrane import (
    fluctuation,
    free_membrane,
    poisson_spikes,
)
from spikearm.neural.initialisation.initialisation import Initialisation
from spikearm.neural.initialisation.kaiming import Kaiming
from spikearm.neural.initialisation.lif import Lif

RULE, CLOSED_FORM, KAIMING = "fluctuation-driven", "closed form", "Kaiming"
N_CONFIGURATIONS = 6
N_NEURONS = 200
TIME, WARM_UP = 8.0, 0.5  # s
DALE_TIME = 60.0  # s; weights of one sign let all neurons fluctuate in common, as one sample
SHORT_TIMESTEP = 1e-5  # s; the closed form's is infinitely short


@dataclass(frozen=True)
class Configuration:
    """Layer with a target.

    Attributes:
        afferent: Connection into the layer.
        lif: Neurons.
        rule: Target.
    """

    afferent: Afferent
    lif: Lif
    rule: FluctuationDriven


def draw_configuration(rng: np.random.Generator) -> Configuration:
    """Draw fan-in, rate, time constants, threshold, timestep and target."""
    mu_u, distance = rng.choice([0.0, 0.3]), rng.uniform(1, 3)
    return Configuration(
        Afferent((int(rng.integers(64, 1000)), N_NEURONS), rate=rng.uniform(3, 30)),
        Lif(
            tau_membrane=rng.uniform(0.01, 0.03),
            tau_synapse=rng.uniform(0.005, 0.02),
            timestep=rng.choice([0.001, 0.002]),
            threshold=rng.uniform(0.3, 3),
        ),
        FluctuationDriven((1 - mu_u) / distance, mu_u),
    )


def measure_configurations(condition: str, seed: int) -> Mapping[str, float]:
    """Measure the largest deviation from the target in a few random configurations.

    Args:
        condition: Rule that draws the weights.
        seed: Seed of configurations, weights and spikes.
    """
    rng = np.random.default_rng(seed)
    deviations = [
        abs(_ratio(draw_configuration(rng), condition, rng) - 1) for _ in range(N_CONFIGURATIONS)
    ]
    return {"deviation": max(deviations)}


def measure_shares(alpha: float, seed: int) -> Mapping[str, float]:
    """Measure the share of feedforward connections in the variance, beside recurrent ones."""
    rng, lif = np.random.default_rng(seed), Lif()
    afferents = [Afferent((120, N_NEURONS)), Afferent((N_NEURONS, N_NEURONS), recurrent=True)]
    weights = FluctuationDriven(alpha=alpha).draw(afferents, lif, rng)
    variances = [fluctuation(_membrane([one], [lif], 10.0, rng)) ** 2 for one in weights]
    return {"share": variances[0] / sum(variances)}


def measure_convolution(seed: int) -> Mapping[str, float]:
    """Measure the deviation from the target behind a convolution."""
    rng, lif, rate = np.random.default_rng(seed), Lif(), 15.0
    (kernel,) = FluctuationDriven(nu=rate).draw([Afferent((5, 3, 8, 40))], lif, rng)
    images = poisson_spikes(rate, (round(TIME / lif.timestep), 9, 8, 8), lif.timestep, rng)
    windows = np.lib.stride_tricks.sliding_window_view(images, (5, 3), axis=(1, 2))
    inputs = np.einsum("tyxcij,ijco->tyxo", windows[:, ::2, ::2], kernel, optimize=True)
    potential = free_membrane(inputs, lif)[round(WARM_UP / lif.timestep) :]
    return {"deviation": abs(fluctuation(potential) - 1)}


def measure_dale(seed: int) -> Mapping[str, float]:
    """Measure the deviation from the target with excitatory and inhibitory weights."""
    rng, rate = np.random.default_rng(seed), 10.0
    excitatory, inhibitory = Lif(), Lif(tau_synapse=0.02)
    afferents = [
        Afferent((128, N_NEURONS)),
        Afferent((32, N_NEURONS), inhibitory=True, tau_synapse=inhibitory.tau_synapse),
    ]
    weights = BalancedExponential(nu=rate).draw(afferents, excitatory, rng)
    potential = _membrane(weights, [excitatory, inhibitory], rate, rng, DALE_TIME)
    return {"deviation": abs(fluctuation(potential) - 1)}


def _ratio(configuration: Configuration, condition: str, rng: np.random.Generator) -> float:
    """Measure the standard deviation of the free membrane, relative to its target."""
    afferent, lif, rule = configuration.afferent, configuration.lif, configuration.rule
    rules: dict[str, tuple[Initialisation, Lif]] = {
        RULE: (rule, lif),
        CLOSED_FORM: (rule, replace(lif, timestep=SHORT_TIMESTEP)),
        KAIMING: (Kaiming(), lif),
    }
    chosen, drawn_for = rules[condition]
    weights = chosen.draw([afferent], drawn_for, rng)
    assert afferent.rate is not None
    potential = _membrane(weights, [lif], afferent.rate, rng)
    return fluctuation(potential) / (rule.sigma_u * lif.threshold)


def _membrane(
    weights: Sequence[np.ndarray],
    lifs: Sequence[Lif],
    rate: float,
    rng: np.random.Generator,
    time: float = TIME,
) -> np.ndarray:
    """Simulate membranes behind connections that have neurons with their synapses each."""
    timestep = lifs[0].timestep
    n_steps = round(time / timestep)
    potentials = [
        free_membrane(poisson_spikes(rate, (n_steps, len(one)), timestep, rng) @ one, lif)
        for one, lif in zip(weights, lifs, strict=True)
    ]
    return np.sum(potentials, axis=0)[round(WARM_UP / timestep) :]
