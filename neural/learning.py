"""Learned weights of a running network: read, write and keep them."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.simulation import NeuralSimulation


class LearningSimulation(NeuralSimulation):
    """A simulation whose learned weights can be read and written."""

    def rest(self) -> None:
        """Reset to the state just after construction, but keep learned weights."""
        learned = self.read_learned()
        self.restart()
        self.write_learned(learned)

    @abstractmethod
    def read_learned(self) -> list[np.ndarray]:
        """Copy the weights that learn, one array per group of them, as the backend has them."""

    @abstractmethod
    def write_learned(self, learned: Sequence[np.ndarray]) -> None:
        """Write weights that :meth:`read_learned` returned.

        Raises:
            ValueError: They are another network's, or another backend's.
        """

    @property
    def learned_share(self) -> float:
        """Largest learned weight, relative to the largest that fits; 0 where any fits."""
        return 0.0


def learning_simulation(simulation: NeuralSimulation) -> LearningSimulation:
    """Return a simulation as one with learned weights.

    Raises:
        SpikearmError: Its learned weights can be neither read nor written.
    """
    if not isinstance(simulation, LearningSimulation):
        raise SpikearmError(
            f"{type(simulation).__name__} can neither read nor write learned weights. Use another "
            "backend to learn."
        )
    return simulation


def restart_neurons(simulation: NeuralSimulation) -> None:
    """Restart a simulation, but keep its learned weights, if it has any."""
    if isinstance(simulation, LearningSimulation):
        simulation.rest()
    else:
        simulation.restart()


def overwrite(weights: Sequence[np.ndarray], learned: Sequence[np.ndarray]) -> None:
    """Write learned weights over those of a backend, in place.

    Raises:
        ValueError: They differ in number, shape or type; nothing is written then.
    """
    there, given = ([(one.shape, one.dtype) for one in arrays] for arrays in (weights, learned))
    if there != given:
        raise ValueError(f"weights of {given} are no weights of {there}")
    for mine, one in zip(weights, learned, strict=True):
        mine[...] = one
