"""What a network runs on: the one door to every neural backend."""

from abc import ABC, abstractmethod

import nengo

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
