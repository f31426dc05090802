"""A link between host and chip that loses spikes."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from spikearm.neural.simulation import check_share


class LossyLink:
    """Loses each spike that the host sends with the same probability.

    There is one draw per spike, in the order in which the spikes are sent: input by input, and
    neuron by neuron. So whatever sends the same spikes loses the same ones.

    Args:
        share: The probability.
        seed: Seed of the draws.

    Raises:
        SpikearmError: It is no share.
    """

    def __init__(self, share: float, seed: int) -> None:
        self._share = check_share(share, "host spikes")
        self._seed = seed
        self.restart()

    def restart(self) -> None:
        """Begin with the same draws again."""
        self._rng = np.random.default_rng(self._seed)

    def draw(self, n_spikes: int) -> np.ndarray:
        """Tell which of so many spikes arrive, shape (n_spikes,)."""
        return self._rng.random(n_spikes) >= self._share

    def thin(self, inputs: Iterable[Any], time: int) -> None:
        """Lose spikes that were sent in a step to nengo-loihi's spike inputs."""
        for one in inputs:
            sent = np.asarray(one.spikes.get(time, []), dtype=np.int64)
            if sent.size:
                one.spikes[time] = sent[self.draw(len(sent))]


def lossy_link(share: float, seed: int) -> LossyLink | None:
    """Make a link that loses this share of spikes, or None where it loses none."""
    return LossyLink(share, seed) if share else None
