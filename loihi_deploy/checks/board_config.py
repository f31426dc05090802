"""Boards that a network is deployed to."""

from collections.abc import Collection
from dataclasses import dataclass

from spikearm.arm_models.errors import check_count
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.mapping.placement import Placement
from spikearm.loihi_deploy.mapping.traffic import most_host_spikes

MOST_CHIPS = 768  # of Pohoiki Springs, the largest system of Loihi chips
MOST_HOST_SPIKES = 131_072  # one to each compartment of a chip


@dataclass(frozen=True)
class BoardConfig:
    """Board to deploy to.

    Attributes:
        chips: Number of chips on the board.
        host_spikes: Most spikes that the host may send to a chip in a step; nengo-loihi's
            hardware option snip_max_spikes_per_step, which a board's link is built with.
            Default: as many as the network's inputs can send, but at most 300.
    """

    chips: int = 1
    host_spikes: int | None = None

    def __post_init__(self) -> None:
        check_count(self.chips, "chips", MOST_CHIPS)
        if self.host_spikes is not None:
            check_count(self.host_spikes, "spikes in a step", MOST_HOST_SPIKES, least=0)


NENGO_LOIHI_BOARD = BoardConfig(host_spikes=int(limits.HOST_SPIKES.most))
"""Board that nengo-loihi builds unless it is configured: one chip, a link for 50 spikes."""


def link_setting(
    board: BoardConfig,
    integers: IntegerBlocks,
    placement: Placement,
    sensors: Collection[str] = (),
) -> int:
    """Return the number of spikes in a step that the link from the host to a chip is built for.

    A link for all that the inputs can send at once drops none. Sensors are not on the link.
    """
    if board.host_spikes is not None:
        return board.host_spikes
    return min(most_host_spikes(integers, placement, sensors), limits.LARGEST_LINK)
