"""Winners: the k most active neurons of a layer pass, the others are silent."""

from typing import NamedTuple

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count
from spikearm.neural.sparsity.kernels import collect_winners


class Winners(NamedTuple):
    """Neurons that pass their activations on.

    Attributes:
        indices: Neurons, shape (n_winners,), in ascending order.
        activations: Their activations, shape (n_winners,).
    """

    indices: np.ndarray
    activations: np.ndarray


def select_winners(
    activations: np.ndarray, n_winners: int, boost: np.ndarray | None = None
) -> Winners:
    """Select exactly as many neurons as wanted; of equal ones, the first.

    Args:
        activations: Activation of each neuron, shape (n_neurons,).
        n_winners: Number of winners.
        boost: Factor of each neuron's activation, in the selection alone, shape (n_neurons,).

    Raises:
        SpikearmError: There are fewer neurons than winners, activations are no real numbers in a
            row, or one of them is not a number.
    """
    activations = np.asarray(activations)
    if activations.ndim != 1 or not np.issubdtype(activations.dtype, np.floating):
        raise SpikearmError(
            f"Activations of type {activations.dtype} and shape {activations.shape} have no "
            "winners: give real numbers, one for each neuron."
        )
    check_count(n_winners, "winners", activations.size)
    scores = activations if boost is None else activations * boost
    place = activations.size - n_winners
    winners = Winners(
        *collect_winners(scores, activations, np.partition(scores, place)[place], n_winners)
    )
    if winners.indices.size != n_winners:
        raise SpikearmError(
            "Activations that are not numbers have no winners: find out which layer made them."
        )
    return winners


class KWinners:
    """Choice of the winners of a layer that learns: neurons that seldom win are boosted.

    A neuron is selected by ``activation * exp(-strength * duty_cycle)``, where its duty cycle is
    the share of the last samples, about ``period``, that it won.

    Source: Hunter, Spracklen and Ahmad 2022; the equation is that of their library nupic.torch.

    Attributes:
        n_winners: Number of winners.
        duty_cycles: Share of samples that each neuron won, shape (n_neurons,).
        boost_strength: Strength of boosting, which decays from epoch to epoch.

    Raises:
        SpikearmError: There are fewer neurons than winners.
    """

    def __init__(
        self,
        n_neurons: int,
        n_winners: int,
        boost_strength: float = 1.5,
        boost_decay: float = 0.9,
        period: int = 1000,
    ) -> None:
        check_count(n_winners, "winners", n_neurons)
        check_count(period, "samples of a duty cycle", 1_000_000_000)
        self.n_winners = n_winners
        self.boost_strength = boost_strength
        self.duty_cycles = np.zeros(n_neurons)
        self._boost_decay = boost_decay
        self._period = period

    @property
    def boost(self) -> np.ndarray:
        """Factor of each neuron in the selection, shape (n_neurons,), of 32 bits."""
        return np.exp(-self.boost_strength * self.duty_cycles).astype(np.float32)

    def select(self, activations: np.ndarray) -> Winners:
        """Select the winners of one sample.

        Args:
            activations: Activation of each neuron, shape (n_neurons,).

        Raises:
            SpikearmError: An activation is not a number.
        """
        return select_winners(activations, self.n_winners, self.boost)

    def record(self, wins: np.ndarray, n_samples: int) -> None:
        """Add a batch to the duty cycles.

        Args:
            wins: Number of its samples that each neuron won, shape (n_neurons,).
            n_samples: Number of its samples; all of them count if they are more than a
                period.
        """
        kept = max(self._period - n_samples, 0)
        self.duty_cycles = (self.duty_cycles * kept + wins) / (kept + n_samples)

    def end_epoch(self) -> None:
        """Decrease the strength of boosting."""
        self.boost_strength *= self._boost_decay
