"""What discretisation does to a block's numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from loihi_deploy.blocks import FloatBlocks, IntegerBlocks, block_name
from loihi_deploy.nengo_loihi_compat import SynapseConfig

DECAY_UNIT = 2**12  # the chip keeps whole 4096ths of current and voltage in each step


@dataclass(frozen=True)
class QuantisationError:
    """How far the integers of one array are from the floats that they stand for.

    Attributes:
        block: Name of the block.
        what: Which of its arrays.
        relative_rms: Root mean square of the errors over that of the floats [1].
        largest: Largest error, in the floats' unit.
        largest_value: Largest of the floats.
    """

    block: str
    what: str
    relative_rms: float
    largest: float
    largest_value: float


def quantisation_errors(
    floats: FloatBlocks, integers: IntegerBlocks
) -> tuple[QuantisationError, ...]:
    """Compare all arrays of all blocks.

    Integers stand for floats by scales that nengo-loihi chooses for each block
    (``builder/discretize.py``): weights by one common scale, whatever the exponents of the
    synapses, because all of them add to the same current; thresholds and biases by scales that
    also make up for how much a decay lets a spike count. Decays are what the chip's arithmetic
    makes of them.
    """
    return tuple(
        _error(block_name(before), what, wanted, got)
        for before, after in zip(floats.blocks, integers.blocks, strict=True)
        for what, wanted, got in _pairs(before, after)
    )


def _pairs(before: Any, after: Any) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Give each array's name, its floats, and what its integers stand for."""
    weight_scale = _weight_scale(after)
    for wanted, got in zip(before.synapses, after.synapses, strict=True):
        meant = [
            w / (weight_scale[indices] if weight_scale.ndim else weight_scale)
            for w, indices in zip(got.weights, got.indices, strict=True)
        ]
        yield f"weights of {block_name(got)}", _joined(wanted.weights), _joined(meant)
    floats, integers, info = before.compartment, after.compartment, after.discretize_info
    yield "thresholds", floats.vth, integers.vth / info["v_scale"]
    yield "biases", floats.bias, integers.bias / info["b_scale"]
    yield "decay of current", floats.decay_u, (integers.decay_u + 1) / DECAY_UNIT
    yield "decay of voltage", floats.decay_v, integers.decay_v / DECAY_UNIT


def _weight_scale(block: Any) -> np.ndarray:
    """Give what a weight of 1 is in integers, shape () or (n_compartments,)."""
    info = block.discretize_info
    return np.asarray(info["w_scale"] * SynapseConfig.get_scale(info["w_exp"]))


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0), *(array.ravel() for array in arrays)])


def _error(block: str, what: str, wanted: np.ndarray, got: np.ndarray) -> QuantisationError:
    error = got - wanted.astype(float)
    rms = float(np.linalg.norm(error) / np.linalg.norm(wanted)) if error.any() else 0.0
    return QuantisationError(block, what, rms, _largest(error), _largest(wanted))


def _largest(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=0.0))
