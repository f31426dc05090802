"""Exchange of the host's memory with the chip, with processes and with probes."""

import numpy as np

from spikearm.loihi_deploy.engine.host.kernels.items import ITEM
from spikearm.loihi_deploy.engine.host.operations import (
    ERROR_ABOVE,
    ERROR_BELOW,
    MAX_ERROR,
    NOT_FINITE,
)
from spikearm.loihi_deploy.engine.jit import jit


@jit
def play(memory, places, values):
    """Write the values that processes have in a step.

    Args:
        memory: Signals and constants, doubles; written.
        places: Place of each value in the memory.
        values: Values.
    """
    for i in range(len(places)):
        memory[places[i]] = values[i]


@jit
def keep(memory, probed, row):
    """Copy probed items of the memory.

    Args:
        memory: Signals and constants, doubles.
        probed: Place of each probed item.
        row: Values; written.
    """
    for i in range(len(probed)):
        row[i] = memory[probed[i]]


@jit
def send(memory, n, number, x, sent, sent_start):
    """List the neurons that send a spike to an input of the chip, after those of the one before.

    Args:
        memory: Memory of the host.
        n: Number of neurons.
        number: Number of the input.
        x: Vector of spikes.
        sent: Neurons; written.
        sent_start: Index of each input's first; written.
    """
    x, dx = x
    count = sent_start[number]
    for i in range(n):
        if memory[x + i * dx] != 0.0:
            sent[count] = np.intp(i)
            count += 1
    sent_start[number + ITEM] = count


@jit
def send_errors(memory, n, y, x, a, errors, alarms):
    """Scale and round learning errors, and cut them to the chip's range."""
    (y, dy), (x, dx) = y, x
    for i in range(n):
        error = np.rint(memory[a[0]] * memory[x + i * dx])
        if error > MAX_ERROR:
            alarms[0] |= ERROR_ABOVE
        elif error < -MAX_ERROR:
            alarms[0] |= ERROR_BELOW
        errors[y + i * dy] = min(max(error, -MAX_ERROR), MAX_ERROR)


@jit
def check(memory, n, x, alarms):
    """Raise an alarm if an item is not finite."""
    x, dx = x
    for i in range(n):
        if not np.isfinite(memory[x + i * dx]):
            alarms[0] |= NOT_FINITE
