"""States of an arm as spikes, and where its hand is: a regression."""

from typing import NamedTuple

import numpy as np

from spikearm.neural.initialisation.lif import Lif

LINKS = (0.4, 0.3, 0.2)  # m; a planar arm that is made up
LARGEST_ANGLE = np.pi / 2  # rad
LARGEST_GAIN, LARGEST_BIAS = 5.0, 2.0  # of the encoding currents; 1 makes a neuron just fire


class ArmStates(NamedTuple):
    """States and positions.

    Attributes:
        spikes: Spikes of the encoding neurons, shape (n_steps, n_states, n_neurons).
        positions: Position of the hand, shape (n_states, 2); mean 0, standard deviation 1.
    """

    spikes: np.ndarray
    positions: np.ndarray


def make_arm_states(
    rng: np.random.Generator, n_states: int, n_neurons: int = 100, n_steps: int = 50
) -> ArmStates:
    """Draw states of a planar arm of three joints, and encode them in spikes.

    A state is the sine and cosine of the joint angles and the joint velocities. Neurons without
    synapses each get a current that grows along a random direction among states.

    Args:
        rng: Random numbers.
        n_states: Number of states.
        n_neurons: Number of encoding neurons.
        n_steps: Number of steps of a trial.
    """
    angles = rng.uniform(-LARGEST_ANGLE, LARGEST_ANGLE, (n_states, len(LINKS)))
    velocities = rng.normal(0.0, 0.5, angles.shape)
    states = np.concatenate([np.sin(angles), np.cos(angles), velocities], axis=1)
    directions = rng.normal(size=(states.shape[1], n_neurons))
    directions /= np.linalg.norm(directions, axis=0)
    gains = rng.uniform(1.0, LARGEST_GAIN, n_neurons)
    currents = gains * (states @ directions) + rng.uniform(0, LARGEST_BIAS, n_neurons)
    return ArmStates(_encode(currents, n_steps, rng), _hand(angles))


def _hand(angles: np.ndarray) -> np.ndarray:
    """Compute the hand's position, scaled."""
    directions = np.cumsum(angles, axis=1)
    position = np.stack([np.cos(directions) @ LINKS, np.sin(directions) @ LINKS], axis=1)
    return ((position - position.mean(axis=0)) / position.std(axis=0)).astype(np.float32)


def _encode(currents: np.ndarray, n_steps: int, rng: np.random.Generator) -> np.ndarray:
    """Simulate neurons with constant currents, from random potentials on."""
    lif = Lif()
    potential = rng.random(currents.shape)
    spikes = np.zeros((n_steps, *currents.shape), np.float32)
    for step in range(n_steps):
        potential = currents + lif.membrane_decay * (potential - currents)
        spikes[step] = potential > lif.threshold
        potential[potential > lif.threshold] = 0.0
    return spikes
