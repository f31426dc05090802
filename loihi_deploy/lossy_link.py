"""Link between host and chip that loses spikes."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from spikearm.neural.faults import check_share


class LossyLink:
    """Link that loses each spike from the host with the same probability.

    There is one draw per spike, in the order in which the spikes are sent: input by input, and
    neuron by neuron. So backends that send the same spikes lose the same ones.

    Args:
        share: Probability of a loss [1].
        seed: Seed of the draws.

    Raises:
        SpikearmError: The share is not between 0 and 1.
    """

    def __init__(self, share: float, seed: int) -> None:
        self._share = check_share(share, "host spikes")
        self._seed = seed
        self.restart()

    def restart(self) -> None:
        """Reset to the first random draw."""
        self._rng = np.random.default_rng(self._seed)

    def draw(self, n_spikes: int) -> np.ndarray:
        """Draw a mask of the spikes that arrive, shape (n_spikes,)."""
        return self._rng.random(n_spikes) >= self._share

    def thin(self, inputs: Iterable[Any], time: int) -> None:
        """Remove lost spikes of a step from nengo-loihi's spike inputs."""
        for one in inputs:
            sent = np.asarray(one.spikes.get(time, []), dtype=np.int64)
            if sent.size:
                one.spikes[time] = sent[self.draw(len(sent))]


def lossy_link(share: float, seed: int) -> LossyLink | None:
    """Build a link that loses this share of spikes, or None where it loses none."""
    return LossyLink(share, seed) if share else None
