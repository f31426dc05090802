"""What a network runs on: the one door to every neural backend."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence

import nengo
import numpy as np

from controller.controller import Footprint, StepCounts


class NeuralSimulation(ABC):
    """A Nengo network running on a backend.

    The class itself is the backend's value: it is passed where a network is to be run,
    and called with the network.

    Args:
        network: What to run. Its nodes exchange values with the outside.
    """

    def __init__(self, network: nengo.Network) -> None:
        self.network = network

    @abstractmethod
    def step(self) -> None:
        """Advance by one control period."""

    @abstractmethod
    def restart(self) -> None:
        """Go back to the state just after construction, exactly."""

    def rest(self) -> None:
        """Go back to the state just after construction, but keep what has been learned."""
        learned = self.read_learned()
        self.restart()
        self.write_learned(learned)

    @abstractmethod
    def read_learned(self) -> list[np.ndarray]:
        """Copy the weights that learn, one array per group of them, as the backend has them."""

    @abstractmethod
    def write_learned(self, learned: Sequence[np.ndarray]) -> None:
        """Put back what :meth:`read_learned` gave.

        Raises:
            ValueError: It is of another network, or of another backend.
        """

    @property
    def learned_share(self) -> float:
        """The largest weight that was learned, of the largest that fits; 0 where any does."""
        return 0.0

    @property
    def notices(self) -> Counter[str]:
        """In how many steps since construction a number was cut or overflowed, by what it was."""
        return Counter()

    @property
    @abstractmethod
    def counts(self) -> StepCounts:
        """Neural work of the last step."""

    @property
    @abstractmethod
    def footprint(self) -> Footprint:
        """What the network takes."""

    @abstractmethod
    def close(self) -> None:
        """Free what the backend holds."""


def overwrite(weights: Sequence[np.ndarray], learned: Sequence[np.ndarray]) -> None:
    """Write learned weights over those of a backend, in place.

    Raises:
        ValueError: They are others in number, shape or kind; nothing is written then.
    """
    there, given = ([(one.shape, one.dtype) for one in arrays] for arrays in (weights, learned))
    if there != given:
        raise ValueError(f"weights of {given} are no weights of {there}")
    for mine, one in zip(weights, learned, strict=True):
        mine[...] = one
