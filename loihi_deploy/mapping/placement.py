"""Which block lies on which core, and what that takes of the core."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks, block_name
from spikearm.loihi_deploy.limits import Limit
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Allocator,
    core_compartment_cfgs,
    core_stdp_pre_cfgs,
    core_vth_cfgs,
)


class Use(NamedTuple):
    """How much of something is used, and how much there is."""

    used: float
    most: float


@dataclass(frozen=True)
class Core:
    """A core with the blocks on it.

    Attributes:
        chip: Number of its chip, from 0.
        number: Number of the core on the chip, from 0.
        blocks: What lies on it.
    """

    chip: int
    number: int
    blocks: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Name the core in a report."""
        return ", ".join(map(block_name, self.blocks))

    @property
    def synapses(self) -> list[Any]:
        """All synapses on it."""
        return [synapse for block in self.blocks for synapse in block.synapses]

    @cached_property
    def resources(self) -> Mapping[Limit, Use]:
        """What is used of each of its resources."""
        return {limit: Use(count(self), limit.most) for limit, count in COUNTS.items()}

    @property
    def utilisation(self) -> float:
        """Share that is used of the resource of which most is [1]."""
        return max(use.used / use.most for use in self.resources.values() if use.most)


@dataclass(frozen=True)
class Placement:
    """Where all blocks lie.

    Attributes:
        cores: Those in use, chip by chip.
    """

    cores: tuple[Core, ...]

    @property
    def cores_per_chip(self) -> tuple[int, ...]:
        """Cores in use on each chip."""
        chips = [core.chip for core in self.cores]
        return tuple(chips.count(chip) for chip in range(max(chips) + 1))

    @cached_property
    def core_of(self) -> Mapping[Any, int]:
        """Place in ``cores`` of each block and of each of its synapses."""
        return {
            item: place
            for place, core in enumerate(self.cores)
            for item in (*core.blocks, *core.synapses)
        }


def allocate(integers: IntegerBlocks, allocator: Allocator, n_chips: int) -> Placement:
    """Let an allocator of nengo-loihi's assign cores.

    A block that no core holds gets one all the same, as every other block then does, because
    allocators refuse it: its resources say what is wrong.
    """
    if any(block.n_neurons > limits.COMPARTMENTS.most for block in integers.blocks):
        alone = enumerate((block,) for block in integers.blocks)
        return Placement(tuple(Core(0, number, blocks) for number, blocks in alone))
    board = allocator(integers, n_chips)
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
    """Count the entries of axons: one that learns takes two, which ``utilization`` leaves out."""
    return sum(synapse.n_axons * synapse.idxs_per_synapse() for synapse in core.synapses)


def _n_synapse_formats(core: Core) -> int:
    """Count the formats, with the first one, which nengo-loihi leaves unused."""
    return 1 + len({synapse.synapse_cfg for synapse in core.synapses})


def _n_fixed_beside_learning(core: Core) -> int:
    learning = [synapse.learning for synapse in core.synapses]
    return learning.count(False) if any(learning) else 0


COUNTS: dict[Limit, Callable[[Any], int]] = {
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
"""How to count what is used of each resource of a core."""
