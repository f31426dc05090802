"""Wanted heat maps: where things are in a picture."""

import numpy as np

SPREAD = 0.7  # places; standard deviation of a wanted heat map


def heat_targets(
    pixels: np.ndarray, in_sight: np.ndarray, size: int, stride: int, spread: float = SPREAD
) -> np.ndarray:
    """Compute the wanted probability of each place.

    Args:
        pixels: Column and row of a thing, shape (..., 2) [pixels].
        in_sight: Flags of things that can be seen, shape (...); those beyond the picture cannot.
        size: Rows and columns of the picture [pixels].
        stride: Distance between two places [pixels].
        spread: Standard deviation of the probability [places].

    Returns:
        Probability of each place, row by row, and of absence at the end, shape (..., n_places + 1).
    """
    there = in_sight & ((pixels >= 0) & (pixels < size)).all(axis=-1)
    places = stride * (np.arange(-(-size // stride)) + 0.5)
    near = pixels[..., np.newaxis]
    columns, rows = np.moveaxis(np.exp(-0.5 * ((places - near) / (spread * stride)) ** 2), -2, 0)
    heat = (rows[..., :, None] * columns[..., None, :]).reshape(*there.shape, -1)
    heat /= np.maximum(heat.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
    return np.concatenate([heat * there[..., None], ~there[..., None]], axis=-1).astype(np.float32)
