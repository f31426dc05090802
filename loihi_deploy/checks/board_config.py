"""The board that a network is to run on, and what its link to the host is built for."""

from dataclasses import dataclass

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.mapping.placement import Placement
from spikearm.loihi_deploy.mapping.traffic import most_host_spikes


@dataclass(frozen=True)
class BoardConfig:
    """The board that a network is for.

    Attributes:
        chips: How many chips it has.
        host_spikes: How many spikes the host may send to a chip in a step; nengo-loihi's
            hardware option snip_max_spikes_per_step, which a board's link is built with.
            Default: as many as the network's inputs can send, but at most 300.
    """

    chips: int = 1
    host_spikes: int | None = None

    def __post_init__(self) -> None:
        if self.chips < 1:
            raise SpikearmError(f"A board of {self.chips} chips holds nothing: give 1 or more.")
        if self.host_spikes is not None and self.host_spikes < 0:
            raise SpikearmError(f"{self.host_spikes} spikes in a step: give 0 or more.")


UNTOLD = BoardConfig(host_spikes=int(limits.HOST_SPIKES.most))
"""What nengo-loihi builds when it is not told."""


def link_setting(board: BoardConfig, integers: IntegerBlocks, placement: Placement) -> int:
    """Give how many spikes of a step the link from the host to a chip is built for.

    Built for all that the inputs can send at once, it drops none.
    """
    if board.host_spikes is not None:
        return board.host_spikes
    return min(most_host_spikes(integers, placement), limits.LARGEST_LINK)
