"""Patches, convolutions and their depth, against slices and SciPy's correlation."""

import nengo
import numpy as np
import pytest
from scipy.signal import correlate

from spikearm.arm_models import SpikearmError
from spikearm.neural.softhebb.convolution import SoftHebbConvolution
from spikearm.neural.softhebb.deep import DeepSoftHebb
from spikearm.neural.softhebb.patches import all_patches, draw_patches
from spikearm.neural.softhebb.softhebb import SoftHebb
from spikearm.neural.softhebb.state import SoftHebbState
from spikearm.neural.softhebb.triangle import triangle
from spikearm.neural.softhebb.unit_norm import unit_norm


@pytest.fixture
def images():
    return np.random.default_rng(1).normal(size=(3, 9, 11, 2))


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_patches_are_slices_of_the_images(images, stride):
    patches = all_patches(images, (4, 3), stride)
    rows, columns = (9 - 4) // stride + 1, (11 - 3) // stride + 1
    assert patches.shape == (3, rows, columns, 4, 3, 2)
    for row in range(rows):
        for column in range(columns):
            top, left = stride * row, stride * column
            np.testing.assert_array_equal(
                patches[:, row, column], images[:, top : top + 4, left : left + 3]
            )


def test_patches_that_are_drawn_are_of_the_images_and_not_empty(images):
    images[:, :, 4:] = 0.0  # columns 4 and more of the patches' left edges are empty
    drawn = draw_patches(images, (4, 3), 500, np.random.default_rng(2))
    there = {one.tobytes() for one in all_patches(images, (4, 3)).reshape(-1, 4, 3, 2)}
    assert drawn.shape == (500, 4, 3, 2)
    assert all(one.tobytes() in there for one in drawn)
    assert np.abs(drawn).max(axis=(1, 2, 3)).min() > 0
    assert len({one.tobytes() for one in drawn}) > 60  # of 3 x 6 x 4


@pytest.mark.parametrize("stride", [1, 2])
def test_a_convolution_is_scipys_correlation(images, stride):
    rng = np.random.default_rng(3)
    convolution = SoftHebbConvolution(SoftHebb(5, beta=1.0), (4, 3), stride)
    state = SoftHebbState(rng.normal(size=(5, 4 * 3 * 2)), np.zeros(5))
    there = convolution.activation(state, images)
    kernels = convolution.kernels(state)
    assert kernels.shape == (4, 3, 2, 5)
    for image, of_image in zip(images, there, strict=True):
        for number in range(5):
            full = correlate(image, kernels[..., number], mode="valid")[..., 0]
            np.testing.assert_allclose(of_image[..., number], full[::stride, ::stride])


def test_nengos_convolution_takes_the_kernels(images):
    rng = np.random.default_rng(4)
    convolution = SoftHebbConvolution(SoftHebb(5, beta=1.0), (4, 4), stride=2)
    state = SoftHebbState(rng.normal(size=(5, 4 * 4 * 2)), np.zeros(5))
    transform = nengo.Convolution(
        5, input_shape=images.shape[1:], kernel_size=(4, 4), strides=(2, 2),
        init=convolution.kernels(state),
    )  # fmt: skip
    with nengo.Network() as network:
        image, out = nengo.Node(images[0].ravel()), nengo.Node(size_in=transform.size_out)
        nengo.Connection(image, out, transform=transform, synapse=None)
        probe = nengo.Probe(out)
    with nengo.Simulator(network, progress_bar=False) as simulator:
        simulator.run_steps(1, progress_bar=False)
        there = simulator.data[probe][0]
    np.testing.assert_allclose(there, convolution.activation(state, images)[0].ravel())


def bars(n_images, rng):
    """Draw images of single bars, horizontal or vertical, on two channels."""
    images = np.zeros((n_images, 8, 8, 2))
    for image in images:
        place, channel = rng.integers(8), rng.integers(2)
        (image if rng.integers(2) else image.swapaxes(0, 1))[place, :, channel] = 1.0
    return images


def test_kernels_of_bars_are_bars():
    rng = np.random.default_rng(5)
    layer = SoftHebb(24, beta=20.0, nonnegative=True)
    convolution = SoftHebbConvolution(layer, (3, 3), n_patches=3000)
    state = convolution.learn(bars(50, rng), rng)
    causes = [np.zeros((3, 3, 2)) for _ in range(12)]
    for number, cause in enumerate(causes):
        line, channel, across = number % 3, number // 3 % 2, number // 6
        (cause if across else cause.swapaxes(0, 1))[line, :, channel] = 1.0
    kernels = unit_norm(state.weights) @ unit_norm(np.reshape(causes, (12, -1))).T
    assert kernels.max(axis=0).min() > 0.95  # every bar has a kernel
    start = layer.initial_state(18, rng)
    random = unit_norm(start.weights) @ unit_norm(np.reshape(causes, (12, -1))).T
    assert random.max(axis=0).min() < 0.8


def test_the_triangle_keeps_what_is_above_the_mean_of_channels():
    there = triangle(np.array([[1.0, 2.0, 6.0], [4.0, 4.0, 4.0]]), power=2.0)
    np.testing.assert_array_equal(there, [[0.0, 0.0, 9.0], [0.0, 0.0, 0.0]])


def test_layers_learn_from_the_features_below_them():
    rng = np.random.default_rng(6)
    images = bars(40, rng)
    network = DeepSoftHebb(
        (
            SoftHebbConvolution(SoftHebb(6, 10.0, competition="anti-hebbian"), (3, 3), 1, 300),
            SoftHebbConvolution(SoftHebb(4, 10.0), (2, 2), 1, 300),
        )
    )
    states = network.learn(images, np.random.default_rng(7))
    assert [one.weights.shape for one in states] == [(6, 18), (4, 24)]
    features = network.features(states, images)
    assert features.shape == (40, 1, 1, 4)
    first, second = network.convolutions
    above = triangle(first.activation(states[0], images))
    pooled = above.reshape(40, 3, 2, 3, 2, 6).mean(axis=(2, 4))
    above = triangle(second.activation(states[1], pooled))
    np.testing.assert_allclose(features[:, 0, 0], above.mean(axis=(1, 2)))


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.ones((9, 9, 2)), "no patches"),
        (np.ones((1, 9, 2, 1)), "no patches"),
        (np.zeros((1, 9, 9, 1)), "nothing to learn from"),
    ],
)
def test_images_without_patches_get_a_sentence(images, words):
    with pytest.raises(SpikearmError, match=words):
        draw_patches(images, (3, 3), 5, np.random.default_rng(0))


@pytest.mark.parametrize("options", [{"kernel_shape": (3, 0)}, {"stride": 0}, {"n_patches": 0}])
def test_bad_options_get_a_sentence(options):
    with pytest.raises(SpikearmError, match="give more than 0"):
        SoftHebbConvolution(SoftHebb(2, 1.0), **({"kernel_shape": (3, 3)} | options))
    with pytest.raises(SpikearmError, match="pool 0"):
        DeepSoftHebb((), pool=0)
