"""Cameras and target of a scene."""

from dataclasses import dataclass

import numpy as np

from spikearm.arm_models.arm import Arm
from spikearm.arm_models.rendering.pinhole import PinholeCamera


@dataclass(frozen=True)
class SceneConfig:
    """Cameras and target of a scene.

    Attributes:
        azimuths: Direction of each camera from the middle of the scene, from the arm's forward
            axis [degrees].
        elevation: Elevation of all cameras [degrees].
        distance: Distance of all cameras from the middle of the scene [m].
        field_of_view: Angle of view, vertical [degrees].
        size: Width and height of pictures [pixels].
        supersampling: Pixels that are drawn along each edge of a pixel, and averaged.
        ball_radius: Radius of the target [m].
        dye: Red, green and blue, 0 to 1, that the target's white checks are dyed with; None leaves
            them white.
    """

    azimuths: tuple[float, ...] = (50.0, -50.0)
    elevation: float = 20.0
    distance: float = 0.8
    field_of_view: float = 42.0
    size: int = 64
    supersampling: int = 2
    ball_radius: float = 0.035
    dye: tuple[float, float, float] | None = None

    @property
    def drawn_size(self) -> int:
        """Width and height that pictures are drawn with, before pixels are averaged [pixels]."""
        return self.supersampling * self.size


def scene_middle(arm: Arm) -> np.ndarray:
    """Compute where an arm's hand is at home, shape (3,) [m]."""
    return arm.model.dynamics(arm.chain.home).hand.position


def scene_cameras(arm: Arm, config: SceneConfig = SceneConfig()) -> tuple[PinholeCamera, ...]:
    """Compute where the cameras of an arm's scene stand, without drawing anything.

    Args:
        arm: Arm in the scene.
        config: Cameras.
    """
    middle = scene_middle(arm)
    x, y, _ = middle - arm.model.base_position
    return tuple(
        PinholeCamera.looking_at(
            middle, np.arctan2(y, x) + np.radians(azimuth), np.radians(config.elevation),
            config.distance, np.radians(config.field_of_view), config.size, config.size,
        )
        for azimuth in config.azimuths
    )  # fmt: skip
