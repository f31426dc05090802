"""Fixed integer weights, neuron by neuron: runs of tiles of eight lanes, and single weights.

Integers may be added in any order, so all weights of a neuron's spike are contiguous, whatever
synapses they belong to. Eight neighbouring dendrites are a tile; its weights are 8-bit
mantissas, as on the chip. Neighbouring tiles are a run, with a common shift. Weights alone in
their tile, or of more than 8 bits, are stored singly.
"""

from dataclasses import dataclass

import numpy as np

from spikearm.loihi_deploy.engine.lanes import LANES, pad_to_lanes
from spikearm.loihi_deploy.engine.layout.fixed_weights import FixedWeights
from spikearm.loihi_deploy.engine.layout.layout import SHIFT_BITS

MIN_WEIGHTS = 2  # in a tile; one costs less by itself
SMALLEST, LARGEST = -128, 127  # mantissas


@dataclass(frozen=True)
class Tiles:
    """Rows of weights, each of which a spike adds from some dendrite on.

    Attributes:
        run_start, item_start: First run and first single weight of each row, and the end,
            shape (n_rows + 1,).
        run_head: First tile of dendrites that a run reaches, and its shift, shape (n_runs,).
        run_tile: First tile of a run's weights, and the end, shape (n_runs + 1,).
        mantissas: Weights, shape (n_tiles * LANES,), 8-bit.
        item_target, item_weight: Dendrites and weights, shape (n_items,).
        events: Nonzero weights that a spike reaches, shape (n_rows,).
    """

    run_start: np.ndarray
    run_head: np.ndarray
    run_tile: np.ndarray
    mantissas: np.ndarray
    item_start: np.ndarray
    item_target: np.ndarray
    item_weight: np.ndarray
    events: np.ndarray

    def index_arrays(self) -> dict[str, np.ndarray]:
        """Return the integer arrays for the kernels, by name.

        Numbers of a neuron or a run are contiguous, because a spike that waits for memory should
        wait once.
        """
        rows = [self.run_start, self.item_start, np.append(self.events, 0)]
        runs = [np.append(self.run_head, 0), self.run_tile]
        return {
            "rows": np.column_stack(rows).ravel(),
            "runs": np.column_stack(runs).ravel(),
            "item_target": self.item_target,
            "item_weight": self.item_weight,
        }


def compile_tiles(rows: FixedWeights, n_targets: int) -> Tiles:
    """Build the tiles of rows of weights, whose targets are numbered from each row's first on."""
    n_lanes = pad_to_lanes(max(n_targets, 1))
    tiles_per_row, n_rows = n_lanes // LANES, len(rows.events)
    keys = rows.neurons * n_lanes + rows.targets
    order = np.argsort(keys)
    keys, weights = keys[order], rows.weights[order]
    tile_keys, first, sizes = np.unique(keys // LANES, return_index=True, return_counts=True)
    is_tile = (sizes >= MIN_WEIGHTS) & _fits(weights, first, _own_shifts(weights, first))
    in_tile = np.repeat(is_tile, sizes)
    items, weights_of_items = keys[~in_tile], weights[~in_tile]
    keys, weights, sizes, tile_keys = (
        keys[in_tile],
        weights[in_tile],
        sizes[is_tile],
        tile_keys[is_tile],
    )
    shifts, runs = _runs(tile_keys, tiles_per_row, weights, np.cumsum(sizes) - sizes)
    mantissas = np.zeros((len(tile_keys), LANES), dtype=np.int8)
    number = np.repeat(np.arange(len(tile_keys)), sizes)
    mantissas[number, keys % LANES] = weights >> shifts[number]
    numbers = np.arange(n_rows + 1)
    return Tiles(
        run_start=np.searchsorted(tile_keys[runs] // tiles_per_row, numbers),
        run_head=tile_keys[runs] % tiles_per_row << SHIFT_BITS | shifts[runs],
        run_tile=np.append(runs, len(tile_keys)),
        mantissas=mantissas.ravel(),
        item_start=np.searchsorted(items // n_lanes, numbers),
        item_target=items % n_lanes,
        item_weight=weights_of_items,
        events=rows.events,
    )


def _runs(
    tile_keys: np.ndarray, tiles_per_row: int, weights: np.ndarray, first: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find runs of neighbouring tiles, each with one shift if its weights then fit.

    Returns:
        Shift of each tile, and the first tile of each run.
    """
    shifts = _own_shifts(weights, first)
    if not len(first):
        return shifts, first
    apart = (np.diff(tile_keys) != 1) | (np.diff(tile_keys // tiles_per_row) != 0)
    begins = np.flatnonzero(np.append(True, apart))
    run = np.cumsum(np.append(True, apart)) - 1
    smallest = np.minimum.reduceat(shifts, begins)[run]
    fit = np.logical_and.reduceat(_fits(weights, first, smallest), begins)[run]
    shifts = np.where(fit, smallest, shifts)
    return shifts, np.flatnonzero(np.append(True, apart | (np.diff(shifts) != 0)))


def _own_shifts(weights: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Count the trailing zero bits of all weights of each tile."""
    if not len(first):
        return np.zeros(0, dtype=np.int64)
    bits = np.bitwise_or.reduceat(weights, first)
    return np.minimum(np.bitwise_count((bits & -bits) - 1).astype(np.int64), 2**SHIFT_BITS - 1)


def _fits(weights: np.ndarray, first: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return a mask of the tiles whose weights, shifted, fit 8 bits."""
    if not len(first):
        return np.zeros(0, dtype=bool)
    low, high = np.minimum.reduceat(weights, first), np.maximum.reduceat(weights, first)
    return (low >> shifts >= SMALLEST) & (high >> shifts <= LARGEST)
