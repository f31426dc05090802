"""Watched scenes, many of them, in little memory."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from scipy.signal import lfilter

from spikearm.perception.watched_scenes import WatchedScene

LEAST_VISIBLE = 0.2  # share of the target that has to be in sight for it to count as seen


@dataclass(frozen=True, eq=False)
class SceneSet:
    """Scenes as event cameras saw them, and what was there.

    Attributes:
        events: Flags of events, eight to a byte, shape (n_scenes, n_steps, n_cameras, n_bytes).
        target: Position of the target, zero without one, shape (n_scenes, n_steps, 3) [m].
        pixels: Target in each picture, shape (n_scenes, n_steps, n_cameras, 2) [pixels].
        hand: Hand in each picture, likewise.
        visible: Share of the target that each camera sees in the last step, shape
            (n_scenes, n_cameras) [1].
        colour: Pictures in the last step, shape (n_scenes, n_cameras, height, width, 3), 0 to 255.
    """

    events: np.ndarray
    target: np.ndarray
    pixels: np.ndarray
    hand: np.ndarray
    visible: np.ndarray
    colour: np.ndarray

    def __len__(self) -> int:
        return len(self.events)

    @classmethod
    def of(cls, scene: WatchedScene) -> Self:
        """Pack a scene."""
        flags = scene.events.reshape(*scene.events.shape[:2], -1)
        arrays = vars(scene) | {"events": np.packbits(flags, axis=-1)}
        return cls(**{name: _compact(array)[None] for name, array in arrays.items()})

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Join sets."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([vars(one)[name] for one in parts]) for name in names})

    @property
    def size(self) -> int:
        """Rows and columns of a picture."""
        return self.colour.shape[2]

    @property
    def n_views(self) -> int:
        """Number of cameras of all scenes."""
        return self.visible.size

    @property
    def in_sight(self) -> np.ndarray:
        """Flags of the views, scene by scene, that show the target, shape (n_views,)."""
        return self.visible.ravel() >= LEAST_VISIBLE

    def places(self, name: str) -> np.ndarray:
        """Return the target's or the hand's pixels in each view, shape (n_views, n_steps, 2).

        Args:
            name: ``target`` or ``hand``.
        """
        pixels = self.pixels if name == "target" else self.hand
        return pixels.swapaxes(1, 2).reshape(self.n_views, -1, 2)

    def views(self, numbers: np.ndarray) -> np.ndarray:
        """Unpack events of some views.

        Args:
            numbers: Numbers of the views, scene by scene, shape (n,).

        Returns:
            Ones and zeros, shape (n_steps, n, height, width, 2).
        """
        scenes, cameras = np.divmod(numbers, self.visible.shape[1])
        packed = self.events[scenes, :, cameras].swapaxes(0, 1)  # (n_steps, n, n_bytes)
        flags = np.unpackbits(packed, axis=-1).astype(np.float32)
        return flags.reshape(*packed.shape[:2], self.size, self.size, 2)

    def traces(self, numbers: np.ndarray, decay: float) -> np.ndarray:
        """Add up the events of some views, older ones less.

        Args:
            numbers: Numbers of the views, shape (n,).
            decay: Share of an event that is left after a frame.

        Returns:
            Traces after the last frame, shape (n, height, width, 2).
        """
        return lfilter([1.0], [1.0, -decay], self.views(numbers), axis=0)[-1]


def _compact(array: np.ndarray) -> np.ndarray:
    """Return an array of a type that takes less memory."""
    if array.dtype == np.uint8:
        return array
    if array.ndim == 4:
        return array.round().astype(np.uint8)  # a picture
    return np.nan_to_num(array).astype(np.float32)  # files hold numbers alone
