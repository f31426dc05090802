"""Base of simulations of a chip: the model that nengo-loihi builds."""

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from spikearm.loihi_deploy.backends.chip_weights import largest_share, read_learned, write_learned
from spikearm.loihi_deploy.backends.footprint import chip_footprint
from spikearm.loihi_deploy.backends.populations import populations_of
from spikearm.loihi_deploy.backends.spike_log import SpikeLog
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.energy.chip_work import chip_work
from spikearm.loihi_deploy.mapping.fan_out import FanOut
from spikearm.loihi_deploy.mapping.placement import place
from spikearm.neural.counts import Footprint
from spikearm.neural.learning import LearningSimulation
from spikearm.neural.spikes import Population, SpikeReadingSimulation


class ChipSimulation(LearningSimulation, SpikeReadingSimulation):
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
    @abstractmethod
    def spike_log(self) -> SpikeLog:
        """Log of the steps since a restart."""

    @property
    def populations(self) -> tuple[Population, ...]:
        """Populations of compartments, then the host's neurons."""
        return populations_of(self.model)

    @property
    def spiked(self) -> np.ndarray:
        """Neurons that spiked in the last step; those of the host as their spikes arrive."""
        return self.spike_log.last

    @cached_property
    def fan_out(self) -> FanOut:
        """Ways of spikes, on the cores that nengo-loihi's greedy allocator assigns."""
        blocks = IntegerBlocks.of_model(self.model)
        return FanOut.of(blocks, place(blocks))

    def chip_work(self, n_steps: int) -> np.ndarray:
        """Return the work of the chip in each of the last steps.

        Args:
            n_steps: Number of steps, all of them since a restart.

        Returns:
            Rows of :class:`~spikearm.neural.counts.ChipWork`, shape (n_steps, n_fields).
        """
        return chip_work(self.fan_out, self.spike_log.matrix(n_steps))

    @property
    def footprint(self) -> Footprint:
        """Footprint of the network, on the cores that nengo-loihi's greedy allocator assigns."""
        return chip_footprint(self.model)
