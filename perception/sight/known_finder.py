"""Finder that is told pixels: the control that shows the part of geometry and tracker alone."""

from collections.abc import Sequence

import numpy as np

from spikearm.perception.sight.finder import Candidate, Candidates, Finder


class KnownFinder(Finder):
    """Finder whose frames are the target's pixels, as :class:`ProjectingCamera` makes them."""

    def find(self, frames: np.ndarray) -> Sequence[Candidates]:
        """Return the pixels.

        Args:
            frames: Pixel of the target in each camera's picture, NaN where it is not seen, shape
                (n_cameras, 2).
        """
        return [
            {"target": [] if np.isnan(pixel).any() else [Candidate(pixel, 1.0)]} for pixel in frames
        ]
