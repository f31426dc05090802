"""Blocks of images: as few as a brute-force search finds, within the limits of a core."""

from itertools import product

import nengo
import numpy as np
import pytest

from spikearm.arm_models import SpikearmError
from spikearm.loihi_deploy.mapping.image_blocks import block_images, image_block

MOST = 1024


def convolution(size: int, n_in: int, n_out: int, kernel: int, stride: int) -> nengo.Convolution:
    return nengo.Convolution(
        n_out, (size, size, n_in), kernel_size=(kernel, kernel), strides=(stride, stride),
        padding="same",
    )  # fmt: skip


def n_blocks(shape: tuple[int, ...], whole: tuple[int, ...]) -> int:
    return int(np.prod([-(-n // part) for n, part in zip(whole, shape, strict=True)]))


@pytest.mark.parametrize(
    ("transform", "cores"),
    [
        (convolution(64, 2, 16, 5, 2), 16),
        (convolution(64, 2, 12, 5, 2), 12),
        (convolution(32, 16, 24, 3, 2), 6),
        (convolution(16, 24, 4, 3, 1), 1),
    ],
)
def test_no_core_has_compartments_left(transform, cores):
    whole = transform.output_shape.shape
    shape = image_block(transform)
    assert n_blocks(shape, whole) == cores == np.prod(whole) / MOST
    assert np.prod(shape) == MOST


@pytest.mark.parametrize("seed", range(5))
def test_no_shape_takes_fewer_cores(seed):
    rng = np.random.default_rng(seed)
    transform = convolution(*(int(n) for n in rng.integers([10, 1, 5, 1, 1], [24, 9, 20, 6, 3])))
    whole = transform.output_shape.shape
    sizes = (range(1, n + 1) for n in whole)
    least = min(n_blocks(one, whole) for one in product(*sizes) if np.prod(one) <= MOST)
    shape = image_block(transform)
    assert np.prod(shape) <= MOST
    assert n_blocks(shape, whole) == least


def test_of_shapes_with_equally_many_cores_the_one_is_taken_that_sees_fewest_pixels():
    assert image_block(convolution(64, 2, 16, 5, 2)) == (8, 8, 16)


def test_an_image_that_the_host_reads_keeps_its_order():
    transform = convolution(64, 24, 4, 3, 1)
    assert image_block(transform, in_order=True) == (4, 64, 4)
    assert image_block(transform) == (16, 16, 4)


def test_what_fits_no_core_is_refused():
    with pytest.raises(SpikearmError, match="smaller kernel"):
        image_block(convolution(66, 1, 1, 66, 1))


def test_a_network_gets_a_shape_for_each_image_and_its_camera_stays_on_the_host():
    with nengo.Network() as network:
        camera = nengo.Ensemble(16 * 16 * 2, 1, label="camera")
        layer = nengo.Ensemble(16 * 16 * 8, 1)
        transform = convolution(16, 2, 8, 3, 1)
        nengo.Connection(camera.neurons, layer.neurons, transform=transform)
        nengo.Connection(layer.neurons, nengo.Node(size_in=layer.n_neurons))
    block_images(network, on_host=[camera])
    assert network.config[camera].on_chip is False
    assert network.config[layer].on_chip is None
    assert network.config[layer].block_shape.shape == (8, 16, 8)


def test_a_block_has_few_pixels_where_many_blocks_see_them():
    transform = convolution(64, 2, 15, 5, 2)
    assert image_block(transform) == (32, 32, 1)  # 1,024 pixels: an axon of each to each block
    rows, columns, _ = image_block(transform, n_behind=6)
    assert 6 * rows * columns <= 4096
