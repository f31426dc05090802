"""Connections into a layer, as far as the size of their weights depends on them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_positive
from spikearm.neural.initialisation.lif import Lif
from spikearm.neural.initialisation.psp import simulated_integrals


class Drive(NamedTuple):
    """Effect of a connection's weights on the free membrane of each receiver.

    Attributes:
        mean: Mean potential for weights whose mean is 1, ``n nu e1``, shape (n_receivers,).
        square: Variance over time for weights whose mean square is 1, ``n nu e2``, likewise.
    """

    mean: np.ndarray
    square: np.ndarray


@dataclass(frozen=True, eq=False)
class Afferent:
    """Connection into a layer.

    Attributes:
        shape: Shape of its weights. The last axis is the neuron or channel that receives, the
            others are what it receives from: ``(n_in, n_out)``, or
            ``(height, width, n_channels_in, n_channels_out)`` of a convolution.
        rate: Mean rate of the neurons that it comes from [Hz]; None if it is not known.
        recurrent: True if it comes from the layer itself.
        inhibitory: True if no weight may be positive, where Dale's law holds.
        tau_synapse: Time constant of its synapses [s]; None for the layer's.
        mask: True for weights that may differ from zero, of the same shape; None if all may.

    Raises:
        SpikearmError: Shapes disagree, a receiver has no input, or a number is not positive.
    """

    shape: tuple[int, ...]
    rate: float | None = None
    recurrent: bool = False
    inhibitory: bool = False
    tau_synapse: float | None = None
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        check_positive(self, "rate", "tau_synapse")
        if len(self.shape) < 2 or min(self.shape) < 1:
            raise SpikearmError(
                f"weights of shape {self.shape} connect nothing: give (n_in, n_out), or the shape "
                "of a convolution's kernel, with its channels in and out at the end."
            )
        if self.mask is not None:
            object.__setattr__(self, "mask", _checked(self.mask, self.shape))

    @property
    def fan_in(self) -> np.ndarray:
        """Number of weights into each receiver that may differ from zero, shape (n_receivers,)."""
        if self.mask is None:
            return np.full(self.shape[-1], math.prod(self.shape[:-1]))
        return self.mask.reshape(-1, self.shape[-1]).sum(axis=0)

    def drive(self, lif: Lif, rate: float) -> Drive:
        """Compute the effect of its weights on the free membrane.

        Args:
            lif: Neurons of the layer.
            rate: Rate where the connection has none [Hz].
        """
        synapse = lif if self.tau_synapse is None else replace(lif, tau_synapse=self.tau_synapse)
        integrals = simulated_integrals(synapse)
        events = self.fan_in * (rate if self.rate is None else self.rate)
        return Drive(events * integrals.mean, events * integrals.square)

    def masked(self, weights: np.ndarray) -> np.ndarray:
        """Return weights with zeros where there is no connection."""
        return weights if self.mask is None else weights * self.mask


def variance_shares(afferents: Sequence[Afferent], alpha: float) -> list[float]:
    """Return the share of each connection in the variance of the membrane.

    Connections of a kind share alike: ``alpha`` among those from elsewhere, ``1 - alpha`` among
    the recurrent ones. If there is one kind alone, it has all.
    """
    n_recurrent = sum(one.recurrent for one in afferents)
    n_forward = len(afferents) - n_recurrent
    forward = 1.0 if n_recurrent == 0 else alpha if n_forward else 0.0
    return [
        (1.0 - forward) / n_recurrent if one.recurrent else forward / n_forward for one in afferents
    ]


def check_afferents(afferents: Sequence[Afferent]) -> None:
    """Check that connections can belong to one layer.

    Raises:
        SpikearmError: There is none, or they disagree about the number of its neurons.
    """
    receivers = {one.shape[-1] for one in afferents}
    if len(receivers) != 1:
        raise SpikearmError(
            f"connections into {sorted(receivers)} neurons are no layer's: give one or more, the "
            "last axis of whose weights is equally long."
        )


def _checked(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return a copy that nobody can change."""
    kept = np.array(mask, bool)
    if kept.shape != shape:
        raise SpikearmError(f"a mask of shape {kept.shape} fits no weights of shape {shape}.")
    if not kept.reshape(-1, shape[-1]).any(axis=0).all():
        raise SpikearmError("a mask leaves neurons without any input: give each at least one.")
    kept.flags.writeable = False
    return kept
