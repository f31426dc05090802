"""Pictures of an arm, with or without a display."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np

from spikearm.arm_models.arm import Arm
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.rendering.display import has_display

VIEW_AZIMUTH = 130.0  # degrees from the arm's forward axis: from its right, a little ahead
VIEW_ELEVATION = -18.0  # degrees
VIEW_DISTANCE = 2.6  # times the distance from base to hand
TRAIL_WIDTH = 4.0  # pixels


@dataclass(frozen=True)
class Trail:
    """Path that is drawn into a picture.

    Attributes:
        points: Points of the path, shape (n_points, 3) [m].
        color: Red, green, blue and opacity, each 0 to 1.
    """

    points: np.ndarray
    color: tuple[float, float, float, float]


class Camera:
    """Off-screen camera on an arm; use it in a ``with`` statement.

    Args:
        arm: Arm in the pictures.
        width, height: Size of the pictures [pixels].

    Raises:
        SpikearmError: No renderer works on this machine.
    """

    def __init__(self, arm: Arm, width: int = 640, height: int = 480) -> None:
        self._arm = arm
        self._size = (height, width)
        self._view = look_at(arm)
        self._model, _ = arm.scene
        self._renderer = open_renderer(self._model, height, width)

    def __enter__(self) -> "Camera":
        return self

    def __exit__(self, *exception: object) -> None:
        self._renderer.close()

    @property
    def axes(self) -> np.ndarray:
        """Directions to the right and up in the pictures, in the world frame, shape (2, 3)."""
        azimuth, elevation = np.radians([self._view.azimuth, self._view.elevation])
        right = np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])
        level = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
        up = np.cos(elevation) * np.array([0.0, 0.0, 1.0]) - np.sin(elevation) * level
        return np.stack([right, up])

    def render(self, trails: Sequence[Trail] = ()) -> np.ndarray:
        """Render a picture of the arm in its present state.

        Args:
            trails: Paths to draw.

        Returns:
            Shape (height, width, 3), 8-bit.
        """
        model, data = self._arm.scene
        if model is not self._model:  # a payload was attached
            self._renderer.close()
            self._model, self._renderer = model, open_renderer(model, *self._size)
        mujoco.mj_kinematics(model, data)
        self._renderer.update_scene(data, self._view)
        for trail in trails:
            _draw(self._renderer.scene, trail)
        return self._renderer.render()


def look_at(arm: Arm) -> mujoco.MjvCamera:
    """Place a camera so that the arm and the space before it fill the picture."""
    base, hand = arm.model.base_position, arm.model.dynamics(arm.chain.home).hand.position
    along = hand - base
    camera = mujoco.MjvCamera()
    camera.lookat[:] = base + 0.55 * along
    camera.distance = VIEW_DISTANCE * max(float(np.linalg.norm(along)), 0.4)
    camera.azimuth = np.degrees(np.arctan2(along[1], along[0])) + VIEW_AZIMUTH
    camera.elevation = VIEW_ELEVATION
    return camera


def open_renderer(model: mujoco.MjModel, height: int, width: int) -> mujoco.Renderer:
    """Open an off-screen renderer.

    Raises:
        SpikearmError: None works on this machine.
    """
    choice = os.environ.get("MUJOCO_GL", "")
    if sys.platform == "linux" and choice in ("", "glfw") and not has_display():
        raise SpikearmError(
            f"There is no display to render with (MUJOCO_GL is '{choice}'). Set MUJOCO_GL=egl "
            "(or osmesa) before Python starts, to render without one."
        )
    try:
        return mujoco.Renderer(model, height, width)
    except (RuntimeError, ImportError, AttributeError, mujoco.FatalError) as error:
        raise SpikearmError(
            f"Rendering does not start with MUJOCO_GL='{choice}': {error}. Set MUJOCO_GL to egl or "
            "osmesa and install its library (Debian: libegl1 with libgl1-mesa-dri, or libosmesa6)."
        ) from error


def _draw(scene: mujoco.MjvScene, trail: Trail) -> None:
    room = scene.maxgeom - scene.ngeom
    for start, end in zip(trail.points[:-1][:room], trail.points[1:], strict=False):
        geom = scene.geoms[scene.ngeom]
        mujoco.mjv_initGeom(
            geom, mujoco.mjtGeom.mjGEOM_LINE, np.zeros(3), np.zeros(3), np.zeros(9),
            np.array(trail.color, dtype=np.float32),
        )  # fmt: skip
        mujoco.mjv_connector(geom, mujoco.mjtGeom.mjGEOM_LINE, TRAIL_WIDTH, start, end)
        scene.ngeom += 1
