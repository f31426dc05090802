"""Steps of neurons in the host's memory, each with the rounding of Nengo's."""

import numpy as np

from spikearm.loihi_deploy.engine.host.kernels.vectors import ONE
from spikearm.loihi_deploy.engine.jit import jit


@jit
def integrate_and_fire(memory, n, y, x, voltage, rule):
    """Advance neurons that integrate positive currents; the rule is dt and the spikes' height."""
    (y, dy), (x, dx), (a, da), (b, db) = y, x, voltage, rule
    for i in range(n):
        current = max(memory[x + i * dx], 0.0)
        integral = memory[a + i * da] + current * memory[b + i * db]
        spikes = np.floor(integral)
        memory[y + i * dy] = memory[b + i * db + ONE] * spikes
        memory[a + i * da] = integral - spikes
