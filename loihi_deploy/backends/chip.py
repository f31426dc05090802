"""What simulations of a chip have in common: the model that nengo-loihi built for it."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from spikearm.loihi_deploy.backends.chip_weights import largest_share, read_learned, write_learned
from spikearm.loihi_deploy.backends.footprint import chip_footprint
from spikearm.neural.counts import Footprint
from spikearm.neural.simulation import NeuralSimulation


class ChipSimulation(NeuralSimulation):
    """A network in nengo-loihi's blocks, whatever runs them."""

    @property
    @abstractmethod
    def model(self) -> Any:
        """What nengo-loihi built."""

    def read_learned(self) -> list[np.ndarray]:
        """Copy the weights that learn, as the chip's integers."""
        return read_learned(self.model)

    def write_learned(self, learned: Sequence[np.ndarray]) -> None:
        """Put back what :meth:`read_learned` gave."""
        write_learned(self.model, learned)

    @property
    def learned_share(self) -> float:
        """The largest weight that was learned, of the largest that the chip holds."""
        return largest_share(self.model)

    @property
    def footprint(self) -> Footprint:
        """What the network takes, cores as nengo-loihi's greedy allocator assigns them."""
        return chip_footprint(self.model)
