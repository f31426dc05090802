"""Packing of weights: groups of neurons, and what they store."""

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_count
from spikearm.neural.sparsity.kernels import first_fit
from spikearm.neural.sparsity.masks import checked_mask
from spikearm.neural.sparsity.packed_weights import PackedWeights

MOST_SLOTS = 256  # of a group: kernel ids have 8 bits


def pack(
    weights: np.ndarray, mask: np.ndarray | None = None, sets: int | None = None
) -> PackedWeights:
    """Pack the weights of a layer.

    Args:
        weights: Weights, shape (n_out, n_in). Those that the mask leaves out are not read.
        mask: Mask, shape (n_out, n_in), True where there is a weight; where weights are not 0 if
            None.
        sets: Number of neurons in a group, which are consecutive, as in a complementary mask. If
            None, each neuron goes to the first group in which its inputs are free: greedy
            colouring, which works for every mask, and packs random ones badly
            (:attr:`PackedWeights.efficiency`).

    Raises:
        SpikearmError: Two neurons of a group share an input, groups are too large, or shapes do
            not fit.
    """
    weights = np.asarray(weights)
    if weights.ndim != 2 or 0 in weights.shape:
        raise SpikearmError(
            f"Weights of shape {weights.shape} are not possible: give one for each neuron and "
            "input, shape (n_out, n_in)."
        )
    present = weights != 0 if mask is None else checked_mask(mask, weights.shape)
    return _store(weights, present, _groups(present, sets))


def _groups(mask: np.ndarray, sets: int | None) -> np.ndarray:
    """Return the group of each neuron, shape (n_out,)."""
    most = MOST_SLOTS - 1  # and one for what is nobody's
    if sets is None:
        return first_fit(np.ascontiguousarray(mask), most)
    check_count(sets, "neurons of a group", most)
    return np.arange(mask.shape[0]) // sets


def _store(weights: np.ndarray, mask: np.ndarray, groups: np.ndarray) -> PackedWeights:
    neurons, inputs = np.nonzero(mask)
    places = inputs, groups[neurons]
    filled = np.zeros((mask.shape[1], groups.max() + 1), np.intp)
    np.add.at(filled, places, 1)
    _check_overlaps(filled, mask, groups)
    ids = _places_within(groups)
    width = ids.max() + 1 + (filled == 0).any()
    kernel_ids = np.full(filled.shape, width - 1, np.uint8)
    kernel_ids[places] = ids[neurons]
    values = np.zeros(filled.shape, weights.dtype if weights.dtype == np.float32 else np.float64)
    values[places] = weights[mask]
    return PackedWeights(values, kernel_ids, int(width), groups * width + ids)


def _places_within(groups: np.ndarray) -> np.ndarray:
    """Number the neurons of each group, in their order."""
    order = np.argsort(groups, kind="stable")
    firsts = np.searchsorted(groups[order], np.arange(groups.max() + 1))
    places = np.empty_like(groups)
    places[order] = np.arange(groups.size) - firsts[groups[order]]
    return places


def _check_overlaps(filled: np.ndarray, mask: np.ndarray, groups: np.ndarray) -> None:
    if (filled > 1).any():
        one, group = np.argwhere(filled > 1)[0]
        first, second, *_ = np.flatnonzero(mask[:, one] & (groups == group))
        raise SpikearmError(
            f"Neurons {first} and {second} of group {group} both have input {one}: draw a "
            "complementary mask, or leave the groups to the packing."
        )
