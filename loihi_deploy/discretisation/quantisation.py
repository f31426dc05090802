"""Discretisation of blocks, and the errors that it makes."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks, IntegerBlocks, block_name
from spikearm.loihi_deploy.nengo_loihi_compat import (
    SynapseConfig,
    discretize_model,
    without_known_warnings,
)

WEIGHTS = "weights"
DECAY_UNIT = 2**12  # the chip keeps whole 4096ths of current and voltage in each step


@dataclass(frozen=True)
class QuantisationError:
    """Distance of an array's integers from the floats that they represent.

    Attributes:
        block: Name of the block.
        array: Name of the array: :data:`WEIGHTS` or another.
        source: Source of the spikes that these weights multiply; empty for other arrays.
        n_values: Number of values.
        relative_rms: Root mean square of the errors over that of the floats [1].
        largest: Largest error, in the floats' unit; of weights, in thresholds.
        largest_value: Largest of the floats, in the same unit.
    """

    block: str
    array: str
    source: str
    n_values: int
    relative_rms: float
    largest: float
    largest_value: float


def quantise(floats: FloatBlocks) -> IntegerBlocks:
    """Convert a copy of the blocks to the chip's integers, as nengo-loihi does."""
    copied = copy.deepcopy(floats)
    with without_known_warnings():
        discretize_model(copied)
    return IntegerBlocks(copied.blocks, copied.inputs, copied.probes)


def quantisation_errors(
    floats: FloatBlocks, integers: IntegerBlocks
) -> tuple[QuantisationError, ...]:
    """Compute the errors of all arrays of all blocks.

    Integers represent floats by scales that nengo-loihi chooses for each block
    (``builder/discretize.py``): weights by one common scale, whatever the exponents of the
    synapses, because all of them add to the same current; thresholds and biases by scales that
    also make up for how much a decay lets a spike count. Decays are compared as they act in the
    chip's arithmetic.
    """
    origins = _origins(integers)
    return tuple(
        _error(block_name(before), array, source, wanted, got)
        for before, after in zip(floats.blocks, integers.blocks, strict=True)
        for array, source, wanted, got in _pairs(before, after, origins)
    )


def weight_loss(before: Any, after: Any) -> float:
    """Compute the largest relative error among a block's groups of weights [1].

    It is the root mean square of a group's errors over that of its weights.
    """
    pairs = (pair for pair in _pairs(before, after, {}) if pair[0] == WEIGHTS)
    return max((_relative(wanted, got) for _, _, wanted, got in pairs), default=0.0)


def _pairs(
    before: Any, after: Any, origins: Mapping[Any, list[str]]
) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Yield name, source and floats of each array, and the floats that its integers represent."""
    floats, integers, info = before.compartment, after.compartment, after.discretize_info
    weight_scale = np.broadcast_to(_weight_scale(after), floats.vth.shape)
    for wanted, got in zip(before.synapses, after.synapses, strict=True):
        threshold = [floats.vth[indices] for indices in got.indices]
        meant = [
            w / weight_scale[indices] for w, indices in zip(got.weights, got.indices, strict=True)
        ]
        yield (
            WEIGHTS, _one_name(origins.get(got, [])),
            _joined(wanted.weights) / _joined(threshold), _joined(meant) / _joined(threshold),
        )  # fmt: skip
    yield "thresholds", "", floats.vth, integers.vth / info["v_scale"]
    yield "biases", "", floats.bias, integers.bias / info["b_scale"]
    yield "decay of current", "", floats.decay_u, (integers.decay_u + 1) / DECAY_UNIT
    yield "decay of voltage", "", floats.decay_v, integers.decay_v / DECAY_UNIT


def _origins(integers: IntegerBlocks) -> dict[Any, list[str]]:
    """List the names of the sources of each group of synapses."""
    origins: dict[Any, list[str]] = {}
    for one in (*integers.inputs, *integers.blocks):
        name = "the host" if one in integers.inputs else block_name(one)
        for axon in one.axons:
            origins.setdefault(axon.target, []).append(name)
    return origins


def _one_name(names: list[str]) -> str:
    """Join names to the first and the number of others."""
    return "".join(names[:1]) + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _weight_scale(block: Any) -> np.ndarray:
    """Return the integer of a weight of 1, shape () or (n_compartments,)."""
    info = block.discretize_info
    return np.asarray(info["w_scale"] * SynapseConfig.get_scale(info["w_exp"]))


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0), *(array.ravel() for array in arrays)])


def _error(
    block: str, array: str, source: str, wanted: np.ndarray, got: np.ndarray
) -> QuantisationError:
    return QuantisationError(
        block, array, source, wanted.size, _relative(wanted, got),
        _largest(got - wanted.astype(float)), _largest(wanted),
    )  # fmt: skip


def _relative(wanted: np.ndarray, got: np.ndarray) -> float:
    """Compute the root mean square of the errors over that of the wanted values [1]."""
    error = got - wanted.astype(float)
    return float(np.linalg.norm(error) / np.linalg.norm(wanted)) if error.any() else 0.0


def _largest(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=0.0))
