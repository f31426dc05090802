"""Kaiming's initialisation, which deep networks without spikes begin with: a control."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.errors import check_positive
from spikearm.neural.initialisation.afferent import Afferent, check_afferents
from spikearm.neural.initialisation.initialisation import Initialisation
from spikearm.neural.initialisation.lif import Lif


@dataclass(frozen=True)
class Kaiming(Initialisation):
    """Normal weights of standard deviation ``gain / sqrt(n)`` for a fan-in of ``n``.

    He, Zhang, Ren and Sun 2015. It knows neither rates nor time constants.

    Attributes:
        gain: Factor; the square root of 2 is the one for rectified linear units.

    Raises:
        SpikearmError: The gain is not positive.
    """

    gain: float = 2**0.5

    def __post_init__(self) -> None:
        check_positive(self, "gain")

    def draw(
        self, afferents: Sequence[Afferent], lif: Lif, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Draw weights; the neurons do not matter."""
        check_afferents(afferents)
        return [
            one.masked(rng.normal(0.0, self.gain / np.sqrt(one.fan_in), one.shape))
            for one in afferents
        ]
