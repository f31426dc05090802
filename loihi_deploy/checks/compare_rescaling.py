"""Comparison of quantisation errors with and without rescaling."""

from dataclasses import dataclass

from spikearm.loihi_deploy.discretisation.blocks import FloatBlocks
from spikearm.loihi_deploy.discretisation.quantisation import (
    QuantisationError,
    quantisation_errors,
    quantise,
)
from spikearm.loihi_deploy.discretisation.rescaling import rescale


@dataclass(frozen=True)
class RescalingComparison:
    """Quantisation errors of the same arrays, in the same order.

    Attributes:
        plain: Errors of the blocks as built.
        rescaled: Errors of the rescaled blocks.
    """

    plain: tuple[QuantisationError, ...]
    rescaled: tuple[QuantisationError, ...]


def compare_rescaling(floats: FloatBlocks) -> RescalingComparison:
    """Quantise blocks as they are and rescaled."""
    return RescalingComparison(_errors(floats), _errors(rescale(floats)))


def _errors(floats: FloatBlocks) -> tuple[QuantisationError, ...]:
    return quantisation_errors(floats, quantise(floats))
