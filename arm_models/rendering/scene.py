"""Scene that cameras watch: an arm, a target ball, things that distract, changing light."""

from dataclasses import dataclass
from typing import Self

import mujoco
import numpy as np

from spikearm.arm_models.arm import Arm
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.names import free_name
from spikearm.arm_models.rendering.camera import open_renderer
from spikearm.arm_models.rendering.pinhole import PinholeCamera

MOST_DISTRACTORS = 4
LUMINANCE = np.array([0.299, 0.587, 0.114])  # of red, green, blue: ITU-R BT.601
DISC = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) * 0.7
"""Points of a disc of unit radius by which it is judged to be in sight, shape (n_points, 2)."""
CHECKS = 4  # squares along an edge of the ball's texture
FACETS = 14, 8  # slices and stacks of drawn spheres: more cost twice as much, and are not seen
TEXTURE_SIZE = 64  # pixels


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


@dataclass(frozen=True)
class Distractor:
    """Ball or box that is not the target.

    Attributes:
        position: Position of its centre, shape (3,) [m].
        size: Half of its width [m].
        grey: Brightness of its surface, 0 to 1.
        box: True for a box, False for a ball.
    """

    position: np.ndarray
    size: float
    grey: float
    box: bool


@dataclass(frozen=True)
class Arrangement:
    """Things in a scene beside the arm, and its light.

    Attributes:
        target: Position of the target's centre, shape (3,) [m]; None where there is no target.
        distractors: Things that are not the target, at most :data:`MOST_DISTRACTORS`.
        light: Brightness of all light, as a factor [1].
        light_azimuth: Direction that the light comes from, from the arm's forward axis [rad].
    """

    target: np.ndarray | None
    distractors: tuple[Distractor, ...] = ()
    light: float = 1.0
    light_azimuth: float = 0.0

    def __post_init__(self) -> None:
        if len(self.distractors) > MOST_DISTRACTORS:
            raise SpikearmError(
                f"{len(self.distractors)} distractors do not fit a scene: at most "
                f"{MOST_DISTRACTORS} can be shown."
            )


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
        self._model = self._build()
        self._data = mujoco.MjData(self._model)
        drawn = config.supersampling * config.size
        self._renderer = open_renderer(self._model, drawn, drawn)
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

    def _build(self) -> mujoco.MjModel:
        """Compile the arm's model with all that can be in the scene."""
        spec = self._arm.copy_spec()
        drawn = self.config.supersampling * self.config.size
        spec.visual.global_.offwidth = spec.visual.global_.offheight = drawn
        spec.visual.quality.offsamples = 0
        spec.visual.quality.numslices, spec.visual.quality.numstacks = FACETS
        spec.visual.quality.numquads = 2
        self._ball = self._add_ball(spec)
        self._distractors = [
            (
                _add_thing(spec, f"ball_{number}", mujoco.mjtGeom.mjGEOM_SPHERE),
                _add_thing(spec, f"box_{number}", mujoco.mjtGeom.mjGEOM_BOX),
            )
            for number in range(MOST_DISTRACTORS)
        ]
        names = [self._add_camera(spec, camera) for camera in self.cameras]
        sun = spec.worldbody.add_light(name=free_name(spec.light, "spikearm_sun"))
        sun.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
        model = spec.compile()
        self._ids = [model.camera(name).id for name in names]
        self._sun = model.light(sun.name).id
        return model

    def _add_ball(self, spec: mujoco.MjSpec) -> str:
        """Add the target: checkered, because a plain ball on a light floor makes few events."""
        texture = spec.add_texture(
            name=free_name(spec.texture, "spikearm_checks"), type=mujoco.mjtTexture.mjTEXTURE_CUBE,
            builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER, rgb1=[1, 1, 1], rgb2=[0.02, 0.02, 0.02],
            width=TEXTURE_SIZE, height=TEXTURE_SIZE,
        )  # fmt: skip
        material = spec.add_material(name=free_name(spec.material, "spikearm_checks"))
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = texture.name
        material.texrepeat = [CHECKS / 2, CHECKS / 2]
        name = _add_thing(spec, "ball", mujoco.mjtGeom.mjGEOM_SPHERE, self.config.ball_radius)
        (geom,) = spec.body(name).geoms
        geom.material = material.name
        if self.config.dye is not None:
            geom.rgba = [*self.config.dye, 0.0]
        return name

    def _add_camera(self, spec: mujoco.MjSpec, camera: PinholeCamera) -> str:
        name = free_name(spec.camera, "spikearm_eye")
        quaternion = np.zeros(4)
        mujoco.mju_mat2Quat(quaternion, camera.axes.ravel())
        spec.worldbody.add_camera(
            name=name, pos=camera.position, quat=quaternion, fovy=self.config.field_of_view
        )
        return name

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


def _add_thing(spec: mujoco.MjSpec, name: str, kind: mujoco.mjtGeom, size: float = 0.03) -> str:
    """Add a body without weight that nothing touches, and return its name."""
    body = spec.worldbody.add_body(name=free_name(spec.body, f"spikearm_{name}"), mocap=True)
    body.add_geom(
        type=kind, size=[size] * 3, rgba=[0.5, 0.5, 0.5, 0.0], contype=0, conaffinity=0, group=1
    )
    return body.name
