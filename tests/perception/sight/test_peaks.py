"""Peaks of heat maps: where they are, how likely, and in which order."""

import numpy as np
import pytest

from spikearm.perception.sight.peaks import find_peaks


def bump(row: float, column: float, width: float = 0.7, shape: tuple[int, int] = (16, 16)):
    rows, columns = np.indices(shape)
    return np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * width**2))


def test_two_bumps_are_two_peaks_the_likelier_first():
    heat = 0.3 * bump(4.0, 11.0) + 0.6 * bump(10.0, 5.0)
    heat /= heat.sum()
    first, second = find_peaks(heat, stride=4, most=3)[:2]
    assert first.pixel == pytest.approx([4 * 5.5, 4 * 10.5], abs=0.05)  # column, row
    assert second.pixel == pytest.approx([4 * 11.5, 4 * 4.5], abs=0.05)
    assert first.probability == pytest.approx(2 / 3, abs=0.01)
    assert second.probability == pytest.approx(1 / 3, abs=0.01)


def test_a_peak_between_places_is_read_between_them():
    (peak,) = find_peaks(bump(7.3, 8.6), stride=4, most=1)
    assert peak.pixel == pytest.approx([4 * 9.1, 4 * 7.8], abs=0.15)


def test_no_more_peaks_than_wanted_and_none_of_a_cold_map():
    heat = bump(3.0, 3.0) + bump(3.0, 12.0) + bump(12.0, 3.0)
    assert len(find_peaks(heat, stride=1, most=2)) == 2
    assert find_peaks(np.zeros((8, 8)), stride=4, most=3) == []
