"""Weights that let a layer fire from the fluctuations of its input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_finite, check_positive
from spikearm.neural.initialisation.afferent import Afferent, check_afferents, variance_shares
from spikearm.neural.initialisation.initialisation import Initialisation
from spikearm.neural.initialisation.lif import Lif


class WeightStatistics(NamedTuple):
    """Mean and standard deviation of the weights into each receiver, shape (n_receivers,)."""

    mean: np.ndarray
    std: np.ndarray


@dataclass(frozen=True)
class FluctuationDriven(Initialisation):
    """Normal weights with which the free membrane has a wanted mean and standard deviation.

    The free membrane is the potential without threshold and reset. For a fan-in ``n`` of Poisson
    spikes at rate ``nu``, and the integrals ``e1`` and ``e2`` of the post-synaptic potential and
    its square (Rossbroich, Gygax and Zenke 2022)::

        mu_U = n nu e1 mu_W
        sigma_U^2 = n nu e2 (mu_W^2 + sigma_W^2)

    ``sigma_U`` is a standard deviation over time. With several connections, ``mu_W`` is that of
    all of them, and each has a share in ``sigma_U^2``. The threshold is
    ``(1 - mu_u) / sigma_u`` standard deviations above the mean; 1 to 3 of them are usual.

    Attributes:
        sigma_u: Standard deviation of the free membrane, relative to the threshold.
        mu_u: Mean of the free membrane, relative to the threshold.
        nu: Rate of the neurons that a connection comes from, where it is not known [Hz].
        alpha: Share in the variance of connections that are not recurrent, where some are.

    Raises:
        SpikearmError: A number is out of range.
    """

    sigma_u: float = 1.0
    mu_u: float = 0.0
    nu: float = 10.0
    alpha: float = 0.9

    def __post_init__(self) -> None:
        check_positive(self, "sigma_u", "nu")
        check_finite(self, "mu_u")
        check_alpha(self.alpha)

    def draw(
        self, afferents: Sequence[Afferent], lif: Lif, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Draw weights."""
        statistics = self.statistics(afferents, lif)
        return [
            one.masked(rng.normal(mean, std, one.shape))
            for one, (mean, std) in zip(afferents, statistics, strict=True)
        ]

    def statistics(self, afferents: Sequence[Afferent], lif: Lif) -> list[WeightStatistics]:
        """Compute mean and standard deviation of the weights of each connection.

        Raises:
            SpikearmError: The connections are no layer's, or the mean alone already makes the
                membrane fluctuate more than wanted.
        """
        check_afferents(afferents)
        drives = [one.drive(lif, self.nu) for one in afferents]
        mean = self.mu_u * lif.threshold / np.sum([drive.mean for drive in drives], axis=0)
        target = (self.sigma_u * lif.threshold) ** 2
        shares = variance_shares(afferents, self.alpha)
        variances = [
            share * target / drive.square - mean**2
            for share, drive in zip(shares, drives, strict=True)
        ]
        if min(variance.min() for variance in variances) < 0:
            least = max(
                np.max(np.sqrt(mean**2 * drive.square / share)) / lif.threshold
                for share, drive in zip(shares, drives, strict=True)
            )
            raise SpikearmError(
                f"sigma_u {self.sigma_u:g} is not possible with mu_u {self.mu_u:g}: the mean "
                f"weight alone takes {least:.3g}. Give a larger sigma_u, or a mu_u closer to 0."
            )
        return [WeightStatistics(mean, np.sqrt(variance)) for variance in variances]


def check_alpha(alpha: float) -> None:
    """Check the share in the variance of connections that are not recurrent.

    Raises:
        SpikearmError: It is no share, or leaves nothing to one of the kinds.
    """
    if not 0 < alpha < 1:
        raise SpikearmError(f"alpha {alpha:g} is not possible: give more than 0 and less than 1.")
