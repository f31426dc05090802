"""Masks: who has which inputs."""

import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.neural.sparsity.masks import checked_mask, complementary_mask, random_mask


@pytest.mark.parametrize(
    ("n_out", "n_in", "sets"), [(40, 60, 20), (7, 50, 3), (5, 9, 9), (4, 6, 1)]
)
def test_neurons_of_a_group_share_the_inputs_out(n_out, n_in, sets):
    mask = complementary_mask(n_out, n_in, sets, np.random.default_rng(0))
    assert mask.shape == (n_out, n_in)
    for first in range(0, n_out, sets):
        group = mask[first : first + sets]
        owners = group.sum(axis=0)
        assert (owners == 1).all() if len(group) == sets else (owners <= 1).all()
        assert set(group.sum(axis=1)) <= {n_in // sets, -(-n_in // sets)}


def test_groups_share_them_out_in_different_ways():
    mask = complementary_mask(40, 60, 20, np.random.default_rng(0))
    assert (mask[:20] != mask[20:]).any()


@pytest.mark.parametrize("draw", [complementary_mask, random_mask])
def test_one_seed_gives_one_mask_and_two_seeds_two(draw):
    def drawn(seed: int) -> np.ndarray:
        return draw(40, 60, 5, np.random.default_rng(seed))

    assert (drawn(1) == drawn(1)).all()
    assert (drawn(1) != drawn(2)).any()


def test_each_neuron_of_a_random_mask_has_as_many_inputs_and_neighbours_overlap():
    mask = random_mask(30, 50, 7, np.random.default_rng(0))
    assert (mask.sum(axis=1) == 7).all()
    assert (mask[:-1] & mask[1:]).any()


@pytest.mark.parametrize(
    ("draw", "sizes", "said"),
    [
        (complementary_mask, (10, 6, 7), "7 complementary sets are too many: give 1 to 6"),
        (complementary_mask, (10, 6, 0), "0 complementary sets are too few"),
        (complementary_mask, (0, 6, 2), "0 neurons are too few"),
        (random_mask, (10, 6, 7), "7 inputs of a neuron are too many: give 1 to 6"),
        (random_mask, (10, 0, 1), "0 inputs are too few"),
    ],
)
def test_sizes_that_cannot_be_are_refused(draw, sizes, said):
    with pytest.raises(SpikearmError, match=said):
        draw(*sizes, np.random.default_rng(0))


@pytest.mark.parametrize("mask", [np.ones((2, 3)), np.ones((3, 2), bool)])
def test_a_mask_of_another_type_or_shape_is_refused(mask):
    with pytest.raises(SpikearmError, match="give booleans in the shape of the weights"):
        checked_mask(mask, (2, 3))
