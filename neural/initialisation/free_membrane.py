"""Free membrane: the potential without threshold and reset, and its fluctuations."""

import numpy as np
from scipy.signal import lfilter

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
    current = lfilter([0.0, 1.0], [1.0, -b], inputs, axis=0)
    return lfilter([0.0, 1.0 - a], [1.0, -a], current, axis=0)


def fluctuation(potential: np.ndarray) -> float:
    """Compute the standard deviation over time: the root of the neurons' mean variance.

    The spread of the neurons' means is left out: it comes from the weights that each happened to
    draw, and not from its inputs.

    Args:
        potential: Potential, shape (n_steps, ...).
    """
    return float(np.sqrt(potential.var(axis=0).mean()))
