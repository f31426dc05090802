"""What a network runs on: the one door to every neural backend."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence

import nengo
import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.neural.counts import Footprint, StepCounts


class NeuralSimulation(ABC):
    """A Nengo network running on a backend.

    The class itself is the backend's value: it is passed where a network is to be run,
    and called with the network.

    Args:
        network: What to run. Its nodes exchange values with the outside.
    """

    def __init__(self, network: nengo.Network) -> None:
        self.network = network
        self._silent = np.zeros(0, dtype=np.int64)

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
    def n_neurons(self) -> int:
        """How many neurons there are; :meth:`silence` numbers them from 0."""
        return sum(ensemble.n_neurons for ensemble in self.network.all_ensembles)

    @property
    def silent(self) -> np.ndarray:
        """Neurons that are silenced, in rising order."""
        return self._silent.copy()

    def draw_neurons(self, share: float, seed: int) -> np.ndarray:
        """Draw a share of all neurons; with the same seed, a larger share holds the smaller one.

        Raises:
            SpikearmError: It is no share.
        """
        n_drawn = round(check_share(share, "neurons") * self.n_neurons)
        return np.random.default_rng(seed).permutation(self.n_neurons)[:n_drawn]

    def silence(self, neurons: Sequence[int] | np.ndarray) -> None:
        """From the next step on, let exactly these neurons put nothing out; none heals all.

        They stay silent over restarts and rests. What they had put out before still arrives.

        Args:
            neurons: Their numbers, from 0 to ``n_neurons - 1``.

        Raises:
            SpikearmError: There are no such neurons, or the backend cannot silence any.
        """
        chosen = check_neurons(neurons, self.n_neurons)
        self._change_silent(chosen)
        self._silent = chosen

    def _change_silent(self, neurons: np.ndarray) -> None:
        """Silence these neurons, and heal all others of ``self._silent``."""
        raise SpikearmError(
            f"{type(self).__name__} cannot silence neurons. --backend engine computes the same "
            "spikes and can."
        )

    def drop_host_spikes(self, share: float, seed: int) -> None:
        """From the next step on, lose spikes that the host sends to a chip; a share of 0 heals.

        Each is lost with the same probability, whatever happens to others. A restart or a rest
        begins with the same draws again.

        Args:
            share: The probability.
            seed: Seed of the draws.

        Raises:
            SpikearmError: It is no share, or the backend loses no spikes.
        """
        raise SpikearmError(
            f"{type(self).__name__} has no link between a host and a chip that could lose spikes. "
            "Use stage loihi, on the engine or on nengo-loihi's emulator."
        )

    @property
    def overflow_counts(self) -> Counter[str]:
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


def check_share(share: float, what: str) -> float:
    """Give a share back.

    Raises:
        SpikearmError: It is not between 0 and 1.
    """
    if not 0.0 <= share <= 1.0:
        raise SpikearmError(f"A share of {what} is a number from 0 to 1, not {share}.")
    return share


def check_neurons(neurons: Sequence[int] | np.ndarray, n_neurons: int) -> np.ndarray:
    """Give neurons once each, in rising order.

    Raises:
        SpikearmError: Some are not there, or these are no numbers of neurons.
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
