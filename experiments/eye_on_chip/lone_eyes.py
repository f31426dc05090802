"""Eyes of several cameras on a chip by themselves."""

from collections.abc import Mapping, Sequence

import numpy as np

from spikearm.controller.spiking.subnetwork import network_of
from spikearm.experiments.eye_on_chip.chip_eyes import ChipEyes
from spikearm.loihi_deploy.backends.engine import EngineSimulation
from spikearm.perception.eye.eye_network import steps_of_frame
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.heat_reading import Sight
from spikearm.perception.sight.finder import Candidates, Finder

FIRST_LONGER = 1  # steps; a closed loop takes its first frame before its first step


class LoneEyes(Finder):
    """Eyes on a chip by themselves, which see what those in the network of a controller do.

    Frames are as many steps apart as in the closed loop. Close them at the end.

    Args:
        weights: Weights, the same for every camera.
    """

    def __init__(self, weights: EyeWeights) -> None:
        self._eyes = ChipEyes(weights)
        self._simulation = EngineSimulation(network_of([self._eyes], seed=0))
        self._steps_of_frame = steps_of_frame(weights.dynamics)
        self._longer = FIRST_LONGER

    @property
    def sights(self) -> Sequence[Mapping[str, Sight]]:
        """Sight of each thing by each camera, by the latest frame of heat."""
        return self._eyes.sights

    def find(self, frames: np.ndarray) -> Sequence[Candidates]:
        """Show a frame of events to each eye, and find things by the heat so far.

        Args:
            frames: Flags of events, shape (n_cameras, size, size, 2).
        """
        candidates = self._eyes.find(frames)
        for _ in range(self._steps_of_frame + self._longer):
            self._eyes.enter()
            self._simulation.step()
        self._longer = 0
        return candidates

    def restart(self) -> None:
        """Put all membranes at rest."""
        self._simulation.restart()
        self._eyes.restart()
        self._longer = FIRST_LONGER

    def close(self) -> None:
        """Free the resources of the simulation."""
        self._simulation.close()
