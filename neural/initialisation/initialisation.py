"""Rules that draw the initial weights of a layer."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from spikearm.neural.initialisation.afferent import Afferent
from spikearm.neural.initialisation.lif import Lif


class Initialisation(ABC):
    """Rule that draws the initial weights of all connections into a layer."""

    @abstractmethod
    def draw(
        self, afferents: Sequence[Afferent], lif: Lif, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Draw weights.

        Args:
            afferents: All connections into the layer.
            lif: Neurons of the layer.
            rng: Random numbers.

        Returns:
            Weights of each connection, of its shape.

        Raises:
            SpikearmError: The connections are no layer's, or the rule's target is out of reach.
        """
