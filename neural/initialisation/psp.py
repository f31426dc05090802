"""Post-synaptic potential, and the integrals that set the size of weights."""

from typing import NamedTuple

import numpy as np

from spikearm.neural.initialisation.lif import Lif

KERNEL_TIME = 10  # longest time constants that are simulated: what is left is below 5e-5


class PspIntegrals(NamedTuple):
    """Integrals over time of the post-synaptic potential of a spike with weight 1.

    Attributes:
        mean: Integral of the potential, ``e1`` [s].
        square: Integral of its square, ``e2`` [s].
    """

    mean: float
    square: float


def psp_kernel(lif: Lif) -> np.ndarray:
    """Simulate the potential after a spike of weight 1 in step 0, without threshold and reset.

    Returns:
        Potential in each step, shape (n_steps,).
    """
    n_steps = int(KERNEL_TIME * max(lif.tau_membrane, lif.tau_synapse) / lif.timestep) + 1
    a, b = lif.membrane_decay, lif.synapse_decay
    kernel, potential, current = np.zeros(n_steps), 0.0, 0.0
    for step in range(n_steps):
        kernel[step] = potential
        arriving = 1.0 if step == 0 else 0.0
        potential, current = a * potential + (1 - a) * current, b * current + arriving
    return kernel


def simulated_integrals(lif: Lif) -> PspIntegrals:
    """Compute the integrals from the simulated potential: exact for its timestep."""
    kernel = psp_kernel(lif)
    return PspIntegrals(kernel.sum() * lif.timestep, np.square(kernel).sum() * lif.timestep)


def continuous_integrals(lif: Lif) -> PspIntegrals:
    """Compute the integrals in closed form, for infinitely short timesteps.

    ``e1 = tau_synapse`` and ``e2 = tau_synapse^2 / (2 (tau_synapse + tau_membrane))``. With steps
    of a fifth of the shorter time constant, weights from these are a tenth too large.
    """
    total = lif.tau_synapse + lif.tau_membrane
    return PspIntegrals(lif.tau_synapse, lif.tau_synapse**2 / (2 * total))
