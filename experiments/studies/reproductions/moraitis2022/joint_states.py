"""Encoders of an arm's joint positions: learned, random, or some of the positions themselves."""

from collections.abc import Mapping, Sequence

import nengo
import numpy as np

from spikearm.arm_models import load_arm
from spikearm.experiments.studies.reproductions.moraitis2022.learners import K_MEANS, k_means
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.unit_norm import unit_norm

ARM = "gen3"
SPREAD = 0.8  # rad, to either side of the arm's home
N_LEARNED, N_TESTED = 4000, 1000
SIZES = (20, 50, 100, 400)
BETA, LEARNING_RATE, BATCH, EPOCHS = 20.0, 0.1, 8, 5
MAX_RATES = (200.0, 400.0)  # Hz
RANDOM, SOME_STATES = "random directions", "random states"
ENCODERS = ("SoftHebb", K_MEANS, RANDOM, SOME_STATES)


def measure_joint_states(
    encoders: str, seed: int, sizes: Sequence[int] = SIZES
) -> Mapping[str, float]:
    """Decode gravity torques from neurons with these encoders.

    Args:
        encoders: Name of the encoders.
        seed: Seed of states, encoders and neurons.
        sizes: Numbers of neurons.

    Returns:
        Error for each number of neurons, in units of the torques' standard deviation.
    """
    rng = np.random.default_rng(seed)
    states, torques = _states(N_LEARNED + N_TESTED, rng)
    learned, tested = slice(N_LEARNED), slice(N_LEARNED, None)
    return {
        f"error_{size}": _error(
            _encoders(encoders, states[learned], size, rng, seed),
            (states[learned], torques[learned]), (states[tested], torques[tested]), rng,
        )
        for size in sizes
    }  # fmt: skip


def _states(n_states: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw sines and cosines of joints, less their means, and the gravity torques there."""
    model = load_arm(ARM).model
    home = model.chain.home
    q = home + rng.uniform(-SPREAD, SPREAD, (n_states, len(home)))
    torques = np.array([model.dynamics(one).bias_force for one in q])
    loaded = torques[:, torques.std(axis=0) > 1e-6]
    states = np.hstack([np.sin(q), np.cos(q)])
    return states - states.mean(axis=0), loaded / loaded.std(axis=0)


def _encoders(
    name: str, states: np.ndarray, size: int, rng: np.random.Generator, seed: int
) -> np.ndarray:
    directions = unit_norm(states)
    if name == RANDOM:
        return unit_norm(rng.normal(size=(size, states.shape[1])))
    if name == SOME_STATES:
        return rng.choice(directions, size, replace=False)
    if name == K_MEANS:
        return k_means(directions, size, EPOCHS, seed)
    layer = SoftHebb(size, BETA, LEARNING_RATE)
    start = layer.initial_state(states.shape[1], rng)
    return unit_norm(layer.learn(start, directions, rng, EPOCHS, BATCH).weights)


def _error(
    encoders: np.ndarray,
    learned: tuple[np.ndarray, np.ndarray],
    tested: tuple[np.ndarray, np.ndarray],
    rng: np.random.Generator,
) -> float:
    """Compute the error of decoded torques on states that decoders were not solved for.

    A neuron begins to fire at a random quantile of its activations, so that none is silent.
    """
    activations = learned[0] @ encoders.T
    quantiles = rng.uniform(0.05, 0.95, len(encoders))
    starts = np.array([np.quantile(u, q) for u, q in zip(activations.T, quantiles, strict=True)])
    scale = activations.max(axis=0) - starts
    neurons, ones = nengo.LIFRate(), np.ones(len(encoders))
    gain, bias = neurons.gain_bias(rng.uniform(*MAX_RATES, len(encoders)), 0.0 * ones)

    def rates(states: np.ndarray) -> np.ndarray:
        return neurons.rates((states @ encoders.T - starts) / scale, gain, bias)

    decoders, _ = nengo.solvers.LstsqL2(reg=0.01)(rates(learned[0]), learned[1])
    return float(np.sqrt(np.mean((rates(tested[0]) @ decoders - tested[1]) ** 2)))
