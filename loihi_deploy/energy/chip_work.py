"""Work of a chip in each step, counted from the spikes of the step."""

import numpy as np
from scipy.sparse import csr_array

from spikearm.loihi_deploy.energy.step_time import step_times
from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.mesh import hops


def chip_work(fan_out: FanOut, fired: csr_array) -> np.ndarray:
    """Count the work of each step.

    A spike that stays in its core is a message all the same, an assumption on the dear side.

    Args:
        fan_out: Ways of the spikes of each neuron.
        fired: Spikes of each neuron in each step, shape (n_steps, n_neurons).

    Returns:
        Rows of :class:`~spikearm.neural.counts.ChipWork`, shape (n_steps, n_fields).
    """
    n, cores = fan_out.n_compartments, fan_out.placement.cores
    chips = np.array([core.chip for core in cores])
    on_chip = (chips[:, None] == chips)[fan_out.core]  # (n_compartments, n_cores)
    ways = hops(np.array([core.number for core in cores]))[:, fan_out.core] * on_chip
    messages = fan_out.messages[:n]
    by_neuron = np.column_stack(
        [
            np.ones(n),
            messages.multiply(on_chip).sum(axis=1),
            *(messages.multiply(way).sum(axis=1) for way in ways),
            messages.multiply(~on_chip).sum(axis=1),
        ]
    )
    events = np.column_stack([kind.sum(axis=1) for kind in fan_out.events])
    work = (
        fired @ events,
        fired[:, :n] @ by_neuron,
        fired[:, n:] @ fan_out.messages[n:].sum(axis=1),
        step_times(fan_out, fired).steps,
    )
    return np.column_stack(work)
