"""Reading of heat neurons: a pixel, and how sure it is."""

from typing import NamedTuple

import numpy as np

from spikearm.perception.eye.eye_weights import MAPS, EyeWeights

AROUND = 2  # places on each side of the likeliest that its position is averaged over


class Sight(NamedTuple):
    """Pixel in which a camera sees something.

    Attributes:
        pixel: Column and row of its centre, shape (2,) [pixels].
        confidence: Probability that it is in the picture [1].
        heat: Probability of each place, shape (rows, columns).
    """

    pixel: np.ndarray
    confidence: float
    heat: np.ndarray


class HeatReader:
    """Filter of one camera's heat neurons, and what is read from it.

    Spikes of the neurons of a map at a place are added, low-pass filtered and taken for the
    logarithm of the odds that what the map looks for is there; one further outcome stands for its
    absence. The pixel is the mean of the places around the likeliest one.

    Args:
        weights: Weights of the eye.
    """

    def __init__(self, weights: EyeWeights) -> None:
        self._weights = weights
        self.restart()

    def restart(self) -> None:
        """Forget what was read."""
        places = -(-self._weights.size // self._weights.stride)
        self._filtered = np.zeros((places, places, len(MAPS)))

    def read(self, spikes: np.ndarray) -> dict[str, Sight]:
        """Take the heat neurons' spikes of a frame.

        Args:
            spikes: Flags or counts, shape (rows, columns, n_maps * per_map).

        Returns:
            Sight of each of :data:`MAPS`.
        """
        counts = spikes.reshape(*spikes.shape[:2], len(MAPS), -1).sum(axis=-1)
        self._filtered *= self._weights.dynamics.reading_decay
        self._filtered += counts
        return {name: self._sight(number) for number, name in enumerate(MAPS)}

    def _sight(self, number: int) -> Sight:
        odds = self._weights.sharpness[number] * self._filtered[..., number]
        absence = self._weights.absence[number]
        most = max(odds.max(), absence)
        heat, nothing = np.exp(odds - most), np.exp(absence - most)
        heat /= heat.sum() + nothing
        return Sight(mean_pixel(heat, self._weights.stride), float(heat.sum()), heat)


def mean_pixel(heat: np.ndarray, stride: int, peak: tuple[int, int] | None = None) -> np.ndarray:
    """Compute the mean of the places around one of them.

    Args:
        heat: Probability of each place, shape (rows, columns).
        stride: Distance between two places [pixels].
        peak: Row and column of the place; the likeliest when left out.

    Returns:
        Column and row, shape (2,) [pixels].
    """
    row, column = peak or divmod(int(heat.argmax()), heat.shape[1])
    above, left = max(row - AROUND, 0), max(column - AROUND, 0)
    near = heat[above : row + AROUND + 1, left : column + AROUND + 1]
    share = near / near.sum()
    rows, columns = np.ogrid[: near.shape[0], : near.shape[1]]
    place = np.array([left + (share * columns).sum(), above + (share * rows).sum()])
    return (place + 0.5) * stride
