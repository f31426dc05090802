"""An allocator that keeps spikes within cores, and cores with much traffic close.

First, blocks that send one another spikes are packed on a core, as far as all limits of a core
allow, for the fewest spikes between cores. Then cores are arranged on the mesh for the least
energy of hops. Both searches descend from several starts. Graph partitioners such as METIS know
one weight per block, not the limits of a core.
"""

from typing import Any

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.activity import Activity
from spikearm.loihi_deploy.discretisation.blocks import IntegerBlocks
from spikearm.loihi_deploy.mapping.assignment import arrange
from spikearm.loihi_deploy.mapping.mesh import (
    COLUMNS,
    EAST_WEST_HOP,
    NORTH_SOUTH_HOP,
    ROWS,
    hops,
)
from spikearm.loihi_deploy.mapping.packing import Group, pack
from spikearm.loihi_deploy.mapping.placement import Core, Placement
from spikearm.loihi_deploy.mapping.traffic import core_traffic
from spikearm.loihi_deploy.nengo_loihi_compat import (
    Allocator,
    Board,
    core_compartment_cfgs,
    core_stdp_pre_cfgs,
    core_vth_cfgs,
)

CORES_PER_CHIP = int(limits.CORES.most)
HOP_PRICES = np.array([EAST_WEST_HOP, NORTH_SOUTH_HOP])
FAR = 2 * HOP_PRICES @ (COLUMNS, ROWS)  # to another chip: dearer than any way on a chip


class TrafficAllocator(Allocator):
    """Allocator that goes by the spikes counted in a run.

    For ``pipeline.place``, and for nengo-loihi's hardware path:
    ``nengo_loihi.Simulator(network, hardware_options={"allocator": TrafficAllocator(activity)})``.

    Args:
        activity: Activity of this network in a run.
        seed: Seed of the starts of both searches.
    """

    def __init__(self, activity: Activity, seed: int = 0) -> None:
        self.activity, self.seed = activity, seed

    def __call__(self, model: Any, n_chips: int) -> Board:
        """Assign all blocks of a model.

        Raises:
            SpikearmError: The run was another network's, or there are too few chips.
        """
        integers = IntegerBlocks.of_model(model)
        traffic = self._block_traffic(integers)
        rng = np.random.default_rng(self.seed)
        groups = pack(integers.blocks, traffic, rng)
        if len(groups) > n_chips * CORES_PER_CHIP:
            raise SpikearmError(
                f"{len(groups)} cores are needed, and {n_chips} chips have "
                f"{n_chips * CORES_PER_CHIP}. Give a board of more chips."
            )
        member = np.eye(len(groups))[_group_of(groups)]  # (n_blocks, n_groups)
        order = np.argsort(arrange(member.T @ traffic @ member, _distance(len(groups)), rng))
        return _board(integers, [[integers.blocks[k] for k in groups[group]] for group in order])

    def _block_traffic(self, integers: IntegerBlocks) -> np.ndarray:
        """Count the spikes per step from each block to each."""
        n_neurons = sum(block.n_neurons for block in integers.blocks)
        if n_neurons != len(self.activity.spikes):
            raise SpikearmError(
                f"The run was of {len(self.activity.spikes)} compartments, and this network has "
                f"{n_neurons}. Give a run of the same network."
            )
        alone = (Core(0, number, (block,)) for number, block in enumerate(integers.blocks))
        return core_traffic(integers, Placement(tuple(alone)), self.activity).between


def _group_of(groups: list[Group]) -> np.ndarray:
    """Return the number of each block's group, shape (n_blocks,)."""
    numbers = {block: number for number, group in enumerate(groups) for block in group}
    return np.array([numbers[block] for block in range(len(numbers))])


def _distance(n_cores: int) -> np.ndarray:
    """Compute the cost of a spike from each core to each, chip after chip, shape (n, n)."""
    chips, numbers = np.divmod(np.arange(n_cores), CORES_PER_CHIP)
    on_chip = np.tensordot(HOP_PRICES, hops(numbers), axes=1)
    return np.where(chips[:, None] == chips[None, :], on_chip, FAR)


def _board(integers: IntegerBlocks, cores: list[list[Any]]) -> Board:
    """Place blocks on the cores of a board; nengo-loihi's ``Allocator`` places one on each."""
    board = Board()
    for one in integers.inputs:
        board.add_input(one)
    for number, blocks in enumerate(cores):
        chip = board.chips[-1] if number % CORES_PER_CHIP else board.new_chip()
        _fill(chip.new_core(), blocks)
    board.probes.extend(integers.probes)
    return board


def _fill(core: Any, blocks: list[Any]) -> None:
    for block in blocks:
        core.add_block(block)
    configs, core.compartment_cfg_idxs = core_compartment_cfgs(core)
    for config in configs:
        core.add_compartment_cfg(config)
    configs, core.vth_cfg_idxs = core_vth_cfgs(core)
    for config in configs:
        core.add_vth_cfg(config)
    for synapse in core.iterate_synapses():
        core.add_synapse(synapse)
    configs, core.stdp_pre_cfg_idxs = core_stdp_pre_cfgs(core)
    for config in configs:
        core.add_stdp_pre_cfg(config)
    core.stdp_pre_cfg_idx = core.stdp_cfg_idx = None  # nengo-loihi's builder sets them
