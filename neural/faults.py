"""Faults of a running network: silent neurons and lost spikes."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.simulation import NeuralSimulation


class SilenceableSimulation(NeuralSimulation):
    """A simulation whose neurons can be silenced, numbered from 0."""

    _silent: np.ndarray = np.zeros(0, dtype=np.int64)

    @property
    def n_neurons(self) -> int:
        """Number of neurons."""
        return sum(ensemble.n_neurons for ensemble in self.network.all_ensembles)

    @property
    def silent(self) -> np.ndarray:
        """Neurons that are silenced, in rising order."""
        return self._silent.copy()

    def draw_neurons(self, share: float, seed: int) -> np.ndarray:
        """Draw a share of all neurons; with the same seed, a larger share holds the smaller one.

        Raises:
            SpikearmError: The share is not between 0 and 1.
        """
        n_drawn = round(check_share(share, "neurons") * self.n_neurons)
        return np.random.default_rng(seed).permutation(self.n_neurons)[:n_drawn]

    def silence(self, neurons: Sequence[int] | np.ndarray) -> None:
        """Silence exactly these neurons from the next step on; an empty list heals all.

        They stay silent over restarts and rests. Spikes that are on their way still arrive.

        Args:
            neurons: Their numbers, from 0 to ``n_neurons - 1``.

        Raises:
            SpikearmError: There are no such neurons.
        """
        chosen = check_neurons(neurons, self.n_neurons)
        self._change_silent(chosen)
        self._silent = chosen

    @abstractmethod
    def _change_silent(self, neurons: np.ndarray) -> None:
        """Silence these neurons, and heal all others of ``self._silent``."""


class LossySimulation(NeuralSimulation):
    """A simulation whose host can lose spikes on their way to the chip."""

    @abstractmethod
    def drop_host_spikes(self, share: float, seed: int) -> None:
        """Lose spikes that the host sends to a chip, from the next step on; a share of 0 heals.

        Each is lost with the same probability, independently of others. A restart or a rest
        begins with the same draws again.

        Args:
            share: Probability of losing a spike.
            seed: Seed of the draws.

        Raises:
            SpikearmError: The share is not between 0 and 1.
        """


def silenceable_simulation(simulation: NeuralSimulation) -> SilenceableSimulation:
    """Return a simulation as one whose neurons can be silenced.

    Raises:
        SpikearmError: They cannot be.
    """
    if not isinstance(simulation, SilenceableSimulation):
        raise SpikearmError(
            f"{type(simulation).__name__} cannot silence neurons. Backend engine computes the "
            "same spikes and can."
        )
    return simulation


def lossy_simulation(simulation: NeuralSimulation) -> LossySimulation:
    """Return a simulation as one whose host can lose spikes.

    Raises:
        SpikearmError: It cannot.
    """
    if not isinstance(simulation, LossySimulation):
        raise SpikearmError(
            f"{type(simulation).__name__} has no link between a host and a chip that could lose "
            "spikes. Use stage loihi, on the engine or on nengo-loihi's emulator."
        )
    return simulation


def check_share(share: float, what: str) -> float:
    """Check that a share is between 0 and 1, and return it.

    Raises:
        SpikearmError: It is not.
    """
    if not 0.0 <= share <= 1.0:
        raise SpikearmError(f"A share of {what} is a number from 0 to 1, not {share}.")
    return share


def check_neurons(neurons: Sequence[int] | np.ndarray, n_neurons: int) -> np.ndarray:
    """Check numbers of neurons, and return each once, in rising order.

    Raises:
        SpikearmError: Some are out of range, or they are no integers.
    """
    given = np.asarray(neurons)
    if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
        raise SpikearmError(
            "Neurons are given as a list of their numbers, which are integers, not as "
            f"{given.dtype} of shape {given.shape}. Of a mask, np.flatnonzero makes such a list."
        )
    missing = given[(given < 0) | (given >= n_neurons)]
    if missing.size:
        raise SpikearmError(
            f"There is no neuron {missing[0]}: this network's {n_neurons} neurons are numbered "
            f"from 0 to {n_neurons - 1}."
        )
    return np.unique(given).astype(np.int64)
