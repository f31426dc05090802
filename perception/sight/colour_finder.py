"""Finder of a red ball in colour pictures: the control that uses no neurons."""

from collections.abc import Sequence

import numpy as np

from spikearm.perception.sight.finder import Candidate, Candidates, Finder

REDDER = 0.25  # share of a pixel's brightness by which red has to exceed green and blue
LEAST_PIXELS = 2.0  # size of the mask that counts as a ball


class ColourFinder(Finder):
    """Finder of the centroid of all that is red in each colour picture."""

    def find(self, frames: np.ndarray) -> Sequence[Candidates]:
        """Find the ball in a colour picture of each camera.

        Args:
            frames: Red, green and blue, 0 to 255, shape (n_cameras, height, width, 3).
        """
        return [{"target": _centroid(picture)} for picture in frames]


def _centroid(picture: np.ndarray) -> list[Candidate]:
    """Compute the centroid of what is red, weighted by how red it is."""
    red, others = picture[..., 0], picture[..., 1:].max(axis=-1)
    excess = red - others
    weight = np.where(excess > REDDER * picture.sum(axis=-1), excess, 0.0)
    if np.count_nonzero(weight) < LEAST_PIXELS:
        return []
    rows, columns = np.indices(weight.shape)
    share = weight / weight.sum()
    return [Candidate(np.array([(share * columns).sum(), (share * rows).sum()]) + 0.5, 1.0)]
