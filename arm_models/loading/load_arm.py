"""From a model file, ours or anyone's, to a torque-driven arm."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from spikearm.arm_models.arm import Arm, Marker
from spikearm.arm_models.chain import Chain
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.home_state import HomeState
from spikearm.arm_models.loading.amending.base import settle_base
from spikearm.arm_models.loading.amending.constraints import release_arm
from spikearm.arm_models.loading.amending.overlaps import part_links
from spikearm.arm_models.loading.amending.switches import replace_switches
from spikearm.arm_models.loading.amending.torque_motors import drive_by_torque, read_torque_limits
from spikearm.arm_models.loading.check_model import check_model
from spikearm.arm_models.loading.end_effector import find_hand_site
from spikearm.arm_models.loading.home import find_home, joint_limits
from spikearm.arm_models.loading.joints import choose_joints
from spikearm.arm_models.loading.model_file import model_file
from spikearm.arm_models.loading.profile import SUFFIX, read_profile
from spikearm.arm_models.loading.urdf import keep_velocity_limits
from spikearm.arm_models.loading.velocity_limits import read_velocity_limits
from spikearm.arm_models.names import free_name
from spikearm.arm_models.registry import ARMS

logger = logging.getLogger(__name__)

TIMESTEP = 0.001  # s, control and physics, as the benchmark has it
FRAGMENT_HINT = ": it may be a fragment meant to be included. Give the file that includes it."
MESH_HINT = (
    ". A mesh or texture is missing: put it where the file looks for it (of a URDF: beside the "
    "file), or take the shape out of the file."
)
MARKERS: tuple[tuple[Marker, float, list[float]], ...] = (
    ("target", 0.02, [0.15, 0.7, 0.3, 0.5]),
    ("reference", 0.012, [0.95, 0.5, 0.1, 0.9]),
)  # radius [m] and colour
MIN_INERTIA = 1e-6  # kg m^2; below it one control step of delay throws the joint off


@dataclass(frozen=True)
class ArmFigures:
    """Figures of an arm.

    Attributes:
        n_joints: Number of controlled joints.
        mass: Mass of everything that the first joint moves [kg].
        torque_limits: Largest torques of the joints, shape (n_joints,) [N m].
        velocity_limits: Largest speeds of the joints, shape (n_joints,) [rad/s].
    """

    n_joints: int
    mass: float
    torque_limits: np.ndarray
    velocity_limits: np.ndarray


def load_arm(
    source: str | Path,
    *,
    joints: Sequence[str] | None = None,
    end_effector: str | None = None,
    end_effector_offset: Sequence[float] = (0.0, 0.0, 0.0),
    torque_limits: Sequence[float] | None = None,
    velocity_limits: Sequence[float] | None = None,
    home: Sequence[float] | None = None,
    armature: float | Sequence[float] | None = None,
    weightless: bool = False,
) -> Arm:
    """Load an arm by name, from its profile or from any MJCF file, ready to be driven by torques.

    The actuators of the chain are replaced by torque motors; everything else in the
    file (fingers, tendons, equality constraints, free objects) stays as it is.

    Args:
        source: Name of a shipped arm (``spikearm arms`` lists them), or path of an MJCF file or of
            an arm profile. What is left out below is then as the profile has it.
        joints: Controlled joints, base first. Left out: every hinge and slide from the end
            effector to the base, without fingers.
        end_effector: Name of a site or a body. Left out: the site ``hand`` or one of the usual
            names.
        end_effector_offset: Position of the hand in the frame of the end effector,
            shape (3,) [m].
        torque_limits: Torque limits, shape (n_joints,) [N m]. Left out: read from the force ranges
            in the file.
        velocity_limits: Velocity limits, shape (n_joints,) [rad/s or m/s]. Left out: read from the
            file, and for joints that it states none for, an estimate.
        home: Joint positions to start from, shape (n_joints,) [rad]. Left out: the keyframe
            ``home``, else the file's first keyframe, else zero or mid-range.
        armature: Rotor inertia of every controlled joint, one number for all or one for each
            [kg m^2]. Left out: that of the file.
        weightless: Set gravity to zero.

    Raises:
        SpikearmError: The file, a joint, the end effector or a limit is missing or wrong.
    """
    options: dict[str, Any] = {
        "joints": joints, "end_effector": end_effector, "torque_limits": torque_limits,
        "velocity_limits": velocity_limits, "home": home, "armature": armature,
        "end_effector_offset": end_effector_offset if any(end_effector_offset) else None,
    }  # fmt: skip
    given = {name: value for name, value in options.items() if value is not None}
    if Path(source).suffix != SUFFIX:
        return _load_file(*_read_spec(source), weightless, **given)
    profile = read_profile(Path(source))
    _, spec = _read_spec(profile.file)
    return _load_file(profile.name, spec, weightless, **profile.options | given)


def _load_file(
    name: str,
    spec: mujoco.MjSpec,
    weightless: bool,
    joints: Sequence[str] | None = None,
    end_effector: str | None = None,
    end_effector_offset: Sequence[float] = (0.0, 0.0, 0.0),
    torque_limits: Sequence[float] | None = None,
    velocity_limits: Sequence[float] | None = None,
    home: Sequence[float] | None = None,
    armature: float | Sequence[float] | None = None,
) -> Arm:
    """Load an arm from its specification; see :func:`load_arm`."""
    site = find_hand_site(spec, end_effector, end_effector_offset)
    names = [joint.name for joint in choose_joints(spec, site, joints)]
    _set_options(spec, weightless)
    markers = _add_markers(spec)
    authored = _compile(spec, name)
    limits = read_torque_limits(authored, names, torque_limits)
    speeds = read_velocity_limits(authored, names, velocity_limits)
    release_arm(spec, authored, names)
    part_links(spec, authored, names)
    motors = drive_by_torque(spec, authored, names, limits)
    _set_armature(spec, names, armature)
    model = _compile(spec, name)
    rest = find_home(spec, model, names, home)
    chain = _chain(model, names, motors, site.name, limits, speeds, rest)
    _check_inertia(model, chain)
    chain = settle_base(model, chain)
    check_model(model, chain)
    return Arm(name, spec, chain, markers)


def read_figures(name: str) -> ArmFigures:
    """Read the figures of a shipped arm from its file, without what makes it move.

    Raises:
        SpikearmError: There is no such arm.
    """
    _, spec = _read_spec(name)
    site = find_hand_site(spec, None, (0.0, 0.0, 0.0))
    names = [joint.name for joint in choose_joints(spec, site, None)]
    model = _compile(spec, name)
    return ArmFigures(
        n_joints=len(names),
        mass=float(model.body_subtreemass[model.joint(names[0]).bodyid.item()]),
        torque_limits=read_torque_limits(model, names, None),
        velocity_limits=read_velocity_limits(model, names, None)[0],
    )


def _set_options(spec: mujoco.MjSpec, weightless: bool) -> None:
    replace_switches(spec)
    option, usual = spec.option, mujoco.MjOption()
    option.timestep = TIMESTEP
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    # A solver that a file stops early leaves joint friction and contact forces wrong.
    option.iterations = max(option.iterations, usual.iterations)
    option.ls_iterations = max(option.ls_iterations, usual.ls_iterations)
    option.tolerance = min(option.tolerance, usual.tolerance)
    if weightless:
        option.gravity = np.zeros(3)


def _set_armature(
    spec: mujoco.MjSpec, names: Sequence[str], armature: float | Sequence[float] | None
) -> None:
    if armature is None:
        return
    values = np.ravel(armature)
    if len(values) not in (1, len(names)):
        raise SpikearmError(
            f"{len(values)} numbers of armature do not fit: give one for all joints, or one for "
            f"each of {list(names)}."
        )
    for name, value in zip(names, np.broadcast_to(values, len(names)).tolist(), strict=True):
        if not 0 <= value < np.inf:
            raise SpikearmError(f"An armature of {value} does not fit: give 0 kg m^2 or more.")
        spec.joint(name).armature = value


def _read_spec(source: str | Path) -> tuple[str, mujoco.MjSpec]:
    path = model_file(source)
    try:
        spec = mujoco.MjSpec.from_file(str(path))
    except ValueError as error:
        hint = FRAGMENT_HINT if "mujocoinclude" in str(error) else ""
        raise SpikearmError(f"MuJoCo cannot read '{path}': {_one_line(error)}{hint}") from error
    if not spec.joints:
        raise SpikearmError(f"'{path}' has no joints{FRAGMENT_HINT}")
    keep_velocity_limits(spec, path)
    return str(source) if str(source) in ARMS else path.stem, spec


def _compile(spec: mujoco.MjSpec, name: str) -> mujoco.MjModel:
    try:
        return spec.compile()
    except ValueError as error:
        hint = MESH_HINT if "opening file" in str(error) else ""
        raise SpikearmError(f"MuJoCo cannot compile '{name}': {_one_line(error)}{hint}") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _add_markers(spec: mujoco.MjSpec) -> dict[Marker, str]:
    """Add the bodies that show target and reference, and return their names."""
    names: dict[Marker, str] = {}
    for marker, radius, color in MARKERS:
        names[marker] = free_name(spec.body, f"spikearm_{marker}")
        body = spec.worldbody.add_body(name=names[marker], mocap=True)
        body.add_geom(
            type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[radius, 0, 0], rgba=color,
            contype=0, conaffinity=0, group=1,
        )  # fmt: skip
    return names


def _chain(
    model: mujoco.MjModel,
    names: Sequence[str],
    motors: Sequence[str],
    site: str,
    limits: np.ndarray,
    speeds: tuple[np.ndarray, tuple[str, ...]],
    rest: HomeState,
) -> Chain:
    ids = np.array([model.joint(name).id for name in names])
    lower, upper = joint_limits(model, names)
    qpos = model.jnt_qposadr[ids]
    return Chain(
        joints=tuple(names),
        qpos=qpos,
        dof=model.jnt_dofadr[ids],
        motors=model.actuator_ctrladr[[model.actuator(motor).id for motor in motors]],
        site=model.site(site).id,
        lower=lower,
        upper=upper,
        torque_limits=limits,
        velocity_limits=speeds[0],
        estimated_velocities=speeds[1],
        home=rest.qpos[qpos],
        rest=rest,
    )


def _check_inertia(model: mujoco.MjModel, chain: Chain) -> None:
    data = mujoco.MjData(model)
    chain.rest.write(data)
    mujoco.mj_fwdPosition(model, data)
    matrix = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, matrix)
    smallest = np.linalg.eigvalsh(matrix[np.ix_(chain.dof, chain.dof)])[0]
    if smallest < MIN_INERTIA:
        raise SpikearmError(
            f"The arm's mass matrix is nearly singular (smallest eigenvalue {smallest:.1e} "
            f"kg m^2, at least {MIN_INERTIA:.0e} is needed): a link is nearly massless. Give "
            "armature=0.02."
        )
    negative = [n for n, d in zip(chain.joints, chain.dof, strict=True) if model.dof_damping[d] < 0]
    if negative:
        logger.warning("Joints %s have negative damping: the file feeds energy in.", negative)
