"""Time that a chip needs for a step, estimated from the spikes of the step.

A core handles messages, and beside them its neurons: the slower of the two is its time. The slowest
core, and the synchronisation of all, make a step. This is the model ``simple`` of SANA-FE with the
times of its Loihi (Boyle et al. 2025, IEEE TCAD 44(8), 3165-3178; ``loihi.yaml``), calibrated on
chips by its authors: within 25 % on their workloads. Messages that wait for one another are not in
it, nor is what lies outside of the cores: the host, the x86 cores and the link.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.mesh import tile_of
from spikearm.loihi_deploy.mapping.placement import Placement

MESSAGE_IN = 16.0e-9  # s
STORED_WEIGHT = (3.8e-9, 4.7e-9, 3.1e-9)  # s; in the order of ROW_KINDS
NEURON = 6.0e-9 + 3.7e-9  # s; access and update, of every compartment in every step
SPIKE = 30.0e-9  # s
MESSAGE_OUT = 5.1e-9  # s
SYNCHRONISATION = {1: 0.6e-6, 2: 1.0e-6, 4: 1.4e-6, 29: 1.8e-6}  # s, by least number of tiles


@dataclass(frozen=True)
class StepTimes:
    """Times of the cores in each step.

    Attributes:
        placement: Blocks on cores.
        messages: Time that each core handles messages, shape (n_steps, n_cores) [s].
        neurons: Time that each core handles neurons, shape (n_steps, n_cores) [s].
        synchronisation: Time in which all cores are synchronised [s].
    """

    placement: Placement
    messages: np.ndarray
    neurons: np.ndarray
    synchronisation: float

    @property
    def cores(self) -> np.ndarray:
        """Time that each core takes in each step, shape (n_steps, n_cores) [s]."""
        return np.maximum(self.messages, self.neurons)

    @property
    def steps(self) -> np.ndarray:
        """Time of each step, shape (n_steps,) [s]."""
        return self.cores.max(axis=1) + self.synchronisation

    @property
    def bottleneck(self) -> int:
        """Index of the core that is slowest in most steps."""
        slowest = self.cores.argmax(axis=1)
        return int(np.bincount(slowest, minlength=1).argmax())

    @property
    def summary(self) -> "StepTimeSummary":
        """Summary of the run."""
        steps, core = self.steps, self.bottleneck
        messages, neurons = self.messages[:, core].mean(), self.neurons[:, core].mean()
        return StepTimeSummary(
            mean=float(steps.mean()), p99=float(np.percentile(steps, 99)),
            longest=float(steps.max()), bottleneck=self.placement.cores[core].name,
            busy_with="messages" if messages > neurons else "neurons",
            synchronisation=self.synchronisation,
        )  # fmt: skip


@dataclass(frozen=True)
class StepTimeSummary:
    """Time of a step over a run.

    Attributes:
        mean: Mean [s].
        p99: 99th percentile [s].
        longest: Longest time [s].
        bottleneck: Name of the core that is slowest in most steps.
        busy_with: What this core takes longer for: ``messages`` or ``neurons``.
        synchronisation: Share of every step in which all cores are synchronised [s].
    """

    mean: float
    p99: float
    longest: float
    bottleneck: str
    busy_with: str
    synchronisation: float

    @property
    def highest_rate(self) -> float:
        """Control rate at which the longest step still ends in time [Hz]."""
        return 1.0 / self.longest


def step_times(fan_out: FanOut, fired: csr_array) -> StepTimes:
    """Estimate the time of each core in each step.

    Args:
        fan_out: Ways of the spikes of each neuron.
        fired: Spikes of each neuron in each step, shape (n_steps, n_neurons).
    """
    n, n_cores = fan_out.n_compartments, len(fan_out.placement.cores)
    received = MESSAGE_IN * (fired @ fan_out.messages)
    for kind, price in zip(fan_out.events, STORED_WEIGHT, strict=True):
        received = received + price * (fired @ kind)
    sent = SPIKE + MESSAGE_OUT * fan_out.messages[:n].sum(axis=1)
    home = np.zeros((n, n_cores))
    home[np.arange(n), fan_out.core] = sent
    on_core = np.bincount(fan_out.core, minlength=n_cores)
    return StepTimes(
        fan_out.placement, received.toarray(), fired[:, :n] @ home + NEURON * on_core,
        synchronisation(fan_out.placement),
    )  # fmt: skip


def synchronisation(placement: Placement) -> float:
    """Return the time in which all cores of a placement are synchronised [s].

    The table is SANA-FE's, for one chip; tiles of several chips are counted together.
    """
    n_tiles = len({(core.chip, tile_of(core.number)) for core in placement.cores})
    least = list(SYNCHRONISATION)
    return SYNCHRONISATION[least[bisect_right(least, n_tiles) - 1]]
