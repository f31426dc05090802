"""Base of simulations of a chip: the model that nengo-loihi builds."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from spikearm.loihi_deploy.backends.chip_weights import largest_share, read_learned, write_learned
from spikearm.loihi_deploy.backends.footprint import chip_footprint
from spikearm.neural.counts import Footprint
from spikearm.neural.learning import LearningSimulation


class ChipSimulation(LearningSimulation):
    """Simulation of a network in nengo-loihi's blocks."""

    @property
    @abstractmethod
    def model(self) -> Any:
        """Model that nengo-loihi built."""

    def read_learned(self) -> list[np.ndarray]:
        """Copy the weights that learn, as the chip's integers."""
        return read_learned(self.model)

    def write_learned(self, learned: Sequence[np.ndarray]) -> None:
        """Write weights as :meth:`read_learned` returns them."""
        write_learned(self.model, learned)

    @property
    def learned_share(self) -> float:
        """Largest learned weight, as a share of the largest that the chip holds [1]."""
        return largest_share(self.model)

    @property
    def footprint(self) -> Footprint:
        """Footprint of the network, on the cores that nengo-loihi's greedy allocator assigns."""
        return chip_footprint(self.model)
