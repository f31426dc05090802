"""Finder with an eye behind each event camera."""

from collections.abc import Mapping, Sequence

import numpy as np

from spikearm.perception.eye.eye import Eye
from spikearm.perception.eye.eye_weights import EyeWeights
from spikearm.perception.eye.heat_reading import HeatReader, Sight
from spikearm.perception.sight.finder import Candidates, Finder
from spikearm.perception.sight.peaks import find_peaks

MOST_PEAKS = 3  # of a map that are considered


class EyeFinder(Finder):
    """Finder in events: an eye of the same weights behind each camera.

    Args:
        weights: Weights of the eyes.
        n_cameras: Number of event cameras.

    Attributes:
        sights: Sight of each thing in the last frame of each camera, with its heat map.
    """

    def __init__(self, weights: EyeWeights, n_cameras: int = 2) -> None:
        self._weights = weights
        self._eyes = [Eye(weights) for _ in range(n_cameras)]
        self._readers = [HeatReader(weights) for _ in range(n_cameras)]
        self.sights: list[dict[str, Sight]] = []

    def find(self, frames: np.ndarray) -> Sequence[Candidates]:
        """Find things in the next frame of events of each camera.

        Args:
            frames: Flags of events, shape (n_cameras, height, width, 2).
        """
        seen = zip(self._eyes, self._readers, frames, strict=True)
        self.sights = [reader.read(eye.see(events)) for eye, reader, events in seen]
        return [find_candidates(one, self._weights) for one in self.sights]

    def restart(self) -> None:
        """Put all membranes at rest."""
        for one in (*self._eyes, *self._readers):
            one.restart()


def find_candidates(sights: Mapping[str, Sight], weights: EyeWeights) -> Candidates:
    """Find the likeliest pixels of each thing that an eye saw.

    Args:
        sights: Sight of each thing.
        weights: Weights of the eye.
    """
    return {
        name: find_peaks(sight.heat, weights.stride, MOST_PEAKS) for name, sight in sights.items()
    }
