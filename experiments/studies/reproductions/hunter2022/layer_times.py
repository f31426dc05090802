"""Times, multiplications and bytes of one layer, with every program that multiplies it."""

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from spikearm.experiments.studies.reproductions.hunter2022.exactness import SETS, SHARE_OF_WINNERS
from spikearm.experiments.studies.reproductions.hunter2022.programs import program_times
from spikearm.neural.sparsity.compressed_columns import CompressedColumns
from spikearm.neural.sparsity.masks import complementary_mask
from spikearm.neural.sparsity.packing import pack
from spikearm.neural.sparsity.winners import select_winners

N_INPUTS = 16


def measure_layer(n: int, rounds: int, seed: int) -> Mapping[str, float]:
    """Measure a square layer, batch 1, one core.

    Args:
        n: Number of inputs and of neurons.
        rounds: Number of times that every program has its turn.
        seed: Seed of mask, weights and activations.

    Returns:
        Times for one input [s], multiplications and bytes, by their names.
    """
    rng = np.random.default_rng(seed)
    n_winners = int(SHARE_OF_WINNERS * n)
    mask = complementary_mask(n, n, SETS, rng)
    weights = (rng.normal(size=mask.shape) * mask).astype(np.float32)
    packed, rows = pack(weights, mask, SETS), sparse.csr_array(weights)
    columns = CompressedColumns.of(weights, np.uint16)
    scipy_columns = CompressedColumns.of(weights, np.int32)
    inputs = rng.normal(size=(N_INPUTS, n)).astype(np.float32)
    boost = np.exp(-rng.uniform(0, 0.5, n)).astype(np.float32)
    winners = [select_winners(one, n_winners, boost) for one in inputs]
    programs = {
        "dense": lambda number: weights @ inputs[number],
        "csr": lambda number: rows @ inputs[number],
        "sparse_dense": lambda number: packed.multiply(inputs[number]),
        "scipy_csc": lambda number: scipy_columns.multiply_selected(*winners[number]),
        "csc": lambda number: columns.multiply_selected(*winners[number]),
        "sparse_sparse": lambda number: packed.multiply_selected(*winners[number]),
        "with_winners": lambda number: packed.multiply_selected(
            *select_winners(inputs[number], n_winners, boost)
        ),
    }
    return program_times(programs, N_INPUTS, rounds) | {
        "dense_macs": pack(weights, np.ones_like(mask), sets=1).multiply(inputs[0]).macs,
        "sparse_dense_macs": packed.multiply(inputs[0]).macs,
        "sparse_sparse_macs": packed.multiply_selected(*winners[0]).macs,
        "dense_bytes": weights.nbytes,
        "csc_bytes": columns.nbytes,
        "packed_bytes": packed.nbytes,
    }
