"""From a network to cores: build, rescale, quantise, place, each a value that can be looked at."""

import nengo

from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks, IntegerBlocks
from spikearm.loihi_deploy.discretisation.quantisation import quantise
from spikearm.loihi_deploy.discretisation.rescaling import rescale
from spikearm.loihi_deploy.mapping.placement import Placement, allocate
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Allocator,
    Greedy,
    UnvalidatedModel,
    nengo_loihi,
    without_known_warnings,
)

__all__ = ["build", "place", "quantise", "rescale"]


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
