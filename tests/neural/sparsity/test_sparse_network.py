"""Sparse networks: the sums of dense matrices, of which only winners are passed on."""

import numpy as np
import pytest

from spikearm.neural.sparsity.masks import complementary_mask
from spikearm.neural.sparsity.packing import pack
from spikearm.neural.sparsity.sparse_network import SparseLayer, SparseNetwork

SIZES, SETS, N_WINNERS = (20, 30, 24), (5, 6), (4, 3)


def test_a_network_computes_what_dense_matrices_and_zeros_do():
    rng = np.random.default_rng(0)
    weights, layers = [], []
    for n_in, n_out, sets, n_winners in zip(SIZES, SIZES[1:], SETS, N_WINNERS, strict=False):
        mask = complementary_mask(n_out, n_in, sets, rng)
        weights.append(rng.normal(size=mask.shape) * mask)
        bias, boost = rng.normal(size=n_out), rng.uniform(0.5, 1.0, n_out)
        layers.append(SparseLayer(pack(weights[-1], mask, sets), bias, n_winners, boost))
    readout, readout_bias = rng.normal(size=(3, SIZES[-1])), rng.normal(size=3)
    network = SparseNetwork(layers, pack(readout), readout_bias)
    x = inputs = rng.normal(size=SIZES[0])
    for matrix, layer in zip(weights, layers, strict=True):
        sums = matrix @ x + layer.bias
        losers = np.argsort(sums * layer.boost)[: -layer.n_winners]
        x = sums.copy()
        x[losers] = 0.0
    run = network.run(inputs)
    np.testing.assert_allclose(run.outputs, readout @ x + readout_bias, rtol=1e-12)
    assert run.macs == (20 * 30 // 5, 4 * 24 // 6, 3 * 3)
    with pytest.raises(ValueError, match=r"shape \(20,\)"):
        network.run(np.ones(21))
