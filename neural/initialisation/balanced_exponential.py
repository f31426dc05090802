"""Weights under Dale's law, with excitation and inhibition in balance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.errors import check_positive
from spikearm.neural.initialisation.afferent import Afferent, check_afferents, variance_shares
from spikearm.neural.initialisation.fluctuation_driven import check_alpha
from spikearm.neural.initialisation.initialisation import Initialisation
from spikearm.neural.initialisation.lif import Lif


@dataclass(frozen=True)
class BalancedExponential(Initialisation):
    """Exponential weights of one sign per connection, with which the free membrane fluctuates.

    The mean of the free membrane is 0: inhibition is as strong as excitation. A weight of mean
    ``m`` has the mean square ``2 m^2``, so that, over all connections (Rossbroich, Gygax and Zenke
    2022)::

        sigma_U^2 = sum of n nu e2 2 m^2
        0 = sum of n nu e1 m over excitatory ones - the same over inhibitory ones

    Recurrent excitatory connections have the share ``1 - alpha`` in the variance that excitation
    makes; inhibitory ones of either kind share alike.

    Attributes:
        sigma_u: Standard deviation of the free membrane over time, relative to the threshold.
        nu: Rate of the neurons that a connection comes from, where it is not known [Hz].
        alpha: Share in excitation's variance of connections that are not recurrent.

    Raises:
        SpikearmError: A number is out of range.
    """

    sigma_u: float = 1.0
    nu: float = 10.0
    alpha: float = 0.9

    def __post_init__(self) -> None:
        check_positive(self, "sigma_u", "nu")
        check_alpha(self.alpha)

    def draw(
        self, afferents: Sequence[Afferent], lif: Lif, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Draw weights: none is negative where a connection is excitatory, else none positive.

        Raises:
            SpikearmError: There is no excitatory connection, or no inhibitory one.
        """
        signs = [-1.0 if one.inhibitory else 1.0 for one in afferents]
        return [
            one.masked(sign * rng.exponential(np.broadcast_to(mean, one.shape)))
            for one, sign, mean in zip(afferents, signs, self.means(afferents, lif), strict=True)
        ]

    def means(self, afferents: Sequence[Afferent], lif: Lif) -> list[np.ndarray]:
        """Compute the mean absolute weight of each connection, shape (n_receivers,).

        Raises:
            SpikearmError: There is no excitatory connection, or no inhibitory one.
        """
        check_afferents(afferents)
        if len({one.inhibitory for one in afferents}) == 1:
            raise SpikearmError(
                "excitation and inhibition cannot balance: give at least one excitatory and one "
                "inhibitory connection."
            )
        relative = self._relative_means(afferents, lif)
        drives = [one.drive(lif, self.nu).mean for one in afferents]
        excitation, inhibition = (
            sum(
                drive * mean
                for one, drive, mean in zip(afferents, drives, relative, strict=True)
                if one.inhibitory is inhibitory
            )
            for inhibitory in (False, True)
        )
        balance = excitation / inhibition  # of inhibitory weights
        scale = self.sigma_u * lif.threshold / np.sqrt(2 * (1 + balance**2))
        return [
            scale * (balance * mean if one.inhibitory else mean)
            for one, mean in zip(afferents, relative, strict=True)
        ]

    def _relative_means(self, afferents: Sequence[Afferent], lif: Lif) -> list[np.ndarray]:
        """Compute means with which connections of each sign make half of a variance of 2."""
        excitatory = [one for one in afferents if not one.inhibitory]
        shares = iter(variance_shares(excitatory, self.alpha))
        n_inhibitory = len(afferents) - len(excitatory)
        return [
            np.sqrt(
                (1 / n_inhibitory if one.inhibitory else next(shares))
                / one.drive(lif, self.nu).square
            )
            for one in afferents
        ]
