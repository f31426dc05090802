"""Peaks of a heat map: the few places that are likelier than all around them."""

import numpy as np
from scipy.ndimage import maximum_filter

from spikearm.perception.eye.heat_reading import AROUND, mean_pixel
from spikearm.perception.sight.finder import Candidate


def find_peaks(heat: np.ndarray, stride: int, most: int) -> list[Candidate]:
    """Find the likeliest peaks of a heat map.

    The pixel of a peak is the mean of the places around it, and its probability is their sum.

    Args:
        heat: Probability of each place, shape (rows, columns).
        stride: Distance between two places [pixels].
        most: Largest number of peaks.

    Returns:
        Peaks, the likeliest first.
    """
    highest = maximum_filter(heat, size=3, mode="constant") == heat
    rows, columns = np.nonzero(highest & (heat > 0.0))
    order = np.argsort(-heat[rows, columns], kind="stable")[:most]
    places = zip(rows[order].tolist(), columns[order].tolist(), strict=True)
    peaks = [_peak(heat, stride, place) for place in places]
    return sorted(peaks, key=lambda peak: -peak.probability)


def _peak(heat: np.ndarray, stride: int, place: tuple[int, int]) -> Candidate:
    above, left = (max(one - AROUND, 0) for one in place)
    near = heat[above : place[0] + AROUND + 1, left : place[1] + AROUND + 1]
    return Candidate(mean_pixel(heat, stride, place), float(near.sum()))
