"""Placement of blocks on cores, and the use of each core's resources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks, block_name
from spikearm.loihi_deploy.limits import Limit
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Allocator,
    Greedy,
    core_compartment_cfgs,
    core_stdp_pre_cfgs,
    core_vth_cfgs,
)


class Use(NamedTuple):
    """Use of a resource: the amount used, and the amount available."""

    used: float
    most: float


@dataclass(frozen=True)
class Core:
    """A core with the blocks on it.

    Attributes:
        chip: Number of its chip, from 0.
        number: Number of the core on the chip, from 0.
        blocks: Blocks on the core.
    """

    chip: int
    number: int
    blocks: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Name of the core in a report."""
        return ", ".join(map(block_name, self.blocks))

    @property
    def synapses(self) -> list[Any]:
        """Groups of synapses on the core."""
        return [synapse for block in self.blocks for synapse in block.synapses]

    @cached_property
    def resources(self) -> Mapping[Limit, Use]:
        """Use of each resource of the core."""
        return {limit: Use(count(self), limit.most) for limit, count in COUNTS.items()}

    @property
    def utilisation(self) -> float:
        """Largest share in use of any resource [1]."""
        return max(use.used / use.most for use in self.resources.values() if use.most)


@dataclass(frozen=True)
class Placement:
    """Cores with all blocks of a network.

    Attributes:
        cores: Cores in use, chip by chip.
    """

    cores: tuple[Core, ...]

    @property
    def cores_per_chip(self) -> tuple[int, ...]:
        """Cores in use on each chip."""
        chips = [core.chip for core in self.cores]
        return tuple(chips.count(chip) for chip in range(max(chips) + 1))

    @cached_property
    def core_of(self) -> Mapping[Any, int]:
        """Index in ``cores`` of each block and of each group of synapses."""
        return {
            item: place
            for place, core in enumerate(self.cores)
            for item in (*core.blocks, *core.synapses)
        }


def place(
    integers: IntegerBlocks, allocator: Allocator = Greedy(), n_chips: int | None = None
) -> Placement:
    """Assign blocks to cores.

    Allocators refuse a block that is too large for a core. Where there is one, every block gets a
    core of its own, and the resources of that core tell the excess.

    Args:
        integers: Blocks to place.
        allocator: Any of nengo-loihi's; ``Greedy`` takes as few chips as possible.
        n_chips: Most chips to use. Default: as many as there are blocks.
    """
    if any(block.n_neurons > limits.COMPARTMENTS.most for block in integers.blocks):
        alone = enumerate((block,) for block in integers.blocks)
        return Placement(tuple(Core(0, number, blocks) for number, blocks in alone))
    board = allocator(integers, len(integers.blocks) if n_chips is None else n_chips)
    return Placement(
        tuple(
            Core(chip_number, number, tuple(core.blocks))
            for chip_number, chip in enumerate(board.chips)
            for number, core in enumerate(chip.cores)
        )
    )


def _utilised(key: str) -> Callable[[Core], int]:
    return lambda core: sum(block.utilization()[key][0] for block in core.blocks)


def _n_input_axons(core: Core) -> int:
    """Count entries of axons; those that learn take two, unlike in ``utilization``."""
    return sum(synapse.n_axons * synapse.idxs_per_synapse() for synapse in core.synapses)


def _n_synapse_formats(core: Core) -> int:
    """Count synapse formats, with the first, which nengo-loihi leaves unused."""
    return 1 + len({synapse.synapse_cfg for synapse in core.synapses})


def _n_fixed_beside_learning(core: Core) -> int:
    learning = [synapse.learning for synapse in core.synapses]
    return learning.count(False) if any(learning) else 0


COUNTS: Mapping[Limit, Callable[[Any], int]] = {
    limits.COMPARTMENTS: _utilised("compartments"),
    limits.INPUT_AXONS: _n_input_axons,
    limits.OUTPUT_AXONS: _utilised("out-axons"),
    limits.SYNAPSE_BITS: _utilised("synapses"),
    limits.COMPARTMENT_CONFIGS: lambda core: len(core_compartment_cfgs(core)[0]),
    limits.THRESHOLD_CONFIGS: lambda core: len(core_vth_cfgs(core)[0]),
    limits.SYNAPSE_FORMATS: _n_synapse_formats,
    limits.TRACE_CONFIGS: lambda core: len(core_stdp_pre_cfgs(core)[0]),
    limits.FIXED_BESIDE_LEARNING: _n_fixed_beside_learning,
}
"""Functions that count the use of each resource of a core."""
