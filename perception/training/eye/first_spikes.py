"""Spikes of an eye's first layer, which are computed once for a training."""

from collections.abc import Iterator
from typing import Self

import numpy as np

from spikearm.perception.eye.eye_weights import EyeDynamics, EyeLayer
from spikearm.perception.eye.pulsed_layer import run_layer
from spikearm.perception.eye.scene_set import SceneSet

VIEWS_AT_A_TIME = 50


class FirstSpikes:
    """Spikes of many views, eight to a byte.

    Args:
        packed: Flags, shape (n_views, n_steps, n_bytes).
        shape: Rows, columns and channels of the layer.
    """

    def __init__(self, packed: np.ndarray, shape: tuple[int, int, int]) -> None:
        self._packed, self.shape = packed, shape

    @classmethod
    def of(cls, layer: EyeLayer, scenes: SceneSet, dynamics: EyeDynamics) -> Self:
        """Compute the spikes of all views of scenes."""
        packed, shape = [], (0, 0, 0)
        for numbers in _some(scenes.n_views):
            spikes = run_layer(layer, scenes.views(numbers), dynamics)
            shape = spikes.shape[2], spikes.shape[3], spikes.shape[4]
            flags = spikes.reshape(*spikes.shape[:2], -1).swapaxes(0, 1)
            packed.append(np.packbits(flags, axis=-1))
        return cls(np.concatenate(packed), shape)

    def __len__(self) -> int:
        return len(self._packed)

    def take(self, numbers: np.ndarray, n_steps: int | None = None) -> np.ndarray:
        """Unpack the last steps of some views.

        Args:
            numbers: Numbers of the views, shape (n,).
            n_steps: Number of steps. Default: all.

        Returns:
            Ones and zeros, shape (n_steps, n, rows, columns, channels).
        """
        first = 0 if n_steps is None else self._packed.shape[1] - n_steps
        packed = self._packed[numbers, first:].swapaxes(0, 1)
        flags = np.unpackbits(packed, axis=-1).astype(np.float32)
        return flags.reshape(*packed.shape[:2], *self.shape)


def _some(n_views: int) -> Iterator[np.ndarray]:
    """Split views into batches."""
    return (
        np.arange(first, min(first + VIEWS_AT_A_TIME, n_views))
        for first in range(0, n_views, VIEWS_AT_A_TIME)
    )
