"""Difference of a NIR graph: runs of one network that must agree, and a norm known by hand."""

import numpy as np
import pytest

from spikearm.arm_models import load_arm
from spikearm.experiments.studies.nir_difference import (
    Settled,
    difference,
    draw_inputs,
    settle,
)


def test_a_difference_is_relative_to_the_first():
    assert difference(np.array([3.0, 4.0]), np.array([3.0, 1.0])) == pytest.approx(3 / 5)


def test_settled_values_have_a_row_for_each_input():
    got = settle(lambda x: (x[:2], 2 * x), np.arange(12.0).reshape(4, 3))
    assert isinstance(got, Settled)
    assert got.latent.tolist() == [[0, 1], [3, 4], [6, 7], [9, 10]]
    assert got.torque.tolist() == (2 * np.arange(12.0).reshape(4, 3)).tolist()


def test_inputs_follow_the_generator(trained):
    arm = load_arm("gen3")
    one, again, other = (
        draw_inputs(arm, trained, 3, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert one.shape == (3, len(trained.weights.scaling.center))
    assert np.array_equal(one, again)
    assert not np.allclose(one, other)
