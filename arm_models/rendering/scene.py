"""Scene that cameras watch: an arm, a target ball, things that distract, changing light."""

from typing import Self

import mujoco
import numpy as np

from spikearm.arm_models.arm import Arm
from spikearm.arm_models.rendering.arrangement import Arrangement
from spikearm.arm_models.rendering.camera import open_renderer
from spikearm.arm_models.rendering.pinhole import PinholeCamera
from spikearm.arm_models.rendering.scene_config import SceneConfig, scene_cameras, scene_middle
from spikearm.arm_models.rendering.scene_model import build_scene

LUMINANCE = np.array([0.299, 0.587, 0.114])  # of red, green, blue: ITU-R BT.601
DISC = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) * 0.7
"""Points of a disc of unit radius by which it is judged to be in sight, shape (n_points, 2)."""


class Scene:
    """Scene with an arm in it, seen by cameras; use it in a ``with`` statement.

    Pictures are drawn for speed: the buffer has the size of a picture, without shadows and without
    multisampling, since pixels are averaged from several.

    Args:
        arm: Arm in the pictures, drawn as it is at each look.
        config: Cameras and target.

    Attributes:
        config: The same.
        middle: Middle of the scene, where the arm's hand is at home, shape (3,) [m].
        cameras: Cameras as they stand, at rest.

    Raises:
        SpikearmError: No renderer works on this machine.
    """

    def __init__(self, arm: Arm, config: SceneConfig = SceneConfig()) -> None:
        self._arm, self.config = arm, config
        self.middle = scene_middle(arm)
        self.cameras = scene_cameras(arm, config)
        built = build_scene(arm, self.cameras, config)
        self._model, self._ball, self._distractors, self._ids, self._sun = built
        self._data = mujoco.MjData(self._model)
        self._renderer = open_renderer(self._model, config.drawn_size, config.drawn_size)
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            self._renderer.scene.flags[flag] = False
        self._view = mujoco.MjvCamera()
        self._view.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._lit = self._model.light_diffuse.copy(), self._model.vis.headlight.diffuse.copy()
        self._ambient = self._model.vis.headlight.ambient.copy()
        self.arrange(Arrangement(self.middle))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._renderer.close()

    def arrange(self, arrangement: Arrangement) -> None:
        """Put things where an arrangement has them, and set the light."""
        self._show(self._ball, arrangement.target)
        for number, (ball, box) in enumerate(self._distractors):
            one = arrangement.distractors[number] if number < len(arrangement.distractors) else None
            for name, is_box in ((ball, False), (box, True)):
                shown = one is not None and one.box == is_box
                self._show(name, one.position if one is not None and shown else None)
                if one is not None and shown:
                    geom = self._geom(name)
                    self._model.geom_size[geom] = one.size
                    self._model.geom_rgba[geom, :3] = one.grey
        self._light(arrangement.light, arrangement.light_azimuth)

    def place_target(self, position: np.ndarray | None) -> None:
        """Move the target, without another change; None takes it away.

        Args:
            position: Position of its centre, shape (3,) [m].
        """
        self._show(self._ball, position)

    @property
    def target(self) -> np.ndarray | None:
        """Position of the target's centre, shape (3,) [m]; None where there is no target."""
        if self._model.geom_rgba[self._geom(self._ball), 3] == 0.0:
            return None
        return self._data.mocap_pos[self._model.body(self._ball).mocapid[0]].copy()

    def look(self, turn: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
        """Draw what each camera sees now.

        Args:
            turn: Angles by which all cameras are turned to the right and upwards, as eyes turn
                [rad].

        Returns:
            Luminance, 0 to 255, shape (n_cameras, height, width).
        """
        return self.look_in_colour(turn) @ LUMINANCE

    def look_in_colour(self, turn: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
        """Draw what each camera sees now, in colour.

        Args:
            turn: As in :meth:`look`.

        Returns:
            Red, green and blue, 0 to 255, shape (n_cameras, height, width, 3).
        """
        self._update()
        pictures = []
        for number, camera in enumerate(self.cameras):
            self._data.cam_xmat[self._ids[number]] = camera.turned(*turn).axes.ravel()
            self._view.fixedcamid = self._ids[number]
            self._renderer.update_scene(self._data, self._view)
            pictures.append(self._average(self._renderer.render()))
        return np.array(pictures)

    def _update(self) -> None:
        """Take over the arm's present joint positions."""
        self._data.qpos[:] = self._arm.scene[1].qpos
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)

    def visible_share(self, position: np.ndarray) -> np.ndarray:
        """Compute the share of a target's disc that each camera sees past the arm and other things.

        Args:
            position: Position of the target's centre, shape (3,) [m].

        Returns:
            Share of rays that reach it within the picture, shape (n_cameras,) [1].
        """
        self._update()
        return np.array([self._reached(camera, position).mean() for camera in self.cameras])

    def _reached(self, camera: PinholeCamera, position: np.ndarray) -> np.ndarray:
        """Return which points of the target's disc, as this camera sees it, are in sight."""
        sides = self.config.ball_radius * camera.axes[:, :2].T  # half of the disc's axes
        points = position + DISC @ sides
        pixels = camera.project(points)
        inside = ((pixels >= 0) & (pixels <= self.config.size)).all(axis=1)
        in_sight = [self._in_sight(camera.position, point) for point in points]
        return np.logical_and(inside, in_sight)

    def _in_sight(self, eye: np.ndarray, point: np.ndarray) -> bool:
        """Return whether nothing but the target lies between the camera and a point."""
        way, hit = point - eye, np.full(1, -1, dtype=np.int32)
        excluded = self._model.body(self._ball).id
        distance = mujoco.mj_ray(self._model, self._data, eye, way, None, True, excluded, hit)
        return distance < 0 or distance >= 1.0

    def _average(self, picture: np.ndarray) -> np.ndarray:
        """Average the pixels that were drawn for each pixel."""
        size, n = self.config.size, self.config.supersampling
        return picture.reshape(size, n, size, n, 3).mean(axis=(1, 3))

    def _geom(self, name: str) -> int:
        return int(self._model.body(name).geomadr[0])

    def _show(self, name: str, position: np.ndarray | None) -> None:
        """Put a thing somewhere; None hides it."""
        self._model.geom_rgba[self._geom(name), 3] = 0.0 if position is None else 1.0
        if position is not None:
            self._data.mocap_pos[self._model.body(name).mocapid[0]] = position

    def _light(self, brightness: float, azimuth: float) -> None:
        """Set all light, and the direction that the strongest comes from."""
        lights, headlight = self._lit
        self._model.light_diffuse[:] = brightness * lights
        self._model.vis.headlight.diffuse[:] = brightness * headlight
        self._model.vis.headlight.ambient[:] = brightness * self._ambient
        x, y, _ = self.middle - self._arm.model.base_position
        angle = np.arctan2(y, x) + azimuth
        self._model.light_dir[self._sun] = [-np.cos(angle), -np.sin(angle), -1.0]
