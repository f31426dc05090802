"""A network's blocks, as nengo-loihi builds them for the chip."""

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Blocks:
    """What runs on the chip, and what crosses its border.

    Each is an object of nengo-loihi's; all refer to one another.

    Attributes:
        blocks: Groups of neurons, each to lie on one core.
        inputs: Where spikes from the host enter.
        probes: What the host is told.
    """

    blocks: tuple[Any, ...]
    inputs: tuple[Any, ...]
    probes: tuple[Any, ...]

    @classmethod
    def of_model(cls, model: Any) -> Self:
        """Take the blocks out of a model that nengo-loihi has built."""
        return cls(tuple(model.blocks), tuple(model.inputs), tuple(model.probes))


class FloatBlocks(Blocks):
    """Blocks in floating point, before they are discretised."""


class IntegerBlocks(Blocks):
    """Blocks in the chip's integers."""


def block_name(block: Any) -> str:
    """Name a block, or another of nengo-loihi's objects, in a report."""
    return block.label or str(block)
