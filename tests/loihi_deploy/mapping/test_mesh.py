"""The chip's mesh: each core on a tile, and hops from tile to tile."""

from collections import Counter

import numpy as np
import pytest
from scipy.sparse.csgraph import shortest_path

from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.mapping.mesh import (
    COLUMNS,
    CORES_PER_TILE,
    ROWS,
    SpikeTraffic,
    hops,
    spike_traffic,
    tile_of,
)
from spikearm.loihi_deploy.mapping.placement import Core, Placement

N_CORES = int(limits.CORES.most)


def test_each_tile_of_the_mesh_holds_four_cores():
    tiles = Counter(tile_of(number) for number in range(N_CORES))
    assert set(tiles) == {(x, y) for x in range(COLUMNS) for y in range(ROWS)}
    assert set(tiles.values()) == {CORES_PER_TILE}


def test_hops_are_the_shortest_paths_over_a_grid_of_tiles():
    tiles = np.array([tile_of(number) for number in range(N_CORES)])
    apart = np.abs(tiles[:, None] - tiles[None, :]).sum(axis=2)
    steps = shortest_path(apart == 1, unweighted=True)  # over one core of a tile to the next's
    distance = np.where(apart == 0, 0, steps)
    east_west, north_south = hops(np.arange(N_CORES))
    np.testing.assert_array_equal(east_west + north_south, distance)
    assert east_west.max() == COLUMNS - 1
    assert north_south.max() == ROWS - 1


def test_spikes_are_counted_with_their_hops_and_those_to_another_chip_apart():
    """Cores 0 and 3 share tile (0, 0); 6 lies on (0, 1), and 21 on (1, 1)."""
    cores = [(0, 0), (0, 3), (0, 6), (0, 21), (1, 0)]
    placement = Placement(tuple(Core(chip, number, ()) for chip, number in cores))
    sent = np.zeros((5, 5))
    sent[0, 0] = 0.5  # to itself: in the tile, no hop
    sent[0, 1] = 2.0  # in the tile, no hop
    sent[0, 2] = 3.0  # one hop north-south
    sent[3, 0] = 7.0  # one hop each way
    sent[3, 4] = 11.0  # to another chip
    traffic = spike_traffic(placement, sent)
    assert traffic == SpikeTraffic(spikes=12.5, east_west=7.0, north_south=10.0, between_chips=11.0)


@pytest.mark.parametrize(("a", "b"), [(5, 90), (127, 0)])
def test_the_way_back_is_as_long(a: int, b: int):
    there = hops(np.array([a, b]))
    assert there[:, 0, 1].tolist() == there[:, 1, 0].tolist()
    assert there[:, 0, 1].sum() > 0
