"""Wrong input to connectivity: refused with a sentence, because kernels check nothing."""

import numpy as np
import pytest
import scipy.sparse

from spikearm.arm_models import SpikearmError
from spikearm.neural.connectivity.event_convolution import EventConvolution
from spikearm.neural.connectivity.fixed_probability import FixedProbability
from spikearm.neural.connectivity.stored import DenseConnectivity, StoredConnectivity

KERNEL = np.random.default_rng(0).normal(size=(3, 3, 2, 4)).astype(np.float32)
SHAPE = 8, 8, 2


def broken_rows() -> scipy.sparse.csr_array:
    rows = scipy.sparse.csr_array(np.eye(4))
    rows.indices[:] = 10**7
    return rows


WRONG = {
    "half precision": lambda: EventConvolution(KERNEL.astype(np.float16), SHAPE),
    "complex": lambda: EventConvolution(KERNEL.astype(complex), SHAPE),
    "text": lambda: EventConvolution(KERNEL.astype(str), SHAPE),
    "other bytes": lambda: EventConvolution(KERNEL.astype(">f4"), SHAPE),
    "no channels": lambda: EventConvolution(KERNEL, (8, 8)),  # type: ignore[arg-type]
    "half a stride": lambda: EventConvolution(KERNEL, SHAPE, (1.5, 1)),  # type: ignore[arg-type]
    "one stride": lambda: EventConvolution(KERNEL, SHAPE, 2),  # type: ignore[arg-type]
    "too large": lambda: EventConvolution(KERNEL, (2**40, 2**40, 2)),
    "half a neuron": lambda: FixedProbability(5.5, 5, 0.5),  # type: ignore[arg-type]
    "not a weight": lambda: FixedProbability(5, 5, 0.5, np.nan),
    "whole weights": lambda: FixedProbability(5, 5, 0.5, dtype=int),
    "half a seed": lambda: FixedProbability(5, 5, 0.5, seed=1.5),  # type: ignore[arg-type]
    "no such row": lambda: FixedProbability(5, 5, 0.5).row(5),
    "columns": lambda: StoredConnectivity(scipy.sparse.csc_array(np.eye(4))),  # type: ignore[arg-type]
    "broken rows": lambda: StoredConnectivity(broken_rows()),
    "one axis": lambda: DenseConnectivity(np.ones(3)),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_connectivity_is_refused(wrong):
    with pytest.raises(SpikearmError, match="give"):
        WRONG[wrong]()


SPIKES = {
    "a mask": np.ones(128, dtype=bool), "fractions": np.array([1.5]), "text": np.array(["1"]),
    "a table": np.array([[1, 2]]), "a number": np.array(3),
}  # fmt: skip


@pytest.mark.parametrize("wrong", SPIKES)
def test_spikes_that_are_no_numbers_of_neurons_are_refused(wrong):
    layer = EventConvolution(KERNEL, SHAPE)
    inputs = np.zeros(layer.n_post, dtype=np.float32)
    with pytest.raises(SpikearmError, match="integers"):
        layer.propagate(SPIKES[wrong], inputs)
    assert not inputs.any()


def test_inputs_that_cannot_be_written_are_refused():
    layer = EventConvolution(KERNEL, SHAPE)
    inputs = np.zeros(layer.n_post, dtype=np.float32)
    inputs.flags.writeable = False
    for wrong in (inputs, inputs.tolist()):
        with pytest.raises(SpikearmError, match="can be written"):
            layer.propagate(np.array([1]), wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("probability", [1e-17, 1e-20, 1e-300])
def test_gaps_beyond_all_integers_are_no_synapses(probability):
    layer = FixedProbability(50, 40, probability)
    inputs = np.zeros(layer.n_post)
    assert layer.propagate(np.arange(50), inputs) == 0
    assert not inputs.any()


def test_weights_that_change_afterwards_change_no_connectivity():
    kernel, rows = KERNEL.copy(), scipy.sparse.csr_array(np.eye(4))
    layers = EventConvolution(kernel, SHAPE), StoredConnectivity(rows)
    before = [one.materialize().toarray() for one in layers]
    kernel[...], rows.data[:] = 7.0, 7.0
    for layer, expected in zip(layers, before, strict=True):
        np.testing.assert_array_equal(layer.materialize().toarray(), expected)
