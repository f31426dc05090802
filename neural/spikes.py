"""Spikes of a running network, and of a motion."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from spikearm.neural.simulation import NeuralSimulation

UNLABELLED = "unlabelled"
"""Name of the neurons of an ensemble without a label."""


class Population(NamedTuple):
    """Neurons that belong together.

    Attributes:
        name: Plain name, such as ``features``.
        n_neurons: Number of neurons.
    """

    name: str
    n_neurons: int


class SpikeReadingSimulation(NeuralSimulation):
    """A simulation whose spikes can be read, step by step."""

    @property
    @abstractmethod
    def populations(self) -> tuple[Population, ...]:
        """Populations of neurons, in the order in which :attr:`spiked` numbers them."""

    @property
    @abstractmethod
    def spiked(self) -> np.ndarray:
        """Neurons that spiked in the last step, numbered population by population."""


@dataclass(frozen=True)
class SpikeTrains:
    """Spikes of a network in a motion.

    Attributes:
        populations: Populations of neurons.
        step: Step of each spike, from 0, in rising order, shape (n_spikes,).
        neuron: Neuron of each spike, numbered population by population, shape (n_spikes,).
    """

    populations: tuple[Population, ...]
    step: np.ndarray
    neuron: np.ndarray

    @classmethod
    def of_steps(
        cls, populations: tuple[Population, ...], spiked: Sequence[np.ndarray]
    ) -> "SpikeTrains":
        """Join what :attr:`SpikeReadingSimulation.spiked` was after each step."""
        step = np.repeat(np.arange(len(spiked), dtype=np.int32), [len(one) for one in spiked])
        neuron = np.concatenate([np.zeros(0, dtype=np.int32), *spiked]).astype(np.int32)
        return cls(populations, step, neuron)

    def by_neuron(self, population: int) -> list[np.ndarray]:
        """Return the steps in which each neuron of a population spiked, rising."""
        sizes = [one.n_neurons for one in self.populations]
        first = sum(sizes[:population])
        order = np.argsort(self.neuron, kind="stable")
        edges = np.arange(first, first + sizes[population] + 1)
        ends = np.searchsorted(self.neuron, edges, sorter=order)
        return [self.step[order[start:end]] for start, end in pairwise(ends)]
