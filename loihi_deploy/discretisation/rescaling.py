"""Rescaling of neurons with small weights, whose bits a block's few large weights take.

nengo-loihi scales all weights of a block by the largest of them. A neuron with small weights alone
keeps few of their 8 bits, or none. But a neuron whose weights, bias and threshold are all
multiplied by the same factor spikes as before. So the weights of such neurons can be larger, with
matching thresholds: by powers of two, as many as a core has thresholds for. This needs no other
resource of the chip.
"""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from spikearm.loihi_deploy import limits
from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks
from spikearm.loihi_deploy.discretisation.quantisation import quantise, weight_loss
from spikearm.loihi_deploy.nengo_loihi_compat import BIAS_MAX, VTH_MAX

RESCALE_ABOVE = 0.05
"""Relative rms error of its weights in 8 bits above which a block is rescaled [1]."""


def rescale(floats: FloatBlocks) -> FloatBlocks:
    """Rescale a copy of the blocks: those that lose much get thresholds by neuron."""
    rescaled = copy.deepcopy(floats)
    rescale_in_place(rescaled)
    return rescaled


def rescale_in_place(floats: FloatBlocks) -> None:
    """Scale the neurons of every block that loses more than :data:`RESCALE_ABOVE`.

    Excluded are blocks that learn, that have noise, whose voltage is probed, whose weights are
    shared by neurons or whose thresholds already differ: there, the scale of a neuron matters.
    """
    integers = quantise(floats)
    for block, after in zip(floats.blocks, integers.blocks, strict=True):
        if weight_loss(block, after) > RESCALE_ABOVE and _is_free(block, floats):
            _scale(block, 2.0 ** _exponents(block, after.discretize_info))


def _exponents(block: Any, info: dict[str, Any]) -> np.ndarray:
    """Compute the power of two that each neuron can be scaled by, shape (n_neurons,).

    The largest weight stays below the block's, bias and threshold stay in their ranges.
    """
    largest, comp = np.zeros(block.n_neurons), block.compartment
    for weights, neurons in _weights(block):
        np.maximum.at(largest, neurons, np.abs(weights))
    with np.errstate(divide="ignore"):
        room = np.minimum.reduce([
            largest.max() / largest,
            BIAS_MAX / (np.abs(comp.bias) * info["b_scale"]),
            VTH_MAX / (comp.vth * info["v_scale"]),
        ])  # fmt: skip
    return np.clip(np.floor(np.log2(room)), 0, limits.THRESHOLD_CONFIGS.most - 1)


def _scale(block: Any, factor: np.ndarray) -> None:
    block.compartment.vth *= factor
    block.compartment.bias *= factor
    for weights, neurons in _weights(block):
        weights *= factor[neurons]


def _weights(block: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the weights of each axon, and the neurons that they reach."""
    for synapse in block.synapses:
        yield from zip(synapse.weights, synapse.indices, strict=True)


def _is_free(block: Any, floats: FloatBlocks) -> bool:
    """Return whether the scale of a neuron affects nothing but registers."""
    comp = block.compartment
    probed = [target for one in floats.probes if one.key != "spiked" for target in one.target]
    return not (
        any(synapse.learning or _is_shared(synapse) for synapse in block.synapses)
        or comp.enable_noise.any()
        or comp.vmin
        or np.ptp(comp.vth)
        or block in probed
    )


def _is_shared(synapse: Any) -> bool:
    """Return whether several neurons share the same weights."""
    bases = synapse.axon_compartment_bases
    return bases is not None and bool(np.any(np.asarray(bases) > 0))
