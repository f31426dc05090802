"""Simulations: the interface of every backend that runs a network."""

from abc import ABC, abstractmethod
from collections import Counter

import nengo
import numpy as np

from spikearm.neural.counts import ChipWork, Footprint, StepCounts


class NeuralSimulation(ABC):
    """Nengo network running on a backend.

    The class itself stands for the backend: it is passed where a network is to be run,
    and called with the network. Faults and learned weights are interfaces of their own, in
    :mod:`spikearm.neural.faults` and :mod:`spikearm.neural.learning`.

    Args:
        network: Network to run. Its nodes exchange values with the outside.
    """

    def __init__(self, network: nengo.Network) -> None:
        self.network = network

    @abstractmethod
    def step(self) -> None:
        """Advance by one control period."""

    @abstractmethod
    def restart(self) -> None:
        """Return to the state just after construction, exactly."""

    @property
    @abstractmethod
    def counts(self) -> StepCounts:
        """Neural work of the last step."""

    @property
    @abstractmethod
    def footprint(self) -> Footprint:
        """Memory, cores and compartments of the network."""

    def chip_work(self, n_steps: int) -> np.ndarray:
        """Return the work of a chip in each of the last steps.

        Args:
            n_steps: Number of steps, all of them since a restart.

        Returns:
            Rows of :class:`~spikearm.neural.counts.ChipWork`, shape (n_steps, n_fields); zeros for
            a backend without a chip.
        """
        return np.zeros((n_steps, len(ChipWork._fields)))

    @property
    def overflow_counts(self) -> Counter[str]:
        """Number of steps since construction in which a number was cut or overflowed, by kind."""
        return Counter()

    @abstractmethod
    def close(self) -> None:
        """Free the resources of the backend."""
