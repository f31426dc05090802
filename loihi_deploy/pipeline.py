"""From a network to cores: build, quantise, place, each stage a value that can be looked at."""

import copy

import nengo

from loihi_deploy.blocks import FloatBlocks, IntegerBlocks
from loihi_deploy.nengo_loihi_compat import (
    Allocator,
    Greedy,
    UnvalidatedModel,
    discretize_model,
    nengo_loihi,
    without_known_warnings,
)
from loihi_deploy.placement import Placement, allocate


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


def quantise(floats: FloatBlocks) -> IntegerBlocks:
    """Turn a copy of the blocks into the chip's integers, as nengo-loihi does.

    What that costs is in :func:`loihi_deploy.quantisation.quantisation_errors`.
    """
    copied = copy.deepcopy(floats)
    with without_known_warnings():
        discretize_model(copied)
    return IntegerBlocks(copied.blocks, copied.inputs, copied.probes)


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
