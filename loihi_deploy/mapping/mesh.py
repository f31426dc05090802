"""Cores on the chip's mesh, and the hops of spikes between them.

Published: a mesh of 128 cores, spikes within a tile, and hops from tile to tile, east-west and
north-south (Davies et al. 2018, text and table 2). That 32 tiles of four cores lie in 8 columns
of 4, and that a spike first goes along its row and then along its column, is how SANA-FE models
the chip (Boyle et al. 2025, IEEE TCAD 44(8), 3165-3178; ``arch/loihi.yaml``). NxSDK's
numbering of the cores is not published: numbers are **assumed** to fill tile after tile, and tiles
column after column, as SANA-FE numbers them.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spikearm.loihi_deploy.mapping.placement import Placement

CORES_PER_TILE = 4
COLUMNS, ROWS = 8, 4
EAST_WEST_HOP, NORTH_SOUTH_HOP = 3.0e-12, 4.0e-12  # J; Davies et al. 2018, table 2


@dataclass(frozen=True)
class SpikeTraffic:
    """Spike messages on a chip's mesh in a step, on average over a run.

    A message carries one spike from its source to one core.

    Attributes:
        spikes: Messages.
        east_west: Hops from tile to tile along a row of the mesh, of all messages together.
        north_south: Hops from tile to tile along a column, of all messages together.
        between_chips: Messages to another chip, which are not among ``spikes``.
    """

    spikes: float
    east_west: float
    north_south: float
    between_chips: float = 0.0


class Tile(NamedTuple):
    """Tile of the mesh, counted from its corner."""

    column: int
    row: int


def tile_of(number: int) -> Tile:
    """Return the tile of a core.

    Args:
        number: Number of the core on its chip, from 0.
    """
    return Tile(*divmod(number // CORES_PER_TILE, ROWS))


def hops(numbers: np.ndarray) -> np.ndarray:
    """Count the hops from each core of a chip to each, shape (2, n_cores, n_cores).

    East-west first, then north-south: none between cores of a tile.

    Args:
        numbers: Numbers of the cores on their chip, shape (n_cores,).
    """
    tiles = np.array([tile_of(number) for number in numbers]).T  # (2, n_cores)
    return np.abs(tiles[:, :, None] - tiles[:, None, :])


def spike_traffic(placement: Placement, core_traffic: np.ndarray) -> SpikeTraffic:
    """Count spike messages and their hops.

    A spike that stays in its core goes over the tile's router all the same, an assumption on the
    dear side. One to another chip counts apart: neither its way nor its cost is published. Spikes
    from the host are left out for the same reason.

    Args:
        placement: Blocks on cores.
        core_traffic: Spikes per step from each core to each core, shape (n_cores, n_cores).
    """
    chips = np.array([core.chip for core in placement.cores])
    inside = np.where(chips[:, None] == chips[None, :], core_traffic, 0.0)
    east_west, north_south = hops(np.array([core.number for core in placement.cores]))
    return SpikeTraffic(
        spikes=float(inside.sum()),
        east_west=float((inside * east_west).sum()),
        north_south=float((inside * north_south).sum()),
        between_chips=float((core_traffic - inside).sum()),
    )
