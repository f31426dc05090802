"""Patches of images: what a neuron of a convolution sees."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from spikearm.arm_models import SpikearmError

PatchShape = tuple[int, int]
"""Height and width of a patch [pixels]."""


def all_patches(images: np.ndarray, shape: PatchShape, stride: int = 1) -> np.ndarray:
    """Return all patches that lie within the images, as a view.

    Args:
        images: Images, shape (n_images, height, width, channels).
        shape: Height and width of a patch.
        stride: Number of pixels from one patch to the next, in either direction.

    Returns:
        Patches, shape (n_images, rows, columns, patch height, patch width, channels).

    Raises:
        SpikearmError: The images have another number of dimensions, or are smaller than a patch.
    """
    if images.ndim != 4 or images.shape[1] < shape[0] or images.shape[2] < shape[1]:
        raise SpikearmError(
            f"images of shape {images.shape} have no patches of {shape}: give images of shape "
            "(n_images, height, width, channels) that are at least as large as a patch."
        )
    windows = sliding_window_view(images, shape, axis=(1, 2))[:, ::stride, ::stride]
    return np.moveaxis(windows, 3, -1)


def draw_patches(
    images: np.ndarray, shape: PatchShape, n_patches: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw patches that are not empty, each as likely as any other.

    Args:
        images: Images, shape (n_images, height, width, channels).
        shape: Height and width of a patch.
        n_patches: Number of patches; a patch can be drawn more than once.
        rng: Generator that chooses them.

    Returns:
        Patches, shape (n_patches, patch height, patch width, channels).

    Raises:
        SpikearmError: All patches are empty.
    """
    patches = all_patches(images, shape)
    filled = np.argwhere(all_patches(images != 0, shape).any(axis=(-3, -2, -1)))
    if not len(filled):
        raise SpikearmError("all patches of these images are zero: there is nothing to learn from.")
    chosen = filled[rng.integers(len(filled), size=n_patches)]
    return patches[tuple(chosen.T)]
