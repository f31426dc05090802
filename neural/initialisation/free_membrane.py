"""Free membrane: the potential without threshold and reset, and its fluctuations."""

import numpy as np

from spikearm.neural.initialisation.lif import Lif


def poisson_spikes(
    rate: float, shape: tuple[int, ...], timestep: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw spikes that do not depend on each other, at most one per neuron and step.

    Args:
        rate: Mean rate [Hz].
        shape: Shape of the spikes, such as (n_steps, n_neurons).
        timestep: Duration of a step [s].
        rng: Random numbers.

    Returns:
        Ones and zeros.
    """
    return (rng.random(shape) < rate * timestep).astype(float)


def free_membrane(inputs: np.ndarray, lif: Lif) -> np.ndarray:
    """Simulate the potential without threshold and reset.

    Args:
        inputs: Sum of the weights of the inputs that spike in each step, shape (n_steps, ...).
        lif: Neurons.

    Returns:
        Potential, of the same shape.
    """
    a, b = lif.membrane_decay, lif.synapse_decay
    potentials = np.zeros(inputs.shape)
    potential, current = potentials[0], potentials[0]
    for step, arriving in enumerate(inputs):
        potentials[step] = potential
        potential, current = a * potential + (1 - a) * current, b * current + arriving
    return potentials


def fluctuation(potential: np.ndarray) -> float:
    """Compute the standard deviation over time: the root of the neurons' mean variance.

    The spread of the neurons' means is left out: it comes from the weights that each happened to
    draw, and not from its inputs.

    Args:
        potential: Potential, shape (n_steps, ...).
    """
    return float(np.sqrt(potential.var(axis=0).mean()))
