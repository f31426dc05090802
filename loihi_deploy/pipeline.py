"""From a network to cores: build, rescue, quantise, place, each a value that can be looked at."""

import nengo

from loihi_deploy.blocks import FloatBlocks, IntegerBlocks
from loihi_deploy.nengo_loihi_compat import (
    Allocator,
    Greedy,
    UnvalidatedModel,
    nengo_loihi,
    without_known_warnings,
)
from loihi_deploy.placement import Placement, allocate
from loihi_deploy.quantisation import quantise
from loihi_deploy.rescue import rescue

__all__ = ["build", "place", "quantise", "rescue"]


def build(network: nengo.Network) -> FloatBlocks:
    """Build the chip's part of a network in floating point, whether or not the chip holds it.

    Raises:
        BuildError, ValidationError, NotImplementedError: nengo-loihi cannot build it.
    """
    with (
        without_known_warnings(),
        nengo_loihi.Simulator(network, target="simreal", model=UnvalidatedModel()) as simulator,
    ):
        return FloatBlocks.of_model(simulator.model)


def place(
    integers: IntegerBlocks, allocator: Allocator = Greedy(), n_chips: int | None = None
) -> Placement:
    """Assign blocks to cores.

    Args:
        integers: What to place.
        allocator: Any of nengo-loihi's; ``Greedy`` takes as few chips as possible.
        n_chips: How many chips it may use. Default: as many as there are blocks.
    """
    return allocate(integers, allocator, len(integers.blocks) if n_chips is None else n_chips)
