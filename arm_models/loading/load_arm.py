"""From an MJCF file, ours or anyone's, to a torque-driven arm."""

import logging
from collections.abc import Sequence
from pathlib import Path

import mujoco
import numpy as np

from spikearm.arm_models.arm import Arm
from spikearm.arm_models.chain import Chain
from spikearm.arm_models.errors import SpikearmError
from spikearm.arm_models.loading.end_effector import find_hand_site
from spikearm.arm_models.loading.home import find_home
from spikearm.arm_models.loading.joints import choose_joints
from spikearm.arm_models.loading.torque_motors import drive_by_torque, read_torque_limits
from spikearm.arm_models.loading.velocity_limits import read_velocity_limits
from spikearm.arm_models.registry import ARMS

logger = logging.getLogger(__name__)

TIMESTEP = 0.001  # s, control and physics, as the benchmark has it
FRAGMENT_HINT = ": it may be a fragment meant to be included. Give the file that includes it."
MIN_INERTIA = 1e-6  # kg m^2; below it one control step of delay throws the joint off


def load_arm(
    source: str | Path,
    *,
    joints: Sequence[str] | None = None,
    end_effector: str | None = None,
    end_effector_offset: Sequence[float] = (0.0, 0.0, 0.0),
    torque_limits: Sequence[float] | None = None,
    velocity_limits: Sequence[float] | None = None,
    home: Sequence[float] | None = None,
    armature: float | None = None,
    weightless: bool = False,
) -> Arm:
    """Load an arm by name or from any MJCF file, ready to be driven by torques.

    The actuators of the chain are replaced by torque motors; everything else in the
    file (fingers, tendons, equality constraints, free objects) stays as it is.

    Args:
        source: Name of a shipped arm (``spikearm arms`` lists them) or path of an MJCF file.
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
        armature: Rotor inertia of every controlled joint [kg m^2]. Left out: that of the file.
        weightless: Set gravity to zero.

    Raises:
        SpikearmError: The file, a joint, the end effector or a limit is missing or wrong.
    """
    name, spec = _read_spec(source)
    site = find_hand_site(spec, end_effector, end_effector_offset)
    chosen = choose_joints(spec, site, joints)
    if armature is not None:
        if not 0 <= armature < np.inf:
            raise SpikearmError(f"An armature of {armature} does not fit: give 0 kg m^2 or more.")
        for joint in chosen:
            joint.armature = armature
    spec.option.timestep = TIMESTEP
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    if weightless:
        spec.option.gravity = np.zeros(3)
    _add_markers(spec)
    names = [joint.name for joint in chosen]
    authored = _compile(spec, name)
    limits = read_torque_limits(authored, names, torque_limits)
    speeds = read_velocity_limits(authored, names, velocity_limits)
    drive_by_torque(spec, names, limits)
    model = _compile(spec, name)
    chain = _chain(model, names, site.name, limits, speeds, home)
    _check_dynamics(model, chain)
    return Arm(name, spec, chain)


def _read_spec(source: str | Path) -> tuple[str, mujoco.MjSpec]:
    known = ARMS.get(str(source))
    path = Path(source) if known is None else known.mjcf
    if not path.is_file():
        raise SpikearmError(
            f"'{path}' is neither a shipped arm nor an MJCF file that exists. "
            f"Shipped arms: {', '.join(ARMS)}."
        )
    try:
        spec = mujoco.MjSpec.from_file(str(path))
    except ValueError as error:
        hint = FRAGMENT_HINT if "mujocoinclude" in str(error) else ""
        raise SpikearmError(f"MuJoCo cannot read '{path}': {_one_line(error)}{hint}") from error
    if not spec.joints:
        raise SpikearmError(f"'{path}' has no joints{FRAGMENT_HINT}")
    return path.stem if known is None else str(source), spec


def _compile(spec: mujoco.MjSpec, name: str) -> mujoco.MjModel:
    try:
        return spec.compile()
    except ValueError as error:
        raise SpikearmError(f"MuJoCo cannot compile '{name}': {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _add_markers(spec: mujoco.MjSpec) -> None:
    for name, radius, color in (
        ("spikearm_target", 0.02, [0.2, 0.75, 0.3, 0.5]),
        ("spikearm_reference", 0.012, [0.95, 0.5, 0.1, 0.9]),
    ):
        if spec.body(name) is None:
            body = spec.worldbody.add_body(name=name, mocap=True)
            body.add_geom(
                type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[radius, 0, 0], rgba=color,
                contype=0, conaffinity=0, group=1,
            )  # fmt: skip


def _chain(
    model: mujoco.MjModel,
    names: Sequence[str],
    site: str,
    limits: np.ndarray,
    speeds: tuple[np.ndarray, tuple[str, ...]],
    home: Sequence[float] | None,
) -> Chain:
    ids = np.array([model.joint(name).id for name in names])
    limited = model.jnt_limited[ids].astype(bool)
    lower = np.where(limited, model.jnt_range[ids, 0], -np.inf)
    upper = np.where(limited, model.jnt_range[ids, 1], np.inf)
    qpos = model.jnt_qposadr[ids]
    home_qpos = find_home(model, names, qpos, lower, upper, home)
    return Chain(
        joints=tuple(names),
        qpos=qpos,
        dof=model.jnt_dofadr[ids],
        motors=np.array([model.actuator(f"{name}_torque").id for name in names]),
        site=model.site(site).id,
        lower=lower,
        upper=upper,
        torque_limits=limits,
        velocity_limits=speeds[0],
        estimated_velocities=speeds[1],
        home=home_qpos[qpos],
        home_qpos=home_qpos,
    )


def _check_dynamics(model: mujoco.MjModel, chain: Chain) -> None:
    data = mujoco.MjData(model)
    data.qpos[:] = chain.home_qpos
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
