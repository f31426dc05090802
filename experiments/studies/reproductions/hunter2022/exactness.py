"""Exactness: what packing must not change, counted on masks of several kinds."""

from collections.abc import Mapping

import numpy as np

from spikearm.neural.sparsity.masks import complementary_mask, random_mask
from spikearm.neural.sparsity.packed_weights import PackedWeights
from spikearm.neural.sparsity.packing import pack
from spikearm.neural.sparsity.winners import select_winners

SETS, SHARE_OF_WINNERS = 20, 0.1
COMPLEMENTARY, SHUFFLED, RANDOM = "complementary", "complementary, shuffled", "random"
MASKS = (COMPLEMENTARY, SHUFFLED, RANDOM)


def measure_exactness(kind: str, seed: int, n: int) -> Mapping[str, float]:
    """Pack a square layer, poison all that must not be touched, and count what comes out wrong.

    Args:
        kind: Kind of mask, one of :data:`MASKS`.
        seed: Seed of mask, weights and activations.
        n: Number of inputs and of neurons.
    """
    rng = np.random.default_rng(seed)
    mask = draw_mask(kind, n, rng)
    weights = rng.normal(size=mask.shape).astype(np.float32)
    packed = pack(np.where(mask, weights, np.nan), mask)
    activations = rng.normal(size=n).astype(np.float32)
    winners = select_winners(activations, int(SHARE_OF_WINNERS * n))
    sums = _poisoned(packed, winners.indices).multiply_selected(*winners).values
    wanted = (weights * mask)[:, winners.indices].astype(float) @ winners.activations
    return {
        "changed_weights": int((packed.unpack() != weights * mask).sum()),
        "poisoned_sums": int((~np.isfinite(sums)).sum()),
        "relative_error": float(np.abs(sums - wanted).max() / np.abs(wanted).max()),
        "winners_too_many_on_ties": abs(select_winners(np.ones(n), 7).indices.size - 7),
        "efficiency": packed.efficiency,
    }


def draw_mask(kind: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a square mask of one weight in :data:`SETS`."""
    if kind == RANDOM:
        return random_mask(n, n, n // SETS, rng)
    mask = complementary_mask(n, n, SETS, rng)
    return rng.permutation(mask) if kind == SHUFFLED else mask


def _poisoned(packed: PackedWeights, active: np.ndarray) -> PackedWeights:
    """Return the weights with those of all other inputs not a number."""
    values = packed.values.copy()
    values[np.setdiff1d(np.arange(packed.n_in), active)] = np.nan
    return PackedWeights(values, packed.kernel_ids, packed.width, packed.slots)
