"""Trainings of deep spiking networks that differ in the initial weights of their layers alone.

Readouts do not fire, and all begin with Kaiming's weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spikearm.experiments.studies.reproductions.rossbroich2022.arm_states import make_arm_states
from spikearm.experiments.studies.reproductions.rossbroich2022.manifolds import make_manifolds
from spikearm.neural.initialisation.fluctuation_driven import FluctuationDriven
from spikearm.neural.initialisation.initialisation import Initialisation
from spikearm.neural.initialisation.kaiming import Kaiming
from spikearm.neural.initialisation.layerwise import initialise, initialise_layerwise
from spikearm.neural.initialisation.lif import Lif

MEASURED_RATES, ONE_RATE, KAIMING = "rates by layer", "one rate", "Kaiming"
N_CLASSES, N_NEURONS = 10, 64
TRAINED_SHARE = 0.8  # of the trials
BATCH_SIZE = 100
N_STATES, N_TESTED_STATES = 2000, 500


@dataclass(frozen=True)
class Setting:
    """Network and its training.

    Attributes:
        rule: Rule that draws the initial weights of the layers.
        depth: Number of spiking layers.
        epochs: Number of epochs.
        banded: True for losses that hold rates in a band.
    """

    rule: Initialisation
    depth: int
    epochs: int
    banded: bool = False


def classify(setting: Setting, seed: int) -> Mapping[str, float]:
    """Train a network to tell smooth random manifolds apart.

    Args:
        setting: Network and its training.
        seed: Seed of manifolds, weights and the order of the trials.

    Returns:
        Share of test trials that are told apart, and the smallest and largest rate among the
        layers, and among those behind the third, before and after [Hz].
    """
    from spikearm.perception.training.spiking.losses import largest_cross_entropy
    from spikearm.perception.training.spiking.rate_band import RateBand
    from spikearm.perception.training.spiking.spiking_network import dense_network
    from spikearm.perception.training.spiking.training import TrainingConfig, train

    rng = np.random.default_rng(seed)
    trained, tested = make_manifolds(rng, N_CLASSES).split(TRAINED_SHARE)
    n_steps, _, n_units = trained.spikes.shape
    trial_time = n_steps * Lif().timestep
    sizes = (n_units, *[N_NEURONS] * setting.depth, N_CLASSES)
    network = dense_network(sizes, Lif(), Lif(tau_membrane=trial_time))
    initialise([network.readout], Kaiming(), rng)
    initialise(network.layers, setting.rule, rng)
    before = network.rates(tested.spikes)
    band = RateBand() if setting.banded else None
    config = TrainingConfig(setting.epochs, BATCH_SIZE, rate_band=band, seed=seed)
    train(network, trained.spikes, trained.labels, largest_cross_entropy, config)
    outputs, after = network.outputs(tested.spikes), network.rates(tested.spikes)
    guessed = outputs.max(axis=0).argmax(axis=-1)
    return {
        "accuracy": float(np.mean(guessed == tested.labels)),
        "least_rate_before": min(before), "most_rate_before": max(before),
        "deep_rate_before": max(before[3:], default=0.0), "least_rate_after": min(after),
    }  # fmt: skip


def locate(condition: str, depth: int, epochs: int, seed: int) -> Mapping[str, float]:
    """Train a network to say where an arm's hand is.

    Args:
        condition: Initialisation: with rates measured layer by layer, with the rate of the
            encoding neurons for all layers, or Kaiming's.
        depth: Number of spiking layers.
        epochs: Number of epochs.
        seed: Seed of states, weights and the order of the trials.

    Returns:
        Root mean squared error of test states, relative to the standard deviation of positions,
        and the smallest rate among the layers before [Hz].
    """
    from spikearm.perception.training.spiking.losses import late_square_error
    from spikearm.perception.training.spiking.spiking_network import dense_network
    from spikearm.perception.training.spiking.training import TrainingConfig, train

    rng = np.random.default_rng(seed)
    spikes, positions = make_arm_states(rng, N_STATES + N_TESTED_STATES)
    seen, tested = spikes[:, :N_STATES], spikes[:, N_STATES:]
    network = dense_network((spikes.shape[2], *[N_NEURONS] * depth, 2), Lif(), Lif())
    initialise([network.readout], Kaiming(), rng)
    if condition == MEASURED_RATES:
        initialise_layerwise(network.layers, seen, FluctuationDriven(), rng)
    else:
        one_rate = FluctuationDriven(nu=float(seen.mean()) / Lif().timestep)
        initialise(network.layers, one_rate if condition == ONE_RATE else Kaiming(), rng)
    before = network.rates(tested)
    train(
        network, seen, positions[:N_STATES], late_square_error,
        TrainingConfig(epochs, BATCH_SIZE, seed=seed),
    )  # fmt: skip
    error = network.evaluate(tested, positions[N_STATES:], late_square_error)
    return {"error": error**0.5, "least_rate_before": min(before)}
