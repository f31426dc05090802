"""Cameras in the places of a scene's: what finders other than the eye are given."""

from typing import Protocol

import numpy as np

from spikearm.arm_models import SpikearmError
from spikearm.arm_models.rendering.scene import Scene
from spikearm.perception.eye.scene_set import LEAST_VISIBLE

STALE = 0.04  # s, after which it is worked out anew whether the target is hidden


class SceneCameras(Protocol):
    """Cameras that look at a scene again and again."""

    def see(self, time: float, period: float) -> np.ndarray:
        """Look at the scene as it is now.

        Args:
            time: Time [s].
            period: Time since the last look [s].

        Returns:
            Frame of each camera, shape (n_cameras, ...).
        """
        ...


class ColourCamera:
    """Colour cameras.

    Args:
        scene: Scene that they watch.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def see(self, time: float, period: float) -> np.ndarray:
        """Look at the scene, which gives pictures of shape (n_cameras, height, width, 3)."""
        return self._scene.look_in_colour()


class ProjectingCamera:
    """Cameras that know where the target is, up to noise: an eye's oracle.

    Args:
        scene: Scene that they watch.
        rng: Generator that draws noise and misses.
        noise: Standard deviation of each coordinate [pixels].
        misses: Share of frames in which a camera misses a target that it could see [1].

    Raises:
        SpikearmError: The noise is negative, or the share is none.
    """

    def __init__(
        self, scene: Scene, rng: np.random.Generator, noise: float = 0.0, misses: float = 0.0
    ) -> None:
        if not (noise >= 0 and 0 <= misses <= 1):
            raise SpikearmError(
                f"Noise of {noise:g} pixels and a share of {misses:g} misses do not fit: give "
                "noise of 0 or more and a share from 0 to 1."
            )
        self._scene, self._rng, self._noise, self._misses = scene, rng, noise, misses
        self._hidden, self._checked = np.zeros(len(scene.cameras), bool), -np.inf

    def see(self, time: float, period: float) -> np.ndarray:
        """Look at the scene, which gives the target's pixels, NaN without one, (n_cameras, 2)."""
        target, cameras = self._scene.target, self._scene.cameras
        shape = (len(cameras), 2)
        noise = self._rng.normal(scale=self._noise, size=shape)
        missed = self._rng.random(len(cameras)) < self._misses
        if target is None:
            return np.full(shape, np.nan)
        if time - self._checked >= STALE:
            self._hidden, self._checked = self._scene.visible_share(target) < LEAST_VISIBLE, time
        pixels = np.array([camera.project(target) for camera in cameras]) + noise
        return np.where((missed | self._hidden)[:, None], np.nan, pixels)
