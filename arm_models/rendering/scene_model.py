"""Model of an arm with all that can be in its scene."""

from collections.abc import Sequence
from typing import NamedTuple

import mujoco
import numpy as np

from spikearm.arm_models.arm import Arm
from spikearm.arm_models.names import free_name
from spikearm.arm_models.rendering.arrangement import MOST_DISTRACTORS
from spikearm.arm_models.rendering.pinhole import PinholeCamera
from spikearm.arm_models.rendering.scene_config import SceneConfig

CHECKS = 4  # squares along an edge of the ball's texture
FACETS = 14, 8  # slices and stacks of drawn spheres: more cost twice as much, and are not seen
TEXTURE_SIZE = 64  # pixels


class SceneModel(NamedTuple):
    """Compiled model of a scene, and what is where in it.

    Attributes:
        model: Model.
        ball: Name of the target's body.
        distractors: Names of two bodies for each distractor, a ball and a box.
        cameras: Numbers of the cameras.
        sun: Number of the light whose direction changes.
    """

    model: mujoco.MjModel
    ball: str
    distractors: tuple[tuple[str, str], ...]
    cameras: tuple[int, ...]
    sun: int


def build_scene(arm: Arm, cameras: Sequence[PinholeCamera], config: SceneConfig) -> SceneModel:
    """Compile an arm's model with all that can be in its scene.

    Args:
        arm: Arm.
        cameras: Cameras as they stand.
        config: Pictures and target.
    """
    spec = arm.copy_spec()
    spec.visual.global_.offwidth = spec.visual.global_.offheight = config.drawn_size
    spec.visual.quality.offsamples = 0
    spec.visual.quality.numslices, spec.visual.quality.numstacks = FACETS
    spec.visual.quality.numquads = 2
    ball = _add_ball(spec, config)
    distractors = tuple(
        (
            _add_thing(spec, f"ball_{number}", mujoco.mjtGeom.mjGEOM_SPHERE),
            _add_thing(spec, f"box_{number}", mujoco.mjtGeom.mjGEOM_BOX),
        )
        for number in range(MOST_DISTRACTORS)
    )
    names = [_add_camera(spec, camera, config.field_of_view) for camera in cameras]
    sun = spec.worldbody.add_light(name=free_name(spec.light, "spikearm_sun"))
    sun.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    model = spec.compile()
    numbers = tuple(model.camera(name).id for name in names)
    return SceneModel(model, ball, distractors, numbers, model.light(sun.name).id)


def _add_ball(spec: mujoco.MjSpec, config: SceneConfig) -> str:
    """Add the target: checkered, because a plain ball on a light floor makes few events."""
    texture = spec.add_texture(
        name=free_name(spec.texture, "spikearm_checks"), type=mujoco.mjtTexture.mjTEXTURE_CUBE,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER, rgb1=[1, 1, 1], rgb2=[0.02, 0.02, 0.02],
        width=TEXTURE_SIZE, height=TEXTURE_SIZE,
    )  # fmt: skip
    material = spec.add_material(name=free_name(spec.material, "spikearm_checks"))
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = texture.name
    material.texrepeat = [CHECKS / 2, CHECKS / 2]
    name = _add_thing(spec, "ball", mujoco.mjtGeom.mjGEOM_SPHERE, config.ball_radius)
    (geom,) = spec.body(name).geoms
    geom.material = material.name
    if config.dye is not None:
        geom.rgba = [*config.dye, 0.0]
    return name


def _add_camera(spec: mujoco.MjSpec, camera: PinholeCamera, field_of_view: float) -> str:
    name = free_name(spec.camera, "spikearm_eye")
    quaternion = np.zeros(4)
    mujoco.mju_mat2Quat(quaternion, camera.axes.ravel())
    spec.worldbody.add_camera(
        name=name, pos=camera.position, quat=quaternion, fovy=field_of_view
    )  # fmt: skip
    return name


def _add_thing(spec: mujoco.MjSpec, name: str, kind: mujoco.mjtGeom, size: float = 0.03) -> str:
    """Add a body without weight that nothing touches, and return its name."""
    body = spec.worldbody.add_body(name=free_name(spec.body, f"spikearm_{name}"), mocap=True)
    body.add_geom(
        type=kind, size=[size] * 3, rgba=[0.5, 0.5, 0.5, 0.0], contype=0, conaffinity=0, group=1
    )
    return body.name
