"""Sparse networks: packed layers, between which only winners are passed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spikearm.neural.sparsity.packed_weights import PackedWeights
from spikearm.neural.sparsity.winners import Winners, select_winners


@dataclass(frozen=True)
class SparseLayer:
    """Hidden layer of neurons of which few win.

    Attributes:
        weights: Weights.
        bias: Bias of each neuron, shape (n_out,).
        n_winners: Number of winners.
        boost: Factor of each neuron in the selection, shape (n_out,).
    """

    weights: PackedWeights
    bias: np.ndarray
    n_winners: int
    boost: np.ndarray


class NetworkRun(NamedTuple):
    """Pass of one sample through a network.

    Attributes:
        outputs: Outputs, shape (n_outputs,).
        macs: Number of multiplications of each layer, the readout's last.
    """

    outputs: np.ndarray
    macs: tuple[int, ...]


@dataclass(frozen=True)
class SparseNetwork:
    """Layers of winners, and a readout.

    The first layer is given all inputs, each other one the winners of the layer before.

    Attributes:
        layers: Hidden layers, at least one.
        readout: Weights of the outputs.
        readout_bias: Bias of each output, shape (n_outputs,).
    """

    layers: Sequence[SparseLayer]
    readout: PackedWeights
    readout_bias: np.ndarray

    def run(self, inputs: np.ndarray) -> NetworkRun:
        """Compute the outputs for one sample.

        Args:
            inputs: Inputs, shape (n_in,).

        Raises:
            SpikearmError: There are more or fewer inputs, or activations are not numbers.
        """
        first, *others = self.layers
        product = first.weights.multiply(inputs)
        winners, macs = _winners(first, product.values), [product.macs]
        for layer in others:
            product = layer.weights.multiply_selected(*winners)
            winners = _winners(layer, product.values)
            macs.append(product.macs)
        product = self.readout.multiply_selected(*winners)
        return NetworkRun(product.values + self.readout_bias, (*macs, product.macs))


def _winners(layer: SparseLayer, sums: np.ndarray) -> Winners:
    return select_winners(sums + layer.bias, layer.n_winners, layer.boost)
